"""Reads what can still be read of a damaged `calls.db` that was set aside.

Rows are asked for by ranges of their numbers; a range that fails is halved until only the rows on
damaged pages are left out.  Calls whose details are lost come from their narrow rows, without legs
and trail.  Nothing is ever written to the damaged file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import apsw
import msgspec

from firmware.core.causes import FAILED, NORMAL
from firmware.core.record import CallRecord
from firmware.store.calls import TYPES, inflate
from firmware.store.database import open_to_read

STEP = 256
UNREADABLE = (apsw.Error, ValueError, msgspec.DecodeError)
# the newest number, from whatever can still be read
_LAST = (
    "SELECT max(id) FROM details",
    "SELECT max(id) FROM calls NOT INDEXED",
    *(
        f"SELECT id FROM calls INDEXED BY calls_by_{order} WHERE class = {kind}"
        " ORDER BY started DESC LIMIT 1"
        for order in ("start", "caller", "called")
        for kind in range(6)
    ),
    "SELECT sum(count) FROM totals",
)
_DETAILS = "SELECT record FROM details WHERE id BETWEEN ? AND ? ORDER BY id DESC"
_ROWS = (
    "SELECT call, class, caller, called, trunk, pin, started, duration FROM calls NOT INDEXED"
    " WHERE id BETWEEN ? AND ? ORDER BY id DESC"
)


def readable(path: Path) -> Iterator[CallRecord]:
    """Newest first: those are missed most.  A call may come twice, the better one first."""
    try:
        database = open_to_read(path)
    except UNREADABLE:
        return
    last = max(_number(database, query) for query in _LAST)
    for query, decode in ((_DETAILS, _whole), (_ROWS, _bare)):
        for end in range(last, 0, -STEP):
            yield from _range(database, query, decode, (max(1, end - STEP + 1), end))
    database.close()


def _number(database: apsw.Connection, query: str) -> int:
    try:
        return int(database.execute(query).get or 0)
    except UNREADABLE:
        return 0


def _range(
    database: apsw.Connection,
    query: str,
    decode: Callable[[tuple[Any, ...]], CallRecord],
    bounds: tuple[int, int],
) -> Iterator[CallRecord]:
    first, last = bounds
    try:
        rows: list[tuple[Any, ...]] = database.execute(query, bounds).fetchall()
        found = [decode(row) for row in rows]
    except UNREADABLE:
        if first == last:
            return
        middle = (first + last) // 2
        yield from _range(database, query, decode, (middle + 1, last))
        yield from _range(database, query, decode, (first, middle))
        return
    yield from found


def _whole(row: tuple[Any, ...]) -> CallRecord:
    return inflate(row[0])


def _bare(row: tuple[Any, ...]) -> CallRecord:
    call, kind, caller, called, trunk, pin, started, duration = row
    answered = started if kind % 2 else 0
    return CallRecord(
        call=call,
        type=TYPES[kind // 2],
        caller=caller,
        called=called,
        final="",
        line=None,
        started=started,
        answered=answered,
        ended=started + duration,
        cause=NORMAL if answered else FAILED,
        site=0,
        trail=(),
        legs=(),
        trunk=trunk,
        pin=pin,
    )
