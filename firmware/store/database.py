"""Opens a database of ours so that a power cut cannot hurt it, and brings its schema up to date.

Every committed transaction is on the disk when `transaction` returns (WAL, synchronous=FULL).
Migrations are numbered SQL files, `schema/<kind>-0001.sql` onward; each runs once, in one
transaction with its number.  `<kind>-0002.back.sql` is the way back from step 2; it is kept inside
the database, so that older firmware, which has never heard of the step, can undo it.  A database
from newer firmware without a way back is refused, never guessed at.
One process owns a database: waiting for a lock is not part of any plan and bounded.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

SCHEMAS = Path(__file__).resolve().parent / "schema"
WAYS_BACK = "CREATE TABLE IF NOT EXISTS ways_back (form INTEGER PRIMARY KEY, sql TEXT) STRICT"
BUSY_MS = 5_000  # somebody may look at the file with the sqlite3 shell
WAL_BYTES = 4 * 1024 * 1024

NOT_SAVED = (OSError, apsw.Error)  # a disk that is full, read-only or broken


class StoreError(Exception):
    """The stored data cannot be used; the text says why and what can be done."""


def open_database(path: Path, kind: str, schemas: Path = SCHEMAS) -> apsw.Connection:
    _create(path)
    database = apsw.Connection(str(path))
    database.set_busy_timeout(BUSY_MS)
    database.execute("PRAGMA journal_mode = WAL").fetchall()
    database.execute("PRAGMA synchronous = FULL")
    database.execute("PRAGMA foreign_keys = ON")
    database.execute(f"PRAGMA journal_size_limit = {WAL_BYTES}").fetchall()
    _migrate(database, path, kind, schemas)
    return database


def open_to_read(path: Path) -> apsw.Connection:
    """For a process that does not own it: never writes, never migrates."""
    database = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    database.set_busy_timeout(BUSY_MS)
    return database


@contextmanager
def transaction(database: apsw.Connection) -> Iterator[None]:
    """All or nothing; the write lock is taken at once, so it cannot fail half way."""
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
        database.execute("COMMIT")
    except BaseException:
        if database.in_transaction:
            database.execute("ROLLBACK")
        raise


def sync_folder(folder: Path) -> None:
    """A new or renamed file is only there after a power cut when its folder was synced too."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _create(path: Path) -> None:
    """Readable by its owner alone; SQLite gives the files beside it the same mode."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        sync_folder(path.parent)


def _migrate(database: apsw.Connection, path: Path, kind: str, schemas: Path) -> None:
    steps = [step for step in sorted(schemas.glob(f"{kind}-*.sql")) if ".back" not in step.suffixes]
    done = int(database.pragma("user_version") or 0)
    while done > len(steps):
        done = _step_back(database, path, done, len(steps))
    for number, step in enumerate(steps[done:], start=done + 1):
        if not step.stem.endswith(f"-{number:04d}"):
            raise StoreError(f"the schema steps of {path.name} are not in order: {step.name}")
        with transaction(database):
            database.execute(step.read_text(encoding="utf-8"))
            _note_way_back(database, number, step.with_suffix(".back.sql"))
            database.execute(f"PRAGMA user_version = {number}")


def _note_way_back(database: apsw.Connection, number: int, back: Path) -> None:
    """Older firmware does not know this step: the way back from it is kept in the data."""
    if back.is_file():
        database.execute(WAYS_BACK)
        query = "REPLACE INTO ways_back VALUES (?, ?)"
        database.execute(query, (number, back.read_text(encoding="utf-8")))


def _step_back(database: apsw.Connection, path: Path, done: int, known: int) -> int:
    row = None
    if database.table_exists(None, "ways_back"):
        row = database.execute("SELECT sql FROM ways_back WHERE form = ?", (done,)).fetchone()
    if row is None:
        raise StoreError(
            f"{path.name} was written by newer firmware (form {done}, known here: {known}); "
            "install that firmware again, or restore a backup of this one"
        )
    with transaction(database):
        database.execute(str(row[0]))
        database.execute("DELETE FROM ways_back WHERE form = ?", (done,))
        database.execute(f"PRAGMA user_version = {done - 1}")
    return done - 1
