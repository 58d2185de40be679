"""Pages of call records, in any offered order, through any offered filter, at the same small price.

Three ways, from best to last:

1. **Merge.**  Most questions are answered by ranges of one index that already lie in the wanted
   order: read the first few rows of each and merge them.  The price does not depend on how many
   records there are.
2. **Gather.**  Where filters meet that no single index answers, the most selective of them is
   followed if it leads to few enough calls, and those are sorted.
3. **Stride.**  Otherwise so many calls match each filter that walking along the wanted order soon
   meets those that match all.  The walk is cut into strides; when its time is up, the page ends
   where it is, perhaps with no row at all, and its cursor goes on from there.
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Iterator
from typing import Any

import apsw
import msgspec

from firmware.store.calls import split
from firmware.store.calls_filter import COLUMNS, Filter, Order, Range, Way, ways, whole
from firmware.store.calls_keys import Key, pieces

GATHER = 20_000  # calls
STRIDE = 3_000  # calls of each range
BUDGET = 0.08  # seconds for the strides of one page
COUNTED = 10_000  # a larger result is "more than"


class Page(msgspec.Struct, frozen=True):
    """`ids` in order; `cursor` is None after the last page."""

    ids: tuple[int, ...]
    cursor: Key | None


class Pages:
    def __init__(self, database: apsw.Connection) -> None:
        self._database = database
        self._seen: frozenset[str] = frozenset()
        database.create_scalar_function("may_see", self._may_see, 1)

    def page(
        self,
        only: Filter,
        limit: int,
        order: Order = "started",
        descending: bool = True,
        cursor: Key | None = None,
    ) -> Page:
        return self._search(only, order, descending).page(limit, cursor)

    def count(self, only: Filter) -> tuple[int, bool]:
        """How many, and whether that is all; never counts further than `COUNTED`."""
        return self._search(only, "started", True).count()

    def _search(self, only: Filter, order: Order, descending: bool) -> _Search:
        self._seen = frozenset(only.only or ())
        found = tuple(ways(only, self._names(only.trunk)))
        return _Search(self._database, only, found, order, descending)

    def _names(self, part: str) -> list[str]:
        """Trunk names are searched by a part of them, and there are few."""
        rows = self._database.execute("SELECT name FROM trunks") if part else ()
        return [str(name) for (name,) in rows if part.casefold() in str(name).casefold()]

    def _may_see(self, *parties: apsw.SQLiteValue) -> bool:
        return not self._seen.isdisjoint(split(str(parties[0])))


class _Search:
    """One question."""

    def __init__(
        self,
        database: apsw.Connection,
        only: Filter,
        found: tuple[Way, ...],
        order: Order,
        descending: bool,
    ) -> None:
        self._database, self._only = database, only
        self._order, self._down = order, descending
        self._columns = COLUMNS[order]
        self._filters = found
        self._ways = (*(way for way in found if way.index), whole(only, order))
        sign, way = ("<", "DESC") if descending else (">", "ASC")
        self._sign, self._by = sign, ", ".join(f"{column} {way}" for column in self._columns)
        self._select = f"SELECT {', '.join(self._columns)} FROM"

    def page(self, limit: int, cursor: Key | None) -> Page:
        if self._impossible():
            return Page((), None)
        in_order = [way for way in self._ways if self._order in way.orders]
        for way in in_order:
            if not self._rest(way)[0]:
                return _cut(self._merge(way, limit + 1, cursor), limit)
        sizes = {way.name: self._size(way) for way in self._ways}
        best = min(self._ways, key=lambda way: sizes[way.name])
        if sizes[best.name] <= GATHER:
            return _cut(self._gather(best, limit + 1, cursor), limit)
        walk = min(in_order, key=lambda way: sizes[way.name])
        return self._stride(walk, limit, cursor)

    def _impossible(self) -> bool:
        """A trunk that never was, say, or the PIN of an incoming call, or a time without length."""
        if 0 < self._only.until <= self._only.since:
            return True
        return any(way.index and not way.ranges for way in self._ways)

    # -- what a way leaves to be looked at, row by row ---------------------------------------------
    def _rest(self, way: Way) -> tuple[str, list[Any]]:
        others = [other for other in self._filters if other.name != way.name]
        parts = [other.row for other in others]
        values = [value for other in others for value in other.row_values]
        if "started" not in way.orders or self._order != "started":
            where, moments = self._times("+")
            parts.append(where)
            values += moments
        return " AND ".join(filter(None, parts)), values

    def _times(self, sign: str = "") -> tuple[str, tuple[int, ...]]:
        bounds = ((">=", self._only.since), ("<", self._only.until))
        parts = [(f"{sign}started {how} ?", moment) for how, moment in bounds if moment]
        return " AND ".join(where for where, _ in parts), tuple(moment for _, moment in parts)

    # -- merge -------------------------------------------------------------------------------------
    def _merge(self, way: Way, limit: int, cursor: Key | None) -> list[Key]:
        parts = [self._first(way, each, limit, cursor) for each in way.ranges]
        return _distinct(heapq.merge(*parts, reverse=self._down), limit)

    def _first(self, way: Way, each: Range, limit: int, cursor: Key | None) -> list[Key]:
        """The first rows of one range after the cursor."""
        times, moments = self._times() if self._order == "started" else ("", ())
        found = list[Key]()
        for piece, values in pieces(self._columns, cursor, None, self._down):
            where = " AND ".join(filter(None, (each.where, times, piece)))
            query = f"{self._select} {way.source} WHERE {where} ORDER BY {self._by} LIMIT ?"
            bound = (*each.values, *moments, *values, limit - len(found))
            found += self._database.execute(query, bound).fetchall()
            if len(found) == limit:
                break
        return found

    # -- gather ------------------------------------------------------------------------------------
    def _size(self, way: Way) -> int:
        """How many calls this way leads to, counted no further than is of interest."""
        size = 0
        times, moments = self._times() if "started" in way.orders else ("", ())
        for each in way.ranges:
            where = " AND ".join(filter(None, (each.where, times)))
            query = f"SELECT count(*) FROM (SELECT 1 FROM {way.source} WHERE {where} LIMIT ?)"
            bound = (*each.values, *moments, GATHER + 1 - size)
            size += int(self._database.execute(query, bound).get)
            if size > GATHER:
                break
        return size

    def _gather(self, way: Way, limit: int, cursor: Key | None) -> list[Key]:
        after = f"({', '.join(self._columns)}) {self._sign} ({_marks(cursor)})" if cursor else ""
        found = [self._matching(way, each, limit, (after, cursor or ())) for each in way.ranges]
        return _distinct(heapq.merge(*found, reverse=self._down), limit)

    def _matching(self, way: Way, each: Range, limit: int, piece: tuple[str, Key]) -> list[Key]:
        """Rows of one range that match everything, sorted; `piece` says which part of it."""
        rest, others = self._rest(way)
        times, moments = self._times() if "started" in way.orders else ("", ())
        where, source = " AND ".join(filter(None, (each.where, times))), way.source
        if way.index == "parties":  # its rows of that time only: a number may have a long past
            where, source = f"id IN (SELECT id FROM parties WHERE {where})", "calls"
        conditions = " AND ".join(filter(None, (where, piece[0], rest)))
        query = f"{self._select} {source} WHERE {conditions} ORDER BY +{self._by} LIMIT ?"
        bound = (*each.values, *moments, *piece[1], *others, limit)
        return self._database.execute(query, bound).fetchall()

    # -- stride ------------------------------------------------------------------------------------
    def _stride(self, way: Way, limit: int, cursor: Key | None) -> Page:
        found, end = list[Key](), time.monotonic() + BUDGET
        while True:
            far = self._far(way, cursor)
            parts = [self._step(way, each, cursor, far, limit) for each in way.ranges]
            found += _distinct(heapq.merge(*parts, reverse=self._down), limit + 1 - len(found))
            if len(found) > limit or far is None:
                return _cut(found, limit)
            cursor = far
            if time.monotonic() > end:
                return Page(tuple(key[-1] for key in found), cursor)

    def _step(
        self, way: Way, each: Range, cursor: Key | None, far: Key | None, limit: int
    ) -> list[Key]:
        found = list[Key]()
        for piece in pieces(self._columns, cursor, far, self._down):
            found += self._matching(way, each, limit + 1 - len(found), piece)
            if len(found) > limit:
                break
        return found

    def _far(self, way: Way, cursor: Key | None) -> Key | None:
        """Where a stride ends: no range has more than STRIDE rows up to there.  None: the end."""
        ends = [end for each in way.ranges if (end := self._nth(way, each, cursor))]
        return (max(ends) if self._down else min(ends)) if ends else None

    def _nth(self, way: Way, each: Range, cursor: Key | None) -> Key | None:
        left = STRIDE
        times, moments = self._times() if "started" in way.orders else ("", ())
        for piece, values in pieces(self._columns, cursor, None, self._down):
            where = " AND ".join(filter(None, (each.where, times, piece)))
            bound = (*each.values, *moments, *values)
            query = (
                f"{self._select} {way.source} WHERE {where} ORDER BY {self._by} LIMIT 1 OFFSET ?"
            )
            rows = self._database.execute(query, (*bound, left - 1)).fetchall()
            if rows:
                return tuple(rows[0])
            left -= self._count(f"{way.source} WHERE {where}", bound, left)
        return None

    def _count(self, rows: str, bound: tuple[Any, ...], limit: int) -> int:
        query = f"SELECT count(*) FROM (SELECT 1 FROM {rows} LIMIT ?)"
        return int(self._database.execute(query, (*bound, limit)).get)

    # -- counting ----------------------------------------------------------------------------------
    def count(self) -> tuple[int, bool]:
        if self._impossible():
            return 0, True
        if not self._filters and not self._times()[0]:
            return self._total(), True
        best = min(self._ways, key=self._size)
        if self._size(best) > GATHER:
            return COUNTED if not self._rest(best)[0] else 0, False
        found = {
            key for each in best.ranges for key in self._matching(best, each, GATHER, ("", ()))
        }
        return len(found), True

    def _total(self) -> int:
        kinds = self._only.classes()
        query = f"SELECT sum(count) FROM totals WHERE class IN ({', '.join('?' * len(kinds))})"
        return int(self._database.execute(query, kinds).get or 0)


def _cut(found: list[Key], limit: int) -> Page:
    shown = found[:limit]
    return Page(tuple(key[-1] for key in shown), shown[-1] if len(found) > limit else None)


def _distinct(keys: Iterator[Key], limit: int) -> list[Key]:
    """Two numbers of one viewer may be in one call."""
    found = list[Key]()
    for key in keys:
        if not found or found[-1] != key:
            if len(found) == limit:
                break
            found.append(key)
    return found


def _marks(key: Key) -> str:
    return ", ".join("?" * len(key))
