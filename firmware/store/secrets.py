"""`secrets.db`: what must never be shown.  No password is in it, only what one is proved with.

A telephone's password is kept as HA1 (RFC 8760): H(number:hookswitch:password) by MD5 and SHA-256.
The set-up code is kept as scrypt.  Digests of numbers that left the configuration stay, so that
going back to an old version finds them; whether one is in force is the configuration's decision.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from pathlib import Path

from firmware.store.applied import Credential
from firmware.store.database import open_database, transaction

REALM = "hookswitch"
CLEAR = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # without 0 O 1 I, which people mix up
SMALL = "abcdefghijkmnpqrstuvwxyz23456789"
SYMBOLS = "-_$+!@#%.*"  # EXT-09


def make_code() -> str:
    """Three groups of four, to be read from a screen and typed: 60 bits."""
    return "-".join("".join(secrets.choice(CLEAR) for _ in range(4)) for _ in range(3))


def make_password() -> str:
    """Four groups of four with a symbol between them, letters and digits for certain: 80 bits."""
    while True:
        groups = ["".join(secrets.choice(SMALL) for _ in range(4)) for _ in range(4)]
        symbols = [secrets.choice(SYMBOLS) for _ in range(3)] + [""]
        password = "".join(group + symbol for group, symbol in zip(groups, symbols, strict=True))
        if any(letter.isdigit() for letter in password) and any(map(str.isalpha, password)):
            return password


def digest(number: str, password: str) -> Credential:
    clear = f"{number}:{REALM}:{password}".encode()
    md5 = hashlib.md5(clear, usedforsecurity=False).hexdigest()
    return number, md5, hashlib.sha256(clear).hexdigest()


class Secrets:
    def __init__(self, path: Path) -> None:
        self._database = open_database(path, "secrets")

    def keep(self, passwords: Mapping[str, str]) -> None:
        """Passwords by extension; they replace what was kept."""
        with transaction(self._database):
            for number, password in passwords.items():
                self._database.execute(
                    "REPLACE INTO digests VALUES (?, ?, ?)", digest(number, password)
                )

    def kept(self) -> dict[str, Credential]:
        rows = self._database.execute("SELECT extension, md5, sha256 FROM digests")
        return {str(number): (str(number), str(md5), str(sha)) for number, md5, sha in rows}

    # -- one-time codes ----------------------------------------------------------------------------
    def keep_code(self, name: str, code: str) -> None:
        salt = secrets.token_bytes(16)
        with transaction(self._database):
            self._database.execute(
                "REPLACE INTO codes VALUES (?, ?, ?)", (name, salt, _scrypt(code, salt))
            )

    def is_code(self, name: str, code: str) -> bool:
        query = "SELECT salt, hash FROM codes WHERE name = ?"
        row = self._database.execute(query, (name,)).fetchone()
        return row is not None and hmac.compare_digest(_scrypt(code, row[0]), row[1])

    # -- marks -------------------------------------------------------------------------------------
    def mark(self, text: str) -> bytes:
        """Recognizes a text again without giving away anything about it."""
        return hmac.digest(self._key("supplied"), text.encode(), "sha256")

    def _key(self, name: str) -> bytes:
        row = self._database.execute("SELECT key FROM keys WHERE name = ?", (name,)).fetchone()
        if row:
            return bytes(row[0])
        key = secrets.token_bytes(32)
        with transaction(self._database):
            self._database.execute("INSERT INTO keys VALUES (?, ?)", (name, key))
        return key

    def close(self) -> None:
        self._database.close()


def _scrypt(code: str, salt: bytes) -> bytes:
    return hashlib.scrypt(code.strip().upper().encode(), salt=salt, n=2**14, r=8, p=1, dklen=32)
