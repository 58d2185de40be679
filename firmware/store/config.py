"""`config.db`: every configuration that was ever in force, who put it there, when and why.

The newest version is in force.  Nothing is ever changed or taken away: going back to an old
version makes a new one with the old text.  Texts of long ago are packed.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from pathlib import Path

import msgspec

from firmware.store.changes import Change
from firmware.store.database import open_database, transaction
from firmware.store.draft import Edit

PLAIN = 10  # newest texts that are not packed, so that older firmware finds them too
LONGEST_TEXT = 64 * 1024 * 1024


class Version(msgspec.Struct, frozen=True):
    id: int
    utc_ms: int
    who: str
    why: str
    text: str


class Unconfirmed(msgspec.Struct, frozen=True):
    """`version` goes back to `back_to` unless it is confirmed within `seconds` of `utc_ms`."""

    version: int
    back_to: int
    utc_ms: int
    seconds: int


_COLUMNS = "SELECT id, utc_ms, who, why, text, packed FROM versions"


class ConfigStore:
    def __init__(self, path: Path) -> None:
        self._database = open_database(path, "config")

    def current(self) -> Version | None:
        return self._one(f"{_COLUMNS} ORDER BY id DESC LIMIT 1")

    def version(self, number: int) -> Version | None:
        return self._one(f"{_COLUMNS} WHERE id = ?", number)

    def at(self, utc_ms: int) -> Version | None:
        """What was in force at that moment."""
        return self._one(f"{_COLUMNS} WHERE utc_ms <= ? ORDER BY id DESC LIMIT 1", utc_ms)

    def _one(self, query: str, *values: int) -> Version | None:
        row = self._database.execute(query, values).fetchone()
        return _version(row) if row else None

    def history(self, limit: int, before: int = 0) -> list[Version]:
        """Newest first; `before`: only those older than this version."""
        rows = self._database.execute(
            f"{_COLUMNS} WHERE ? = 0 OR id < ? ORDER BY id DESC LIMIT ?", (before, before, limit)
        )
        return [_version(row) for row in rows]

    def add(
        self,
        version: Version,
        changes: Sequence[Change] = (),
        supplied: bytes | None = None,
        unconfirmed: Unconfirmed | None = None,
    ) -> None:
        """`supplied` is the mark of the file this came from, if it came from a file at start.
        Whatever waited to be confirmed is decided by any new version."""
        with transaction(self._database):
            query = "INSERT INTO versions VALUES (?, ?, ?, ?, ?, NULL, ?)"
            said = zlib.compress(msgspec.json.encode(changes))
            self._database.execute(query, (*msgspec.structs.astuple(version), said))
            self._pack(version.id - PLAIN)
            self._database.execute("DELETE FROM unconfirmed")
            if unconfirmed is not None:
                query = "INSERT INTO unconfirmed VALUES (1, ?, ?, ?, ?)"
                self._database.execute(query, msgspec.structs.astuple(unconfirmed))
            if supplied is not None:
                self._database.execute("REPLACE INTO supplied VALUES (1, ?)", (supplied,))

    def changes(self, number: int) -> list[Change]:
        """What this version changed; versions of older firmware did not write it down."""
        query = "SELECT changes FROM versions WHERE id = ?"
        row = self._database.execute(query, (number,)).fetchone()
        if not row or row[0] is None:
            return []
        return msgspec.json.decode(_unpacked(bytes(row[0])), type=list[Change])

    def _pack(self, number: int) -> None:
        query = "SELECT text FROM versions WHERE id = ? AND packed IS NULL"
        row = self._database.execute(query, (number,)).fetchone()
        if row:
            packed = zlib.compress(str(row[0]).encode())
            query = "UPDATE versions SET text = '', packed = ? WHERE id = ?"
            self._database.execute(query, (packed, number))

    # -- to be confirmed ---------------------------------------------------------------------------
    def unconfirmed(self) -> Unconfirmed | None:
        query = "SELECT version, back_to, utc_ms, seconds FROM unconfirmed"
        row = self._database.execute(query).fetchone()
        return Unconfirmed(*row) if row else None

    def confirm(self) -> None:
        with transaction(self._database):
            self._database.execute("DELETE FROM unconfirmed")

    # -- the draft ---------------------------------------------------------------------------------
    def edits(self) -> list[Edit]:
        """In the order in which they were said."""
        query = "SELECT id, utc_ms, who, section, entry, key, old, new FROM draft ORDER BY id"
        return [Edit(*row) for row in self._database.execute(query)]

    def add_edits(self, edits: Sequence[Edit]) -> None:
        query = "INSERT INTO draft VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)"
        with transaction(self._database):
            for edit in edits:
                self._database.execute(query, msgspec.structs.astuple(edit)[1:])

    def remove_edits(self, numbers: Sequence[int]) -> None:
        with transaction(self._database):
            for number in numbers:
                self._database.execute("DELETE FROM draft WHERE id = ?", (number,))

    # -- the file that was handed in at start ------------------------------------------------------
    def supplied(self) -> bytes:
        """The mark of the file that was last handed in; empty: none ever."""
        row = self._database.execute("SELECT digest FROM supplied").fetchone()
        return bytes(row[0]) if row else b""

    def close(self) -> None:
        self._database.close()


def _version(row: tuple[object, ...]) -> Version:
    number, utc_ms, who, why, text, packed = row
    if isinstance(packed, bytes):
        text = _unpacked(packed).decode()
    return Version(int(str(number)), int(str(utc_ms)), str(who), str(why), str(text))


def _unpacked(data: bytes) -> bytes:
    return zlib.decompressobj().decompress(data, LONGEST_TEXT)
