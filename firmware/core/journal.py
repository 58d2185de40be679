"""The memory of what happened: enough to do it again, exactly.

A journal is a list of segments; a segment is a snapshot of the exchange followed by the events that
came after it, each with the effects it had.  `replay` handles the events again and tells where the
effects differ: the proof that the exchange is a function of its events, and the way in which a
customer's trouble becomes a failing test.  It is bounded in bytes and lives in memory; when and
where it is written is an edge's business.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping

import msgspec

from firmware.core.decision import Resolver
from firmware.core.effects import AnyEffect
from firmware.core.events import AnyEvent
from firmware.core.exchange import Exchange
from firmware.core.feature import Feature
from firmware.core.model import Tables
from firmware.core.site import Site

SEGMENT_BYTES = 1024 * 1024


class Snapshot(msgspec.Struct, frozen=True):
    site: Site
    tables: Tables


class Moment(msgspec.Struct, frozen=True):
    event: AnyEvent
    effects: list[AnyEffect]


class Difference(msgspec.Struct, frozen=True):
    """The first place where a replay went another way."""

    event: AnyEvent
    recorded: list[AnyEffect]
    replayed: list[AnyEffect]


_encode = msgspec.msgpack.Encoder().encode
_snapshot = msgspec.msgpack.Decoder(Snapshot)
_moment = msgspec.msgpack.Decoder(Moment)


class Segment:
    def __init__(self, snapshot: bytes) -> None:
        self.snapshot = snapshot
        self.moments: list[bytes] = []
        self.size = len(snapshot)

    def append(self, moment: bytes) -> None:
        self.moments.append(moment)
        self.size += len(moment)


class Journal:
    """Notes every event with its effects; forgets the oldest segment beyond `limit` bytes."""

    def __init__(self, exchange: Exchange, limit: int = 16 * 1024 * 1024) -> None:
        self._exchange = exchange
        self._limit = limit
        self._segments: deque[Segment] = deque()
        self._begin_segment()

    def note(self, event: AnyEvent, effects: list[AnyEffect]) -> None:
        """To be called right after `handle`, before the next event."""
        segment = self._segments[-1]
        segment.append(_encode(Moment(event, effects)))
        if segment.size > SEGMENT_BYTES:
            self._begin_segment()

    def dump(self) -> bytes:
        """All segments; `load` reads them back."""
        return _encode([[segment.snapshot, segment.moments] for segment in self._segments])

    def _begin_segment(self) -> None:
        board = self._exchange.board
        self._segments.append(Segment(_encode(Snapshot(board.site, board.tables))))
        while sum(segment.size for segment in self._segments) > self._limit:
            self._segments.popleft()


def load(data: bytes) -> list[tuple[Snapshot, list[Moment]]]:
    segments = msgspec.msgpack.decode(data, type=list[tuple[bytes, list[bytes]]])
    return [
        (_snapshot.decode(snapshot), [_moment.decode(moment) for moment in moments])
        for snapshot, moments in segments
    ]


def replay(
    snapshot: Snapshot,
    moments: Iterable[Moment],
    resolve: Resolver,
    features: Mapping[str, Feature],
) -> Difference | None:
    """Handle the events again, from the snapshot on; None when every effect was the same."""
    exchange = Exchange(snapshot.site, resolve, features, snapshot.tables)
    for moment in moments:
        replayed = exchange.handle(moment.event)
        if replayed != moment.effects:
            return Difference(moment.event, moment.effects, replayed)
    return None
