"""The file of a backup: a `.tar.gz` of a manifest and of rows, one file per section.

Rows are MessagePack behind their length, of types that this firmware knows; no SQL, table or
trigger ever comes out of an archive.  Reading trusts nothing: only plain files of the names in the
manifest, in its order, of exactly the size and SHA-256 it says, none larger than its section may
be.  The tar is read by hand for that: `tarfile` follows extensions that name links, owners and
headers of any length.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import tarfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from firmware.store.database import sync_folder

T = TypeVar("T")

FORMAT = 1
PRODUCT = "hookswitch"
MANIFEST = "manifest.json"
MANIFEST_LIMIT = 64 * 1024
ROW_LIMIT = 8 * 1024 * 1024
TAR_BLOCK = 512
TAIL_LIMIT = 64 * 1024  # zeros after the last file
COPY_BYTES = 256 * 1024
_UNREADABLE: Final = (OSError, EOFError, zlib.error, ValueError)


class BackupError(Exception):
    """This archive is refused; `code` is a word for programs, the text is for people."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


class Part(msgspec.Struct, frozen=True):
    """One section: `version` is of the form of its rows."""

    name: str
    version: int
    rows: int
    size: int
    sha256: str
    sealed: bool = False


class Manifest(msgspec.Struct, frozen=True):
    product: str
    format: int
    firmware: str
    made: int  # UTC ms
    parts: tuple[Part, ...]


# -- rows ------------------------------------------------------------------------------------------
def write_rows(path: Path, rows: Iterable[object]) -> int:
    """How many there were."""
    encode, count = msgspec.msgpack.Encoder().encode, 0
    with path.open("wb") as file:
        for row in rows:
            data = encode(row)
            file.write(len(data).to_bytes(4, "big") + data)
            count += 1
    return count


def read_rows(path: Path, kind: type[T]) -> Iterator[T]:
    """Raises `BackupError` at the first row that is none."""
    decode = msgspec.msgpack.Decoder(kind).decode
    with path.open("rb") as file:
        while head := file.read(4):
            length = int.from_bytes(head, "big")
            data = file.read(length) if length <= ROW_LIMIT else b""
            if len(head) < 4 or len(data) < length or not length:
                raise BackupError("damaged", f"{path.name} breaks off")
            try:
                yield decode(data)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
                raise BackupError("damaged", f"{path.name}: {error}") from None


# -- writing ---------------------------------------------------------------------------------------
def part_of(path: Path, name: str, version: int, rows: int, sealed: bool) -> Part:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while data := file.read(COPY_BYTES):
            digest.update(data)
    return Part(name, version, rows, path.stat().st_size, digest.hexdigest(), sealed)


