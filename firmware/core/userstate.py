"""What users have set and what must be remembered of them: one small struct per kind.

An entry has a key, `kind.subject` ("forward.101", "blocked.13800001111", "day.box"), and a value
that travels as JSON; an empty text removes the entry.  `jobs` keeps the entries in `state.db`, the
exchange holds them in its tables as `UserState`, changed by `StateChanged` only.  Both sides use
`checked` before they believe a value.  Where nothing is stored, the default of the struct counts.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

Digits = Annotated[str, Meta(pattern=r"^[0-9*#+]{1,32}\Z")]
Told = Annotated[str, Meta(max_length=64)]  # a number as the outside told it, or a reason
Ms = Annotated[int, Meta(ge=1_000, le=300_000)]
Minute = Annotated[int, Meta(ge=0, lt=1440)]  # of the local day

Condition = Literal["always", "busy", "no_answer", "busy_or_no_answer"]
CONDITIONS: Final[tuple[Condition, ...]] = ("always", "busy", "no_answer", "busy_or_no_answer")

MARKS_KEPT = 20


class Value(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is stored under a key."""


class Forward(Value, frozen=True):
    """Where to, as the user would dial it (RTO-06); kept while switched off (FWD-04)."""

    to: Digits
    on: bool = True


class Forwards(Value, frozen=True):
    """`forward.<extension>`: each condition at most once (FWD-15)."""

    always: Forward | None = None
    busy: Forward | None = None
    no_answer: Forward | None = None
    busy_or_no_answer: Forward | None = None


class FollowStep(Value, frozen=True):
    to: Digits
    ring_ms: Ms = 10_000


class FollowMe(Value, frozen=True):
    """`follow.<extension>`: rings itself for `ring_ms`, then one number after the other (FOL).

    `together`: then all of them at once, for as long as the most patient of them.
    """

    steps: Annotated[tuple[FollowStep, ...], Meta(max_length=10)] = ()
    ring_ms: Ms = 30_000
    on: bool = True
    together: bool = False


class Dnd(Value, frozen=True):
    """`dnd.<extension>`: whose calls are refused, and in which part of the day (DND-02, DND-03)."""

    calls: Literal["internal", "external", "both"] = "both"
    since: Minute | None = None  # both or neither; `since` after `until` passes midnight
    until: Minute | None = None

    def __post_init__(self) -> None:
        if (self.since is None) != (self.until is None):
            raise ValueError("a window needs both its ends")


class AgentBusy(Value, frozen=True):
    """`busy.<extension>`: no queue calls, direct callers hear that it is busy (BSY-01)."""

    reason: Told = ""


class ListRule(Value, frozen=True):
    """Numbers that this extension may or may not talk to; `numbers` by RTO-04, apart by `|`."""

    list: Literal["black", "white"]
    direction: Literal["in", "out"]
    numbers: Annotated[str, Meta(pattern=r"^[0-9XZNxzn*#+.|\[\]-]{1,200}\Z")]


class Lists(Value, frozen=True):
    """`lists.<extension>`: black and white (BWL-01)."""

    rules: Annotated[tuple[ListRule, ...], Meta(max_length=200)] = ()


class Blocked(Value, frozen=True):
    """`blocked.<number>`: this outside number may not call in (BWL-06); who said so, and why."""

    source: Literal["code", "page", "customer"] = "page"
    by: Told = ""
    why: Told = ""


class Marks(Value, frozen=True):
    """`marks.<extension>`: numbers marked in calls, newest first (MRK-01)."""

    numbers: Annotated[tuple[Told, ...], Meta(max_length=MARKS_KEPT)] = ()


class Last(Value, frozen=True):
    """`last.<extension>`: who called it last, who from outside, and what was dialed last."""

    caller: Told = ""
    outside: Told = ""  # the last caller from outside: what FC-09 blocks
    dialed: Told = ""


class CallWaiting(Value, frozen=True):
    """`waiting.<extension>`: may a second caller knock (TON-02)?"""

    on: bool = True


class SpeedDials(Value, frozen=True):
    """`speed.<extension>`: short codes of its own, besides those of the house (SPD-X1)."""

    numbers: dict[Annotated[str, Meta(pattern=r"^[0-9]{1,4}\Z")], Digits] = {}


class DayNight(Value, frozen=True):
    """`day.box`: somebody has said that it is day or night, whatever the hours are (FC-64)."""

    mode: Literal["day", "night"]


KINDS: Final[dict[str, type[Value]]] = {
    "forward": Forwards,
    "follow": FollowMe,
    "dnd": Dnd,
    "busy": AgentBusy,
    "lists": Lists,
    "blocked": Blocked,
    "marks": Marks,
    "last": Last,
    "waiting": CallWaiting,
    "speed": SpeedDials,
    "day": DayNight,
}


class UserState(msgspec.Struct):
    """All entries, by kind and subject; the names of the tables are the kinds."""

    forward: dict[str, Forwards] = {}
    follow: dict[str, FollowMe] = {}
    dnd: dict[str, Dnd] = {}
    busy: dict[str, AgentBusy] = {}
    lists: dict[str, Lists] = {}
    blocked: dict[str, Blocked] = {}
    marks: dict[str, Marks] = {}
    last: dict[str, Last] = {}
    waiting: dict[str, CallWaiting] = {}
    speed: dict[str, SpeedDials] = {}
    day: dict[str, DayNight] = {}

    def put(self, key: str, text: str) -> None:
        """Believe an entry that is stored; one that cannot be believed changes nothing."""
        kind, _, subject = key.partition(".")
        if kind not in KINDS:
            return
        table: dict[str, Value] = getattr(self, kind)
        if not text:
            table.pop(subject, None)
        elif (value := checked(key, text)) is not None:
            table[subject] = value


def key(kind: str, subject: str) -> str:
    return f"{kind}.{subject}"


def encoded(value: Value) -> str:
    return msgspec.json.encode(value).decode()


def checked(key: str, text: str) -> Value | None:
    """The value, or None: no such kind, an impossible subject, or not what the kind says."""
    kind, _, subject = key.partition(".")
    if kind not in KINDS or not subject or len(subject) > 64 or not subject.isprintable():
        return None
    try:
        value: Any = msgspec.json.decode(text, type=KINDS[kind])
    except (msgspec.DecodeError, ValueError):
        return None
    assert isinstance(value, Value)
    return value
