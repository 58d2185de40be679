"""What a backup holds: sections of typed rows, each read from its database in one transaction.

The databases are read while the box runs: a transaction of SQLite's sees one moment, whatever is
written meanwhile.  Sections that hold secrets are in a backup only if a passphrase seals them.
"""

from __future__ import annotations

import secrets
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal

import apsw
import msgspec

from firmware.core.record import CallRecord
from firmware.store import passphrase as sealing
from firmware.store.archive import (
    FORMAT,
    PRODUCT,
    BackupError,
    Manifest,
    Part,
    pack,
    part_of,
    read_rows,
    unpack,
    write_rows,
)
from firmware.store.calls import inflate
from firmware.store.database import open_database, open_to_read, transaction
from firmware.store.sealing import Seal

MEGABYTE = 1024 * 1024
SEAL = "secrets.key"


class ConfigurationRow(msgspec.Struct, frozen=True):
    """The text in force."""

    version: int
    utc: int
    who: str
    why: str
    text: str


class SecretRow(msgspec.Struct, frozen=True):
    """As it is in force: the digests of a telephone's password (`ha1`), or what the box must be
    able to say (`said`), in clear: the whole section is sealed."""

    section: str
    entry: str
    key: str
    form: Literal["ha1", "said"]
    one: bytes
    two: bytes = b""


class UserRow(msgspec.Struct, frozen=True):
    account: str
    name: str
    role: str
    extension: str
    hash: str
    enabled: int
    created: int


class StateRow(msgspec.Struct, frozen=True):
    key: str
    value: str


class Section(msgspec.Struct, frozen=True):
    """`read` gives the rows of an open database of the box in this state folder."""

    name: str
    database: str
    version: int
    row: type
    read: Callable[[apsw.Connection, Path], Iterator[Any]]
    limit: int  # bytes that it may have
    secret: bool = False


def _rows(kind: type, query: str) -> Callable[[apsw.Connection, Path], Iterator[Any]]:
    return lambda database, _: (kind(*row) for row in database.execute(query))


def _secrets(database: apsw.Connection, state: Path) -> Iterator[SecretRow]:
    seal = Seal(state / SEAL)
    rows: Iterable[tuple[Any, ...]] = database.execute(_IN_FORCE, (_version(state),))
    for section, entry, key, form, one, two in rows:
        if form == "ha1":
            yield SecretRow(section, entry, key, "ha1", bytes(one), bytes(two))
        else:
            yield SecretRow(section, entry, key, "said", seal.open(bytes(one), bytes(two)).encode())


def _version(state: Path) -> int:
    """Of the configuration in force."""
    database = open_to_read(state / "config.db")
    number = int(database.execute("SELECT max(id) FROM versions").get or 0)
    database.close()
    return number


def _calls(database: apsw.Connection, _: Path) -> Iterator[CallRecord]:
    rows: Iterable[tuple[Any, ...]] = database.execute("SELECT record FROM details ORDER BY id")
    for (data,) in rows:
        yield inflate(data)


PUT_USER = """
INSERT INTO users (account, name, role, extension, hash, enabled, created)
VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (account) DO UPDATE SET name = excluded.name,
role = excluded.role, extension = excluded.extension, hash = excluded.hash,
enabled = excluded.enabled
"""
_IN_FORCE = """
SELECT section, entry, key, form, one, two FROM secrets AS s WHERE since =
(SELECT max(since) FROM secrets WHERE section = s.section AND entry = s.entry AND key = s.key
AND since <= ?)
"""
_LAST = "SELECT id, utc_ms, who, why, text FROM versions ORDER BY id DESC LIMIT 1"
_PEOPLE = "SELECT account, name, role, extension, hash, enabled, created FROM users"

SECTIONS: Final = (
    Section(
        "configuration",
        "config.db",
        1,
        ConfigurationRow,
        _rows(ConfigurationRow, _LAST),
        16 * MEGABYTE,
    ),
    Section(
        "secrets",
        "secrets.db",
        1,
        SecretRow,
        _secrets,
        4 * MEGABYTE,
        secret=True,
    ),
    Section("users", "users.db", 1, UserRow, _rows(UserRow, _PEOPLE), 4 * MEGABYTE, secret=True),
    Section(
        "state",
        "state.db",
        1,
        StateRow,
        _rows(StateRow, "SELECT key, value FROM entries WHERE value <> ''"),
        256 * MEGABYTE,
    ),
    Section("calls", "calls.db", 1, CallRecord, _calls, 8192 * MEGABYTE),
)
BY_NAME: Final = {section.name: section for section in SECTIONS}
KINDS: Final = tuple(BY_NAME)


