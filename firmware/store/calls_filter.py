"""What may be asked of the call records, and which indexes answer it.

Each filter that an index knows is a **way**: some ranges of one index, one per class of calls, and
a condition that says the same of a single row.  `+` before a column keeps SQLite from taking
another index than the way's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, Literal

import msgspec

from firmware.store.calls import APART, TYPES

Order = Literal["started", "duration", "caller", "called"]
ORDERS: Final[tuple[Order, ...]] = ("started", "duration", "caller", "called")
COLUMNS: Final[dict[Order, tuple[str, ...]]] = {
    "started": ("started", "id"),
    "duration": ("duration", "id"),
    "caller": ("caller", "started", "id"),
    "called": ("called", "started", "id"),
}
_INDEX: Final[dict[Order, str]] = {
    "started": "calls_by_start",
    "duration": "calls_by_duration",
    "caller": "calls_by_caller",
    "called": "calls_by_called",
}
NUMBERS = 60  # a viewer of more numbers sees so much that walking along is faster

Value = str | int


class Filter(msgspec.Struct, frozen=True):
    """Empty means any.  A number may end with `*`: whatever begins so."""

    type: str = ""
    state: Literal["", "answered", "failed"] = ""
    caller: str = ""
    called: str = ""
    party: str = ""  # whoever took part in any way
    trunk: str = ""  # a part of its name
    pin: str = ""
    since: int = 0  # UTC ms, included
    until: int = 0  # not included
    recorded: bool = False
    only: tuple[str, ...] | None = None  # the numbers whose calls may be seen; None: all

    def classes(self) -> tuple[int, ...]:
        """Internal calls have no trunk, and only outgoing ones a PIN (CDR-02, CDR-06)."""
        possible = TYPES[2:] if self.pin else TYPES[1:] if self.trunk else TYPES
        types = [TYPES.index(name) for name in possible if self.type in ("", name)]
        states = [
            bit for bit, name in enumerate(("failed", "answered")) if self.state in ("", name)
        ]
        return tuple(place * 2 + bit for place in types for bit in states)


class Range(msgspec.Struct, frozen=True):
    """A piece of one index: equal to these values, and then in the order of its other columns."""

    where: str
    values: tuple[Value, ...]


class Way(msgspec.Struct, frozen=True):
    """`orders`: those in which each of its ranges lies."""

    name: str
    index: str  # of `calls`, or "parties"
    ranges: tuple[Range, ...]
    orders: tuple[Order, ...]
    row: str = ""
    row_values: tuple[Value, ...] = ()

    @property
    def source(self) -> str:
        return "parties" if self.index == "parties" else f"calls INDEXED BY {self.index}"


def whole(only: Filter, order: Order) -> Way:
    """Every call, in this order."""
    ranges = tuple(Range("class = ?", (kind,)) for kind in only.classes())
    return Way("", _INDEX[order], ranges, (order,))


def ways(only: Filter, trunks: Iterable[str]) -> Iterator[Way]:
    """One for each filter that is set; `trunks` are all names that match the wanted one."""
    kinds = only.classes()
    yield from _number("caller", only.caller, kinds)
    yield from _number("called", only.called, kinds)
    if only.pin:
        ranges = _per_class(kinds, "pin = ? AND pin <> ''", only.pin)
        yield Way("pin", "calls_by_pin", ranges, ("started",), "+pin = ?", (only.pin,))
    if only.trunk:
        names = tuple(trunks)
        ranges = tuple(
            each for name in names for each in _per_class(kinds, "trunk = ? AND trunk <> ''", name)
        )
        row = f"+trunk IN ({', '.join('?' * len(names))})"
        yield Way("trunk", "calls_by_trunk", ranges, ("started",), row, names)
    if only.recorded:
        ranges = _per_class(kinds, "recorded")
        yield Way("recorded", "calls_recorded", ranges, ("started",), "+recorded")
    if only.party:
        row, mark = "instr(parties, ?) > 0", f"{APART}{only.party}{APART}"
        yield Way("party", "parties", _of((only.party,), kinds), ("started",), row, (mark,))
    if only.only is not None:
        few = len(only.only) <= NUMBERS
        ranges = _of(only.only, kinds) if few else ()
        yield Way("only", "parties" if few else "", ranges, ("started",), "may_see(parties)")


def _number(
    column: Literal["caller", "called"], wanted: str, kinds: tuple[int, ...]
) -> Iterator[Way]:
    index = _INDEX[column]
    if wanted.endswith("*"):
        bounds = (wanted[:-1], wanted[:-1] + "\U0010ffff")
        ranges = _per_class(kinds, f"{column} >= ? AND {column} < ?", *bounds)
        yield Way(column, index, ranges, (column,), f"+{column} >= ? AND +{column} < ?", bounds)
    elif wanted:
        ranges = _per_class(kinds, f"{column} = ?", wanted)
        yield Way(column, index, ranges, ("started", column), f"+{column} = ?", (wanted,))


def _per_class(kinds: tuple[int, ...], where: str, *values: Value) -> tuple[Range, ...]:
    return tuple(Range(f"class = ? AND {where}", (kind, *values)) for kind in kinds)


def _of(numbers: Iterable[str], kinds: tuple[int, ...]) -> tuple[Range, ...]:
    return tuple(
        Range("number = ? AND class = ?", (number, kind)) for number in numbers for kind in kinds
    )
