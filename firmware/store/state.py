"""`state.db`: what users have set and what must be remembered of them.  Owned by jobs.

One entry per key "kind.owner", its value JSON.  Every change has the next revision, so a reader
that knows one revision is told exactly what is new.  No versions are kept: going back to an old
configuration never touches what users set.

A change that the call processor gave up waiting for is withdrawn: whoever heard "not saved" must
not find it in force tomorrow.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from firmware.store.database import open_database, transaction
from firmware.store.marks import Marks

KEY = re.compile(r"[a-z][a-z0-9-]{0,31}\.[^\x00-\x1f\x7f]{1,64}")
VALUE_LIMIT = 64 * 1024

UPSERT = """
INSERT INTO entries (key, value, revision, save, before) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (key) DO UPDATE SET value = ?2, revision = ?3, save = ?4, before = ?5
"""


class Entry(msgspec.Struct, frozen=True, array_like=True):
    """An empty value: removed."""

    revision: int
    key: str
    value: str


def well_formed(key: str, value: str) -> bool:
    """What any entry must be, whatever its kind."""
    if KEY.fullmatch(key) is None or len(value) > VALUE_LIMIT:
        return False
    if not value:
        return True
    try:
        msgspec.json.decode(value)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return False
    return True


class StateStore:
    """Changes are made inside `with change():` and are on the disk when it ends."""

    def __init__(self, path: Path, lineage: str = "") -> None:
        self._database = open_database(path, "state")
        self.marks = Marks(self._database)
        self.lineage = self._named(lineage or secrets.token_hex(8))
        self.revision = self._last()

    def _named(self, fresh: str) -> str:
        with transaction(self._database):
            self._database.execute("INSERT OR IGNORE INTO lineage VALUES (1, ?)", (fresh,))
        return str(self._database.execute("SELECT name FROM lineage").get)

    def _last(self) -> int:
        return int(self._database.execute("SELECT max(revision) FROM entries").get or 0)

    # -- changes -----------------------------------------------------------------------------------
    def change(self) -> Change:
        return Change(self)

    # -- questions ---------------------------------------------------------------------------------
    def get(self, key: str) -> str:
        """Empty if there is none."""
        query = "SELECT value FROM entries WHERE key = ?"
        return str(self._database.execute(query, (key,)).get or "")

    def since(self, revision: int, limit: int) -> list[Entry]:
        """What changed after `revision`, oldest first, removals included."""
        query = "SELECT revision, key, value FROM entries WHERE revision > ? ORDER BY revision"
        rows = self._database.execute(f"{query} LIMIT ?", (revision, limit))
        return [Entry(*row) for row in rows]

    def page(self, prefix: str, owner: str, after: str, limit: int) -> list[Entry]:
        """By key, after the key `after`; `prefix` is a kind with its dot, or empty."""
        rows = self._database.execute(
            "SELECT revision, key, value FROM entries"
            " WHERE key > ?1 AND key < ?2 AND value <> ''"
            " AND (?3 = '' OR substr(key, instr(key, '.') + 1) = ?3) ORDER BY key LIMIT ?4",
            (max(after, prefix), f"{prefix}\U0010ffff", owner, limit),
        )
        return [Entry(*row) for row in rows]

    def refused(self) -> dict[str, str]:
        """Changes of segments that are still there which were refused, and why."""
        rows = self._database.execute("SELECT save, why FROM refused")
        return {str(save): str(why) for save, why in rows}

    def forget_gone(self, present: set[str]) -> None:
        for segment in self.marks.forget_all_but(present):
            with transaction(self._database):
                self._database.execute("DELETE FROM refused WHERE segment = ?", (segment,))

    def close(self) -> None:
        self._database.close()


class Change:
    """One transaction; `entries` is what it changed, in the order of the revisions."""

    def __init__(self, store: StateStore) -> None:
        self._store, self._database = store, store._database
        self._transaction = transaction(self._database)
        self._touched: dict[str, Entry] = {}
        self._revision = store.revision

    def __enter__(self) -> Change:
        self._transaction.__enter__()
        return self

    def __exit__(self, *reason: Any) -> None:
        self._transaction.__exit__(*reason)
        if reason[0] is None:
            self._store.revision = self._revision

    @property
    def entries(self) -> tuple[Entry, ...]:
        return tuple(sorted(self._touched.values(), key=lambda entry: entry.revision))

    def put(self, key: str, value: str, save: str = "") -> None:
        """Setting what is set already changes nothing, but a later withdrawal leaves it alone."""
        before = self._store.get(key)
        if value != before or save:
            self._write(key, value, save, before)

    def withdraw(self, save: str) -> bool:
        """Undo this change, unless another came after it."""
        query = "SELECT key, before FROM entries WHERE save = ?"
        rows = self._database.execute(query, (save,)).fetchall()
        for key, before in rows:
            self._write(str(key), str(before), "", str(before))
        return bool(rows)

    def refuse(self, save: str, why: str, segment: str) -> None:
        self._database.execute("REPLACE INTO refused VALUES (?, ?, ?)", (save, why, segment))

    def mark(self, segment: str, offset: int) -> None:
        self._store.marks.put(segment, offset)

    def _write(self, key: str, value: str, save: str, before: str) -> None:
        self._revision += 1
        self._database.execute(UPSERT, (key, value, self._revision, save, before))
        self._touched[key] = Entry(self._revision, key, value)

    def merge(self, entries: Iterable[Entry]) -> None:
        """Take over entries from elsewhere: a snapshot, or a backup."""
        for entry in entries:
            self.put(entry.key, entry.value)