# -- making ----------------------------------------------------------------------------------------
def file_name(now: datetime) -> str:
    """BKP-04."""
    return f"B{now:%Y%m%d%H%M}.tar.gz"


def make(state: Path, kinds: Iterable[str], target: Path, passphrase: str, firmware: str) -> None:
    """Sections with secrets are left out where there is no passphrase."""
    work = target.parent / f".work-{secrets.token_hex(4)}"
    work.mkdir(mode=0o700)
    try:
        wanted = [BY_NAME[kind] for kind in dict.fromkeys(kinds)]
        parts = [
            _write(section, state, work, passphrase)
            for section in wanted
            if (state / section.database).exists() and (passphrase or not section.secret)
        ]
        made = time.time_ns() // 1_000_000
        pack(target, work, Manifest(PRODUCT, FORMAT, firmware, made, tuple(parts)))
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _write(section: Section, state: Path, work: Path, passphrase: str) -> Part:
    path = work / section.name
    database = open_to_read(state / section.database)
    try:
        database.execute("BEGIN")
        count = write_rows(path, section.read(database, state))
        database.execute("COMMIT")
    finally:
        database.close()
    if section.secret:
        path.write_bytes(sealing.seal(path.read_bytes(), passphrase))
    return part_of(path, section.name, section.version, count, section.secret)


# -- taking apart ----------------------------------------------------------------------------------
def take_apart(archive: Path, folder: Path, passphrase: str) -> Manifest:
    """Every section, checked to its last row, as a file of rows in `folder`.

    Sealed sections need the passphrase; without one they are left sealed, and their files gone.
    """
    limits = {section.name: section.limit for section in SECTIONS}
    manifest = unpack(archive, folder, limits)
    for part in manifest.parts:
        path = folder / part.name
        if part.sealed != BY_NAME[part.name].secret:
            raise BackupError("foreign", f"{part.name} is not sealed as it has to be")
        if part.version > BY_NAME[part.name].version:
            raise BackupError("newer", f"{part.name} is of form {part.version}")
        if part.sealed and not passphrase:
            path.unlink()
            continue
        if part.sealed:
            _unseal(path, passphrase)
        count = sum(1 for _ in read_rows(path, BY_NAME[part.name].row))
        if count != part.rows:
            raise BackupError("damaged", f"{part.name} has {count} rows, not {part.rows}")
    return manifest


def _unseal(path: Path, passphrase: str) -> None:
    try:
        path.write_bytes(sealing.unseal(path.read_bytes(), passphrase))
    except sealing.WrongPassphrase:
        raise BackupError("wrong-passphrase", "the passphrase does not open it") from None


# -- putting back ----------------------------------------------------------------------------------
def put_secrets(state: Path, rows: Iterable[SecretRow]) -> None:
    """In force with the present version; those of other entries stay as they are."""
    database, seal = open_database(state / "secrets.db", "secrets"), Seal(state / SEAL)
    since = _version(state)
    with transaction(database):
        for row in rows:
            if row.form == "ha1":
                kept = ("ha1", row.one, row.two)
            else:
                kept = ("sealed", *seal.close(row.one.decode()))
            identity = (row.section, row.entry, row.key)
            database.execute(
                "REPLACE INTO secrets VALUES (?, ?, ?, ?, ?, ?, ?)", (*identity, since, *kept)
            )
    database.close()


def put_users(state: Path, rows: Iterable[UserRow]) -> None:
    """Users who are in the backup become as they were, and are signed out; nobody is removed, so
    whoever puts it back is not locked out."""
    database = open_database(state / "users.db", "users")
    with transaction(database):
        for row in rows:
            if not row.hash.startswith("scrypt$"):
                raise BackupError("damaged", f"user {row.account[:40]} has no password")
            database.execute("DELETE FROM sessions WHERE account = ?", (row.account,))
            database.execute(PUT_USER, msgspec.structs.astuple(row))
    database.close()
