"""Hands finished calls to jobs: one append per record into memory-backed files, never a wait.

A record is safe from a crash of either process as soon as `write` returns; it survives a power
cut once jobs has stored it, and only then does jobs announce it.  Should the folder be full, the
records wait in memory (bounded, oldest dropped last) and go out with the next one or with `flush`.
"""

from __future__ import annotations

import errno
import logging
import os
from collections import deque
from collections.abc import Callable
from pathlib import Path

import msgspec

from firmware.core.record import CallRecord
from firmware.store.spool import open_segment

SEGMENT_BYTES = 1024 * 1024
WAITING_LIMIT = 10_000

log = logging.getLogger("spool")
_encode = msgspec.json.Encoder().encode


class Lane:
    """Appends lines to a folder; a segment that is long enough is followed by a new one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._descriptor = -1  # opened with the first line: a full folder must not stop the box
        self._size = 0

    def append(self, line: object) -> None:
        """The whole line is readable when this returns; `OSError`: none of it is."""
        self.append_bytes(_encode(line) + b"\n")

    def append_bytes(self, data: bytes) -> None:
        if self._descriptor < 0 or self._size + len(data) > SEGMENT_BYTES:
            self._rotate()
        written = os.write(self._descriptor, data)
        if written < len(data):  # full: take the half line back, nobody reads past its end
            os.ftruncate(self._descriptor, self._size)
            raise OSError(errno.ENOSPC, f"only {written} of {len(data)} bytes fit")
        self._size += written

    def close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._descriptor = -1

    def _rotate(self) -> None:
        fresh = open_segment(self._folder)
        self.close()
        self._descriptor, self._size = fresh, 0


class Spool:
    """`on_write` is called after records became readable: time to poke jobs."""

    def __init__(self, folder: Path, on_write: Callable[[], None]) -> None:
        self._lane, self._on_write = Lane(folder), on_write
        self._waiting: deque[bytes] = deque()

    def write(self, record: CallRecord) -> None:
        if len(self._waiting) >= WAITING_LIMIT:
            log.error("call=%s the spool is full: record lost", record.call)
            return
        self._waiting.append(_encode(record) + b"\n")
        self.flush()

    def flush(self) -> None:
        """Write what waits; call it when jobs has made room."""
        try:
            while self._waiting:
                self._lane.append_bytes(self._waiting[0])
                self._waiting.popleft()
        except OSError as error:
            log.error("%d records wait in memory: %s", len(self._waiting), error)
        self._on_write()

    def close(self) -> None:
        self._lane.close()
