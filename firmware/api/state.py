"""What users have set: questions to jobs on the socket `state.sock`, its news, and the spool lines
by which the call processor hands its changes over.

Keys are "kind.owner"; values are JSON, empty where there is none.  Every change has a revision: a
reader that knows one asks for what came after it.  Revisions of another lineage mean nothing.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

import msgspec

from firmware.wire.frames import Ask

SOCKET = "state.sock"
LANE = "settings"  # folder of the spool
PAGE_LIMIT = 1000

Limit = Annotated[int, msgspec.Meta(ge=1, le=PAGE_LIMIT)]


class EntryView(msgspec.Struct, frozen=True):
    revision: int
    key: str
    value: str


class StatePage(msgspec.Struct, frozen=True):
    """`more`: ask again, from the last entry on."""

    entries: tuple[EntryView, ...]
    more: bool


class GetState(Ask[str], frozen=True, tag="get-state"):
    key: str
    answer: ClassVar[Any] = str


class ListState(Ask[StatePage], frozen=True, tag="list-state"):
    """By key; an empty filter lets everything through.  `after`: last key of the page before."""

    kind: str = ""
    owner: str = ""
    after: str = ""
    limit: Limit = 200
    answer: ClassVar[Any] = StatePage


class StateSince(Ask[StatePage], frozen=True, tag="state-since"):
    """By revision, removals included; for whoever keeps a copy."""

    revision: int
    limit: Limit = PAGE_LIMIT
    answer: ClassVar[Any] = StatePage


class SetState(Ask[int], frozen=True, tag="set-state"):
    """All of them or none; on the disk when it is answered, with the revision."""

    entries: Annotated[tuple[tuple[str, str], ...], msgspec.Meta(min_length=1, max_length=1000)]
    who: str
    answer: ClassVar[Any] = int


class CollectState(Ask[dict[str, str]], frozen=True, tag="collect-state"):
    """The lane grew.  Answered when all of it is on the disk, except the changes named here, each
    with why it was refused."""

    answer: ClassVar[Any] = dict[str, str]


# -- news ------------------------------------------------------------------------------------------
class StateIs(msgspec.Struct, frozen=True, tag="state-is"):
    """The snapshot of the feed."""

    lineage: str
    revision: int


class StateNews(msgspec.Struct, frozen=True, tag="state-news"):
    """Published only after it is on the disk."""

    entries: tuple[EntryView, ...]


News = StateIs | StateNews


# -- the spool -------------------------------------------------------------------------------------
class Put(msgspec.Struct, frozen=True, tag="put"):
    """`save` is unique for ever: <box life>-<number>."""

    save: str
    key: str
    value: str


class Withdraw(msgspec.Struct, frozen=True, tag="withdraw"):
    """Somebody was told that this one was not saved, so it must not be."""

    save: str


Line = Put | Withdraw
