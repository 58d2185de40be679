"""The form of the spool: how lines cross from the call process to jobs without a loss.

A segment is a file of JSON lines, only ever appended to.  Its writer holds a lock on it for as
long as it lives; the kernel lets go of it when the writer dies, however it dies.  So "nobody
holds it" means "nothing will be added": only then may a reader throw it away, and only then is a
last line without its end a torn one.  A segment gets its name after it is locked, and no name is
ever used twice.

What a line says is the reader's and the writer's business: calls and settings travel in folders
of their own, so that neither has to wait for the other.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

L = TypeVar("L")

SUFFIX = ".spool"
READ_BYTES = 256 * 1024


class Chunk(msgspec.Struct, Generic[L], frozen=True):
    """What was read from one segment: whole lines only, and where the next one begins."""

    lines: tuple[L, ...]
    garbled: int  # lines that say nothing
    next: int
    more: bool  # there is more to read at once


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


def read(segment: Path, offset: int, decode: Callable[[bytes], L]) -> Chunk[L]:
    with segment.open("rb") as file:
        file.seek(offset)
        data = file.read(READ_BYTES)
        while b"\n" not in data and (rest := file.read(READ_BYTES)):
            data += rest  # a line longer than a read
        at_end = not file.read(1)
    *whole, torn = data.split(b"\n")
    lines = [line for text in whole if (line := _decoded(text, decode)) is not None]
    consumed = len(data) - len(torn)
    more = consumed > 0 and not at_end
    return Chunk(tuple(lines), len(whole) - len(lines), offset + consumed, more)


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


def _decoded(text: bytes, decode: Callable[[bytes], L]) -> L | None:
    try:
        return decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _number(segment: Path) -> int:
    digits = segment.name.partition("-")[0]
    return int(digits) if digits.isdigit() else 0
