"""The site that is in force, in a file that the call process can start from alone.

Each version is one immutable file, `site-<version>.msgpack`; the link `current` names the one in
force.  A file begins with a digest of the rest: a torn or garbled one is noticed, and the newest
good one before it is taken instead.  Writing is in two steps, so that a full disk is noticed
before anything is decided: `prepare` puts the file down, `switch` puts it in force.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import msgspec

from firmware.core.site import Site
from firmware.store.database import StoreError, sync_folder

KEPT = 5
DIGEST_BYTES = 32

Credential = tuple[str, str, str]  # extension, HA1 by MD5, HA1 by SHA-256


class Tls(msgspec.Struct, frozen=True):
    """Files in PEM; without a certificate there is no SIP over TLS."""

    certificate: str = ""
    key: str = ""
    authorities: str = ""  # who may vouch for a carrier; empty: those of the system


NO_TLS = Tls()


class Applied(msgspec.Struct, frozen=True):
    site: Site
    credentials: tuple[Credential, ...] = ()
    trunk_secrets: dict[str, str] = {}  # by name of trunk: a carrier wants to be shown the real one
    tls: Tls = NO_TLS


_decode = msgspec.msgpack.Decoder(Applied).decode


def write(folder: Path, current: Applied) -> None:
    prepare(folder, current)
    switch(folder, current.site.version)


def prepare(folder: Path, current: Applied, text: str = "") -> None:
    """Raises `OSError` when the disk is full; nothing in force has changed then.

    `text` says the same for people: what is left of the configuration should `config.db` be lost.
    """
    folder.mkdir(parents=True, exist_ok=True)
    body = msgspec.msgpack.encode(current)
    path = _path(folder, current.site.version)
    if text:
        _put(folder, path.with_suffix(".toml"), text.encode())
    _put(folder, path, hashlib.sha256(body).digest() + body)
    sync_folder(folder)


def _put(folder: Path, path: Path, data: bytes) -> None:
    draft = folder / "draft"
    draft.unlink(missing_ok=True)
    with open(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o640), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)


def switch(folder: Path, version: int) -> None:
    """From now on, and after any power cut, `version` is in force."""
    link = folder / "current.new"
    link.unlink(missing_ok=True)
    link.symlink_to(_path(folder, version).name)
    link.rename(folder / "current")
    sync_folder(folder)
    for old in _versions(folder):
        if old <= version - KEPT:
            _path(folder, old).unlink(missing_ok=True)
            _path(folder, old).with_suffix(".toml").unlink(missing_ok=True)


def read_current(folder: Path) -> Applied:
    """What is in force, or the newest good version before it."""
    newest = _version_of(folder / "current")
    for version in sorted(_versions(folder), reverse=True):
        if newest is None or version <= newest:
            applied = _read(_path(folder, version))
            if applied is not None:
                return applied
    raise StoreError(f"no applied configuration in {folder}: sysd writes one when it starts")


def newest_text(folder: Path) -> tuple[int, str] | None:
    """The text of what is in force, and its version."""
    newest = _version_of(folder / "current")
    for version in sorted(_versions(folder), reverse=True):
        if newest is None or version <= newest:
            try:
                text = _path(folder, version).with_suffix(".toml").read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError):
                continue
            return version, text
    return None


def _read(path: Path) -> Applied | None:
    try:
        data = path.read_bytes()
    except OSError:
        return None
    digest, body = data[:DIGEST_BYTES], data[DIGEST_BYTES:]
    if hashlib.sha256(body).digest() != digest:
        return None
    try:
        return _decode(body)
    except msgspec.DecodeError:  # written by other firmware
        return None


def _path(folder: Path, version: int) -> Path:
    return folder / f"site-{version}.msgpack"


def _versions(folder: Path) -> list[int]:
    return [
        version
        for path in folder.glob("site-*.msgpack")
        if (version := _version_in(path.name)) is not None
    ]


def _version_of(link: Path) -> int | None:
    try:
        return _version_in(os.readlink(link))
    except OSError:
        return None


def _version_in(name: str) -> int | None:
    number = name.removeprefix("site-").removesuffix(".msgpack")
    return int(number) if number.isascii() and number.isdigit() else None