def pack(target: Path, folder: Path, manifest: Manifest) -> None:
    """Put the sections that lie in `folder` into one file, which is there whole or not at all."""
    draft = target.with_name(f".{target.name}.draft")
    descriptor = os.open(draft, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        with (
            gzip.GzipFile(fileobj=file, mode="wb", compresslevel=6, mtime=0) as press,
            tarfile.open(fileobj=press, mode="w|", format=tarfile.USTAR_FORMAT) as tar,
        ):
            _put(tar, MANIFEST, io.BytesIO(msgspec.json.encode(manifest)), manifest.made)
            for part in manifest.parts:
                with (folder / part.name).open("rb") as rows:
                    _put(tar, f"{part.name}.rows", rows, manifest.made)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(target)
    sync_folder(target.parent)


def _put(tar: tarfile.TarFile, name: str, content: Any, made: int) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = content.seek(0, os.SEEK_END)
    entry.mtime, entry.mode = made // 1000, 0o600
    content.seek(0)
    tar.addfile(entry, content)


# -- reading ---------------------------------------------------------------------------------------
def manifest_of(archive: Path) -> Manifest:
    """What it says of itself; nothing of that is proved yet."""
    try:
        with gzip.open(archive, "rb") as stream:
            return _manifest(stream)
    except _UNREADABLE as error:
        raise BackupError("not-a-backup", str(error)) from None


def unpack(archive: Path, folder: Path, limits: dict[str, int]) -> Manifest:
    """Every section into a file of its name in `folder`, checked; `limits` are the bytes that each
    may have, and the only names there may be."""
    try:
        with gzip.open(archive, "rb") as stream:
            manifest = _manifest(stream)
            _believable(manifest, limits, folder)
            for part in manifest.parts:
                _extract(stream, part, folder / part.name)
            if _header(stream) is not None or stream.read(TAIL_LIMIT).strip(b"\0"):
                raise BackupError("foreign", "there is more in it than it says")
            if stream.read(1):
                raise BackupError("too-large", "it does not end")
            return manifest
    except _UNREADABLE as error:
        raise BackupError("damaged", str(error)) from None


def _manifest(stream: Any) -> Manifest:
    name, size = _header(stream) or ("", 0)
    if name != MANIFEST or not 0 < size <= MANIFEST_LIMIT:
        raise BackupError("not-a-backup", "it does not begin with a manifest")
    data = _exactly(stream, size)
    _exactly(stream, -size % TAR_BLOCK)
    try:
        manifest = msgspec.json.decode(data, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BackupError("not-a-backup", str(error)) from None
    if manifest.product != PRODUCT:
        raise BackupError("not-a-backup", f"it is of {manifest.product[:40]}")
    if manifest.format != FORMAT:
        raise BackupError("newer", f"its format is {manifest.format}, known is {FORMAT}")
    return manifest


def _believable(manifest: Manifest, limits: dict[str, int], folder: Path) -> None:
    names = [part.name for part in manifest.parts]
    if len(set(names)) != len(names) or not set(names) <= limits.keys():
        raise BackupError("foreign", f"it holds {', '.join(names)[:200]}")
    for part in manifest.parts:
        if not 0 <= part.size <= limits[part.name] or part.rows < 0:
            raise BackupError("too-large", f"{part.name}: {part.size} bytes, {part.rows} rows")
    room = os.statvfs(folder)
    if sum(part.size for part in manifest.parts) > room.f_bavail * room.f_frsize // 2:
        raise BackupError("no-room", "the disk is too full to unpack it")


def _extract(stream: Any, part: Part, target: Path) -> None:
    name, size = _header(stream) or ("", -1)
    if (name, size) != (f"{part.name}.rows", part.size):
        raise BackupError("foreign", f"{part.name} is not where the manifest has it")
    digest, left = hashlib.sha256(), size
    descriptor = os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        while left:
            data = _exactly(stream, min(left, COPY_BYTES))
            digest.update(data)
            file.write(data)
            left -= len(data)
    _exactly(stream, -size % TAR_BLOCK)
    if digest.hexdigest() != part.sha256:
        raise BackupError("damaged", f"the checksum of {part.name} is wrong")


def _header(stream: Any) -> tuple[str, int] | None:
    """Name and size of the next plain file; None at the end."""
    head = stream.read(TAR_BLOCK)
    if not head or not head.strip(b"\0"):
        return None
    if len(head) < TAR_BLOCK or head[257:262] != b"ustar" or head[156:157] not in (b"0", b"\0"):
        raise BackupError("foreign", "there is something else than a plain file in it")
    told = int(head[148:156].strip(b"\0 "), 8)
    if told != sum(head) - sum(head[148:156]) + 8 * 0x20 or head[345:500].strip(b"\0"):
        raise BackupError("damaged", "a header is garbled")
    size = int(head[124:136].strip(b"\0 "), 8)
    return head[:100].rstrip(b"\0").decode("ascii", "replace"), size


def _exactly(stream: Any, count: int) -> bytes:
    data: bytes = stream.read(count) if count else b""
    if len(data) != count:
        raise BackupError("damaged", "it breaks off")
    return data
