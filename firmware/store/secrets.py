"""`secrets.db`: what must never be shown.  No password that people typed for themselves is in it.

A telephone's password is kept as HA1 (RFC 8760): H(number:hookswitch:password) by MD5 and SHA-256.
The set-up code is kept as scrypt.  What a carrier wants to hear is sealed.  Secrets of entries that
left the configuration stay, so that going back to an old version finds them; whether one is in
force is the configuration's decision.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path

from firmware.store.applied import Credential
from firmware.store.database import open_database, transaction
from firmware.store.sealing import Seal

REALM = "hookswitch"
FORMER = 3  # values of one secret that are kept, for going back
Row = tuple[str, bytes, bytes]
SecretId = tuple[str, str, str]  # section, entry, key
_FORGET = """
DELETE FROM secrets WHERE section = ? AND entry = ? AND key = ? AND since NOT IN
    (SELECT since FROM secrets WHERE section = ? AND entry = ? AND key = ?
     ORDER BY since DESC LIMIT ?)
"""
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
    """Secrets of the configuration are in force from a version on.

    They are committed before the version that brings them; should that never come about, they
    count for nothing and are swept out with the next change.
    """

    def __init__(self, path: Path) -> None:
        self._database = open_database(path, "secrets")
        self._seal = Seal(path.with_suffix(".key"))

    def keep(self, typed: Mapping[SecretId, str], since: int) -> None:
        """Put down what is in force from version `since` on, the version that comes next."""
        with transaction(self._database):
            self._database.execute("DELETE FROM secrets WHERE since >= ?", (since,))
            for identity, value in typed.items():
                self._insert(identity, since, self._kept_form(identity, value))

    def forget(self, since: int) -> None:
        """Secrets of versions that never came about."""
        self.keep({}, since)

    def adopt(self, credentials: Iterable[Credential], opened: Mapping[str, str]) -> None:
        """Begin again from what is in force: all that is left when the database was lost."""
        with transaction(self._database):
            for number, md5, sha256 in credentials:
                row = ("ha1", md5.encode(), sha256.encode())
                self._insert(("extension", number, "password"), 0, row)
            for trunk, password in opened.items():
                identity = ("trunk", trunk, "password")
                self._insert(identity, 0, self._kept_form(identity, password))

    def keep_again(self, version: int, since: int) -> None:
        """What was in force at `version` is in force again: an apply is undone with its secrets."""
        before = self._rows(version)
        with transaction(self._database):
            self._database.execute("DELETE FROM secrets WHERE since >= ?", (since,))
            for identity, row in before.items():
                self._insert(identity, since, row)

    def _insert(self, identity: SecretId, since: int, row: Row) -> None:
        values = (*identity, since, *row)
        self._database.execute("INSERT INTO secrets VALUES (?, ?, ?, ?, ?, ?, ?)", values)
        self._database.execute(_FORGET, (*identity, *identity, FORMER))

    def _kept_form(self, identity: SecretId, value: str) -> Row:
        section, entry, _ = identity
        if section == "extension":
            _, md5, sha256 = digest(entry, value)
            return "ha1", md5.encode(), sha256.encode()
        return ("sealed", *self._seal.close(value))

    def names(self, version: int) -> frozenset[SecretId]:
        return frozenset(self._rows(version))

    def credentials(self, version: int) -> dict[str, Credential]:
        """By extension."""
        return {
            entry: (entry, one.decode(), two.decode())
            for (section, entry, _), (form, one, two) in self._rows(version).items()
            if section == "extension" and form == "ha1"
        }

    def opened(self, section: str, version: int) -> dict[str, str]:
        """Those that the box must say, by entry."""
        return {
            entry: self._seal.open(one, two)
            for (kind, entry, _), (form, one, two) in self._rows(version).items()
            if kind == section and form == "sealed"
        }

    def _rows(self, version: int) -> dict[SecretId, Row]:
        found: dict[SecretId, Row] = {}
        query = (
            "SELECT section, entry, key, form, one, two FROM secrets WHERE since <= ? "
            "ORDER BY since"
        )
        for section, entry, key, form, one, two in self._database.execute(query, (version,)):
            found[str(section), str(entry), str(key)] = (str(form), bytes(one), bytes(two))
        return found

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
