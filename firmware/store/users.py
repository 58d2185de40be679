"""`users.db`: who may sign in, who has, and who tried.

Only `sysd` opens it.  A password is kept as scrypt, a session by the hash of its cookie: whoever
reads the file can open nothing with it.  What a role may do is decided above.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from pathlib import Path
from typing import Any

import msgspec

from firmware.store.database import open_database, transaction

COST = {"n": 2**14, "r": 8, "p": 1}
SIGN_INS_KEPT = 10_000


class User(msgspec.Struct, frozen=True):
    account: str
    name: str
    role: str
    extension: str
    hash: str
    enabled: bool
    created: int  # UTC ms


class Session(msgspec.Struct, frozen=True):
    id: int
    account: str
    csrf: str
    created: int
    seen: int
    address: str
    agent: str


class SignIn(msgspec.Struct, frozen=True):
    utc: int
    account: str
    address: str
    outcome: str


USER = "account, name, role, extension, hash, enabled, created"
SESSION = "id, account, csrf, created, seen, address, agent"


class Users:
    def __init__(self, path: Path) -> None:
        self._database = open_database(path, "users")

    # -- users -------------------------------------------------------------------------------------
    def all(self) -> list[User]:
        rows = self._database.execute(f"SELECT {USER} FROM users ORDER BY account")
        return [_user(row) for row in rows]

    def find(self, account: str) -> User | None:
        row = self._database.execute(
            f"SELECT {USER} FROM users WHERE account = ?", (account,)
        ).fetchone()
        return _user(row) if row else None

    def add(self, user: User) -> None:
        with transaction(self._database):
            self._database.execute(
                f"INSERT INTO users ({USER}) VALUES (?, ?, ?, ?, ?, ?, ?)",
                msgspec.structs.astuple(user),
            )

    def change(self, user: User) -> None:
        with transaction(self._database):
            self._database.execute(
                "UPDATE users SET name = ?, role = ?, extension = ?, hash = ?, enabled = ?"
                " WHERE account = ?",
                (user.name, user.role, user.extension, user.hash, user.enabled, user.account),
            )

    def remove(self, account: str) -> None:
        with transaction(self._database):
            self._database.execute("DELETE FROM users WHERE account = ?", (account,))

    # -- sessions ----------------------------------------------------------------------------------
    def open_session(self, account: str, address: str, agent: str, utc: int) -> tuple[str, Session]:
        """The cookie, and what is kept of it."""
        token, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(24)
        with transaction(self._database):
            self._database.execute(
                "INSERT INTO sessions (key, account, csrf, created, seen, address, agent)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (_key(token), account, csrf, utc, utc, address, agent),
            )
            number = self._database.last_insert_rowid()
        return token, Session(number, account, csrf, utc, utc, address, agent)

    def session(self, token: str) -> Session | None:
        row = self._database.execute(
            f"SELECT {SESSION} FROM sessions WHERE key = ?", (_key(token),)
        ).fetchone()
        return Session(*row) if row else None

    def sessions(self, account: str = "") -> list[Session]:
        rows = self._database.execute(
            f"SELECT {SESSION} FROM sessions WHERE ? IN ('', account) ORDER BY seen DESC",
            (account,),
        )
        return [Session(*row) for row in rows]

    def touch(self, session: int, utc: int) -> None:
        with transaction(self._database):
            self._database.execute("UPDATE sessions SET seen = ? WHERE id = ?", (utc, session))

    def end_session(self, session: int) -> None:
        with transaction(self._database):
            self._database.execute("DELETE FROM sessions WHERE id = ?", (session,))

    def end_sessions(self, account: str, but: int = 0) -> None:
        with transaction(self._database):
            self._database.execute(
                "DELETE FROM sessions WHERE account = ? AND id <> ?", (account, but)
            )

    def end_old_sessions(self, seen_before: int, created_before: int) -> None:
        with transaction(self._database):
            self._database.execute(
                "DELETE FROM sessions WHERE seen < ? OR created < ?", (seen_before, created_before)
            )

    # -- the sign-in log ---------------------------------------------------------------------------
    def note(self, entry: SignIn) -> None:
        with transaction(self._database):
            self._database.execute(
                "INSERT INTO sign_ins (utc, account, address, outcome) VALUES (?, ?, ?, ?)",
                msgspec.structs.astuple(entry),
            )
            self._database.execute(
                "DELETE FROM sign_ins WHERE id <= last_insert_rowid() - ?", (SIGN_INS_KEPT,)
            )

    def sign_ins(self, limit: int) -> list[SignIn]:
        rows = self._database.execute(
            "SELECT utc, account, address, outcome FROM sign_ins ORDER BY id DESC LIMIT ?",
            (limit,),
        )
        return [SignIn(*row) for row in rows]

    def close(self) -> None:
        self._database.close()


def make_hash(password: str) -> str:
    salt = secrets.token_bytes(16)
    return (
        f"scrypt${COST['n']}${COST['r']}${COST['p']}${salt.hex()}${_scrypt(password, salt).hex()}"
    )


def is_password(password: str, stored: str) -> bool:
    """Takes as long for a user that does not exist: give it `NOBODY`."""
    kind, n, r, p, salt, digest = stored.split("$")
    if kind != "scrypt" or (int(n), int(r), int(p)) != tuple(COST.values()):
        return False
    return hmac.compare_digest(_scrypt(password, bytes.fromhex(salt)), bytes.fromhex(digest))


NOBODY = f"scrypt${COST['n']}${COST['r']}${COST['p']}${'00' * 16}${'00' * 32}"


def _scrypt(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, dklen=32, **COST)


def _key(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _user(row: tuple[Any, ...]) -> User:
    user = User(*row)
    return msgspec.structs.replace(user, enabled=bool(user.enabled))
