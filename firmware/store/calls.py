"""`calls.db`: every call that ended.  Owned by jobs.

A batch of records and the mark of how far the spool was read are one transaction: a record is
stored once, however often either process dies.  Lists are read by keyset, newest first, so a page
costs the same at the millionth record as at the first.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import apsw
import msgspec

from firmware.core.record import CallRecord
from firmware.store.database import open_database, transaction
from firmware.store.marks import Marks

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(CallRecord).decode

Cursor = tuple[int, int]  # started, id: the last row of the page before

INSERT = """
INSERT INTO calls (call, type, caller, called, final, line, started, answered, ended, cause,
                   site, record)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (call) DO NOTHING
"""


class Filter(msgspec.Struct, frozen=True):
    """Empty means any.  `party` is whoever called, was called or took the call."""

    type: str = ""
    party: str = ""
    line: int | None = None
    since: int = 0  # UTC ms, included
    until: int = 0  # not included


class Calls:
    def __init__(self, path: Path) -> None:
        self._database = open_database(path, "calls")
        self.marks = Marks(self._database)

    # -- the spool ---------------------------------------------------------------------------------
    def store(
        self, records: Iterable[CallRecord], segment: str, offset: int
    ) -> tuple[CallRecord, ...]:
        """Returns the records that were new; they are on the disk by then."""
        with transaction(self._database):
            new = tuple(record for record in records if self._insert(record))
            self.marks.put(segment, offset)
        return new

    # -- reading -----------------------------------------------------------------------------------
    def page(
        self, limit: int, before: Cursor | None = None, only: Filter | None = None
    ) -> tuple[list[CallRecord], Cursor | None]:
        """Newest first; the cursor is None after the last page."""
        where, values = _conditions(before, only or Filter())
        query = f"SELECT id, started, record FROM calls {where} ORDER BY started DESC, id DESC"
        rows = list(self._database.execute(f"{query} LIMIT ?", (*values, limit + 1)))
        shown = rows[:limit]
        cursor = (shown[-1][1], shown[-1][0]) if len(rows) > limit else None
        return [_decode(record) for _, _, record in shown], cursor

    def find(self, call: str) -> CallRecord | None:
        row = self._database.execute("SELECT record FROM calls WHERE call = ?", (call,)).get
        return None if row is None else _decode(row)

    def count(self) -> int:
        return int(self._database.execute("SELECT count(*) FROM calls").get)

    def close(self) -> None:
        self._database.close()

    def _insert(self, record: CallRecord) -> bool:
        fields = (record.call, record.type, record.caller, record.called, record.final)
        times = (record.line, record.started, record.answered, record.ended)
        self._database.execute(
            INSERT, (*fields, *times, record.cause, record.site, _encode(record))
        )
        return self._database.changes() > 0


def _conditions(before: Cursor | None, only: Filter) -> tuple[str, tuple[apsw.SQLiteValue, ...]]:
    parts: list[tuple[str, tuple[apsw.SQLiteValue, ...]]] = []
    if before:
        parts.append(("(started, id) < (?, ?)", before))
    if only.type:
        parts.append(("type = ?", (only.type,)))
    if only.party:
        parts.append(("(caller = ? OR called = ? OR final = ?)", (only.party,) * 3))
    if only.line is not None:
        parts.append(("line = ?", (only.line,)))
    if only.since:
        parts.append(("started >= ?", (only.since,)))
    if only.until:
        parts.append(("started < ?", (only.until,)))
    if not parts:
        return "", ()
    where = "WHERE " + " AND ".join(condition for condition, _ in parts)
    return where, tuple(value for _, values in parts for value in values)
