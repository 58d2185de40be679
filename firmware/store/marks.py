"""How far the spool has been read, kept in the database that what was read goes into.

The mark is written in the same transaction as the rows, so whoever is killed, and whenever, each
line has its effect once.
"""

from __future__ import annotations

import apsw

from firmware.store.database import transaction


class Marks:
    def __init__(self, database: apsw.Connection) -> None:
        self._database = database

    def offset(self, segment: str) -> int:
        row = self._database.execute("SELECT offset FROM spool WHERE segment = ?", (segment,))
        return int(row.get or 0)

    def put(self, segment: str, offset: int) -> None:
        """Only inside a transaction."""
        self._database.execute("REPLACE INTO spool VALUES (?, ?)", (segment, offset))

    def forget_all_but(self, present: set[str]) -> tuple[str, ...]:
        """The files of the others are gone, and so may be our marks of them."""
        rows = self._database.execute("SELECT segment FROM spool").fetchall()
        gone = tuple(str(segment) for (segment,) in rows if segment not in present)
        if gone:
            with transaction(self._database):
                for segment in gone:
                    self._database.execute("DELETE FROM spool WHERE segment = ?", (segment,))
        return gone
