"""`calls.db`: every call that ended.  Owned by jobs.

A batch of records and the mark of how far the spool was read are one transaction: a record is
stored once, however often either process dies.  What lists need is in narrow, indexed rows
(`calls_page.py` reads them); the whole record, with trail and legs, lies beside it, deflated.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from firmware.core import visibility
from firmware.core.record import CallRecord, CallType
from firmware.store.database import open_database, transaction
from firmware.store.marks import Marks

APART = "\x1f"  # between the parties of a call
TYPES: Final[tuple[CallType, ...]] = ("internal", "incoming", "outgoing")

# What nearly every record has in it.  Never change it: stored records need it to be read.
_COMMON = b"".join(
    b"\xa0" + word
    for word in b"""
conference transferred emergency picked-up parked forwarded recordings recorded pin trunk name
no-answer busy canceled refused unreachable no-such-number not-allowed lines-busy failed stopped
answered-elsewhere PCMU PCMA G722 opus codec packets lost jitter_ms delay_ms mos quality
outside incoming emergency attendant number refused passed routes.Outside extensions. lines.
extension taken rule verdict subject detail fxs fxo sip legs trail leg party kind line started
answered ended cause normal site call type internal outgoing caller called final
""".split()
)


def deflate(record: CallRecord) -> bytes:
    press = zlib.compressobj(1, zdict=_COMMON)
    return press.compress(msgspec.msgpack.encode(record)) + press.flush()


_decode = msgspec.msgpack.Decoder(CallRecord).decode


def inflate(data: bytes) -> CallRecord:
    return _decode(zlib.decompressobj(zdict=_COMMON).decompress(data))


def class_of(record: CallRecord) -> int:
    return TYPES.index(record.type) * 2 + (1 if record.answered else 0)


def parties_of(record: CallRecord) -> tuple[str, ...]:
    named = (party.replace(APART, "") for party in visibility.parties(record))
    return tuple(dict.fromkeys(filter(None, named)))


ADD = """
INSERT INTO calls (call, class, caller, called, trunk, pin, started, duration, recorded, parties)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (call) DO NOTHING
"""


class Calls:
    def __init__(self, path: Path) -> None:
        self.database = open_database(path, "calls")
        self.marks = Marks(self.database)
        self._trunks = {str(name) for (name,) in self.database.execute("SELECT name FROM trunks")}

    # -- writing -----------------------------------------------------------------------------------
    def store(
        self, records: Iterable[CallRecord], segment: str, offset: int
    ) -> tuple[CallRecord, ...]:
        """Returns the records that were new; they are on the disk by then."""
        with transaction(self.database):
            new = tuple(record for record in records if self.add(record))
            self.marks.put(segment, offset)
        self._trunks.update(record.trunk for record in new if record.trunk)
        return new

    def add(self, record: CallRecord) -> bool:
        """Only inside a transaction; False if it is there already."""
        kind, parties = class_of(record), parties_of(record)
        duration = record.ended - record.answered if record.answered else 0
        who = (record.caller, record.called, record.trunk, record.pin)
        facts = (record.started, max(0, duration), bool(record.recordings))
        row = (record.call, kind, *who, *facts, _joined(parties))
        self.database.execute(ADD, row)
        if self.database.changes() == 0:
            return False
        number = self.database.last_insert_rowid()
        self.database.execute("INSERT INTO details VALUES (?, ?)", (number, deflate(record)))
        self.database.executemany(
            "INSERT INTO parties VALUES (?, ?, ?, ?)",
            ((party, kind, record.started, number) for party in parties),
        )
        if record.trunk and record.trunk not in self._trunks:
            self.database.execute("INSERT OR IGNORE INTO trunks VALUES (?)", (record.trunk,))
        return True

    def bring_over(self, limit: int = 2_000) -> bool:
        """Move some rows of the first form of this database; True while there are more."""
        query = "SELECT id, record FROM first_form ORDER BY id LIMIT ?"
        rows: list[tuple[Any, ...]] = self.database.execute(query, (limit,)).fetchall()
        if not rows:
            return False
        with transaction(self.database):
            for number, data in rows:
                self.add(_decode(bytes(data)))
                self.database.execute("DELETE FROM first_form WHERE id = ?", (number,))
        return True

    def drop_oldest(self, before: int, limit: int) -> int:
        """Delete at most `limit` calls that began before this moment (UTC ms); how many."""
        rows = self.database.execute(
            "SELECT id, class, started, parties FROM calls WHERE id IN (SELECT id FROM ("
            + " UNION ALL ".join(_OLDEST.format(kind) for kind in range(6))
            + ") ORDER BY started LIMIT ?2)",
            (before, limit),
        ).fetchall()
        with transaction(self.database):
            for number, kind, started, parties in rows:
                keys = ((party, kind, started, number) for party in split(str(parties)))
                self.database.executemany(
                    "DELETE FROM parties WHERE (number, class, started, id) = (?, ?, ?, ?)", keys
                )
                self.database.execute("DELETE FROM details WHERE id = ?", (number,))
                self.database.execute("DELETE FROM calls WHERE id = ?", (number,))
        return len(rows)

    # -- reading -----------------------------------------------------------------------------------
    def find(self, call: str) -> CallRecord | None:
        query = "SELECT record FROM details WHERE id = (SELECT id FROM calls WHERE call = ?)"
        row = self.database.execute(query, (call,)).get
        return None if row is None else inflate(row)

    def records(self, numbers: Sequence[int]) -> list[CallRecord]:
        """In the order of `numbers`, which are ids of rows."""
        query = "SELECT record FROM details WHERE id = ?"
        found = (self.database.execute(query, (number,)).get for number in numbers)
        return [inflate(data) for data in found if data is not None]

    def count(self) -> int:
        return int(self.database.execute("SELECT sum(count) FROM totals").get or 0)

    def bytes_used(self) -> int:
        """Of the file, without what is free in it."""
        free, pages = self.database.pragma("freelist_count"), self.database.pragma("page_count")
        return (int(pages or 0) - int(free or 0)) * int(self.database.pragma("page_size") or 0)

    def everything(self) -> Iterator[CallRecord]:
        """In the order in which they were stored."""
        rows: Any = self.database.execute("SELECT record FROM details ORDER BY id")
        for (data,) in rows:
            yield inflate(data)

    def close(self) -> None:
        self.database.close()


_OLDEST = (
    "SELECT * FROM (SELECT id, started FROM calls WHERE class = {} AND started < ?1"
    " ORDER BY started LIMIT ?2)"
)


def _joined(parties: Sequence[str]) -> str:
    return APART.join(("", *parties, ""))


def split(parties: str) -> list[str]:
    return [party for party in parties.split(APART) if party]
