"""Opens a database of ours so that a power cut cannot hurt it, and brings its schema up to date.

Every committed transaction is on the disk when `transaction` returns (WAL, synchronous=FULL).
Migrations are numbered SQL files, `schema/<kind>-0001.sql` onward; each runs once, in one
transaction with its number.  A database from newer firmware is refused, never guessed at.
One process owns a database: waiting for a lock is not part of any plan and bounded.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

SCHEMAS = Path(__file__).resolve().parent / "schema"
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
    _migrate(database, path, sorted(schemas.glob(f"{kind}-*.sql")))
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


def _migrate(database: apsw.Connection, path: Path, steps: list[Path]) -> None:
    done = int(database.pragma("user_version") or 0)
    if done > len(steps):
        raise StoreError(
            f"{path.name} was written by newer firmware (form {done}, known here: {len(steps)}); "
            "install that firmware again, or restore a backup of this one"
        )
    for number, step in enumerate(steps[done:], start=done + 1):
        if not step.stem.endswith(f"-{number:04d}"):
            raise StoreError(f"the schema steps of {path.name} are not in order: {step.name}")
        with transaction(database):
            database.execute(step.read_text(encoding="utf-8"))
            database.execute(f"PRAGMA user_version = {number}")
