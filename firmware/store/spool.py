"""The form of the spool: how call records cross from the call process to jobs without a loss.

A segment is a file of JSON lines, one record each, only ever appended to.  Its writer holds a lock
on it for as long as it lives; the kernel lets go of it when the writer dies, however it dies.  So
"nobody holds it" means "nothing will be added": only then may a reader throw it away, and only
then is a last line without its end a torn one.  A segment gets its name after it is locked, and
no name is ever used twice.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from pathlib import Path

import msgspec

from firmware.core.record import CallRecord

SUFFIX = ".spool"
READ_BYTES = 256 * 1024

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(CallRecord).decode


class Chunk(msgspec.Struct, frozen=True):
    """What was read from one segment: whole records only, and where the next one begins."""

    records: tuple[CallRecord, ...]
    garbled: int  # lines that are no record
    next: int
    more: bool  # there is more to read at once


def line_of(record: CallRecord) -> bytes:
    return _encode(record) + b"\n"


def open_segment(folder: Path) -> int:
    """A new segment, locked, as a file descriptor to append to."""
    folder.mkdir(parents=True, exist_ok=True)
    number = max((_number(path) for path in segments(folder)), default=0) + 1
    name = f"{number:08d}-{secrets.token_hex(4)}"
    draft = folder / f"{name}.draft"
    descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND, 0o640)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    draft.rename(folder / f"{name}{SUFFIX}")
    return descriptor


def segments(folder: Path) -> list[Path]:
    """Oldest first."""
    return sorted(folder.glob(f"*{SUFFIX}"))


def read(segment: Path, offset: int) -> Chunk:
    with segment.open("rb") as file:
        file.seek(offset)
        data = file.read(READ_BYTES)
        while b"\n" not in data and (rest := file.read(READ_BYTES)):
            data += rest  # a record longer than a read
        at_end = not file.read(1)
    *lines, torn = data.split(b"\n")
    records = [record for line in lines if (record := _record(line)) is not None]
    consumed = len(data) - len(torn)
    more = consumed > 0 and not at_end
    return Chunk(tuple(records), len(lines) - len(records), offset + consumed, more)


def discard_if_finished(segment: Path, offset: int) -> bool:
    """Throw a segment away if its writer is gone and nothing whole follows `offset`."""
    with segment.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        file.seek(offset)
        if b"\n" in file.read():
            return False  # written after we looked, before the writer went
        segment.unlink()
        return True


def _record(line: bytes) -> CallRecord | None:
    try:
        return _decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _number(segment: Path) -> int:
    digits = segment.name.partition("-")[0]
    return int(digits) if digits.isdigit() else 0
