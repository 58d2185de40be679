"""Seals bytes with a passphrase, for what of a backup must not be read by whoever finds it.

scrypt makes the key (64 MB, a third of a second: guessing is dear), HMAC-SHA256 in counter mode the
stream, and a mark over the whole comes first (encrypt, then authenticate).  All of it is in
Python's standard library: AES would bring 15 MB of `cryptography` onto the flash, or keys onto the
command line of `openssl`, for a few kilobytes of secrets.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

SALT = 16
BLOCK = 32
COST = {"n": 2**16, "r": 8, "p": 1, "maxmem": 128 * 1024 * 1024}


class WrongPassphrase(Exception):
    """Or bytes that somebody has changed: nobody can tell which."""


def seal(data: bytes, passphrase: str) -> bytes:
    salt = secrets.token_bytes(SALT)
    cipher, marks = _keys(passphrase, salt)
    body = salt + _stream(cipher, data)
    return hmac.digest(marks, body, "sha256") + body


def unseal(sealed: bytes, passphrase: str) -> bytes:
    mark, body = sealed[:BLOCK], sealed[BLOCK:]
    cipher, marks = _keys(passphrase, body[:SALT])
    if not hmac.compare_digest(hmac.digest(marks, body, "sha256"), mark):
        raise WrongPassphrase
    return _stream(cipher, body[SALT:])


def _keys(passphrase: str, salt: bytes) -> tuple[bytes, bytes]:
    """A fresh salt makes fresh keys, so the counter may begin at zero each time."""
    key = hashlib.scrypt(passphrase.encode(), salt=salt, dklen=64, **COST)
    return key[:BLOCK], key[BLOCK:]


def _stream(cipher: bytes, data: bytes) -> bytes:
    pad = b"".join(
        hmac.digest(cipher, number.to_bytes(8, "big"), "sha256")
        for number in range((len(data) + BLOCK - 1) // BLOCK)
    )
    whole = int.from_bytes(data, "big") ^ int.from_bytes(pad[: len(data)], "big")
    return whole.to_bytes(len(data), "big")
