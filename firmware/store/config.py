"""`config.db`: every configuration that was ever in force, who put it there, when and why.

The newest version is in force.  Nothing is ever changed or taken away: going back to an old
version makes a new one with the old text.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from firmware.store.database import open_database, transaction


class Version(msgspec.Struct, frozen=True):
    id: int
    utc_ms: int
    who: str
    why: str
    text: str


_COLUMNS = "SELECT id, utc_ms, who, why, text FROM versions"


class ConfigStore:
    def __init__(self, path: Path) -> None:
        self._database = open_database(path, "config")

    def current(self) -> Version | None:
        row = self._database.execute(f"{_COLUMNS} ORDER BY id DESC LIMIT 1").fetchone()
        return Version(*row) if row else None

    def version(self, number: int) -> Version | None:
        row = self._database.execute(f"{_COLUMNS} WHERE id = ?", (number,)).fetchone()
        return Version(*row) if row else None

    def history(self, limit: int) -> list[Version]:
        """Newest first."""
        rows = self._database.execute(f"{_COLUMNS} ORDER BY id DESC LIMIT ?", (limit,))
        return [Version(*row) for row in rows]

    def add(self, version: Version, supplied: bytes | None = None) -> None:
        """`supplied` is the mark of the file this came from, if it came from a file at start."""
        with transaction(self._database):
            self._database.execute(
                "INSERT INTO versions VALUES (?, ?, ?, ?, ?)", msgspec.structs.astuple(version)
            )
            if supplied is not None:
                self._database.execute("REPLACE INTO supplied VALUES (1, ?)", (supplied,))

    def supplied(self) -> bytes:
        """The mark of the file that was last handed in; empty: none ever."""
        row = self._database.execute("SELECT digest FROM supplied").fetchone()
        return bytes(row[0]) if row else b""

    def close(self) -> None:
        self._database.close()
