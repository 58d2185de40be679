"""Seals what the box must be able to say again: the passwords of carriers and devices.

HMAC-SHA256 in counter mode, and a mark over the whole (encrypt, then authenticate).  The key lies
in a file of its own, so a copy of the database alone gives nothing away; whoever can read both as
root can read the passwords, as the box itself must.
"""

from __future__ import annotations

import hmac
import os
import secrets
from pathlib import Path

from firmware.store.database import StoreError, sync_folder

NONCE_BYTES = 16
BLOCK = 32


class Seal:
    def __init__(self, path: Path) -> None:
        key = _read(path) or _make(path)
        self._cipher, self._marks = (
            hmac.digest(key, b"cipher", "sha256"),
            hmac.digest(key, b"marks", "sha256"),
        )

    def close(self, text: str) -> tuple[bytes, bytes]:
        """What to keep, and its mark."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        body = nonce + self._stream(nonce, text.encode())
        return body, hmac.digest(self._marks, body, "sha256")

    def open(self, body: bytes, mark: bytes) -> str:
        """Raises `StoreError` where it was not sealed with this key."""
        if not hmac.compare_digest(hmac.digest(self._marks, body, "sha256"), mark):
            raise StoreError("a stored password was sealed with another key; set it again")
        return self._stream(body[:NONCE_BYTES], body[NONCE_BYTES:]).decode()

    def _stream(self, nonce: bytes, data: bytes) -> bytes:
        blocks = range((len(data) + BLOCK - 1) // BLOCK)
        pad = b"".join(
            hmac.digest(self._cipher, nonce + number.to_bytes(8, "big"), "sha256")
            for number in blocks
        )
        return bytes(one ^ other for one, other in zip(data, pad, strict=False))


def _read(path: Path) -> bytes:
    try:
        key = path.read_bytes()
    except FileNotFoundError:
        return b""
    return key if len(key) == BLOCK else b""


def _make(path: Path) -> bytes:
    key = secrets.token_bytes(BLOCK)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".draft")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        os.write(descriptor, key)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    draft.rename(path)
    sync_folder(path.parent)
    return key
