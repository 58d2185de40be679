"""Hands finished calls to jobs: one append per record into memory-backed files, never a wait.

A record is safe from a crash of either process as soon as `write` returns; it survives a power
cut once jobs has stored it, and only then does jobs announce it.  Should the folder be full, the
records wait in memory (bounded, oldest dropped last) and go out with the next one or with `flush`.
"""

from __future__ import annotations

import logging
import os
from collections import deque
from collections.abc import Callable
from pathlib import Path

from firmware.core.record import CallRecord
from firmware.store.spool import line_of, open_segment

SEGMENT_BYTES = 1024 * 1024
WAITING_LIMIT = 10_000

log = logging.getLogger("spool")


class Spool:
    """`on_write` is called after records became readable: time to poke jobs."""

    def __init__(self, folder: Path, on_write: Callable[[], None]) -> None:
        self._folder, self._on_write = folder, on_write
        self._waiting: deque[bytes] = deque()
        self._descriptor = open_segment(folder)
        self._size = 0

    def write(self, record: CallRecord) -> None:
        if len(self._waiting) >= WAITING_LIMIT:
            log.error("call=%s the spool is full: record lost", record.call)
            return
        self._waiting.append(line_of(record))
        self.flush()

    def flush(self) -> None:
        """Write what waits; call it when jobs has made room."""
        try:
            while self._waiting:
                self._append(self._waiting[0])
                self._waiting.popleft()
        except OSError as error:
            log.error("%d records wait in memory: %s", len(self._waiting), error)
        self._on_write()

    def close(self) -> None:
        os.close(self._descriptor)

    def _append(self, line: bytes) -> None:
        if self._size + len(line) > SEGMENT_BYTES:
            self._rotate()
        written = os.write(self._descriptor, line)
        if written < len(line):  # full: take the half line back, nobody reads past its end
            os.ftruncate(self._descriptor, self._size)
            raise OSError(f"only {written} of {len(line)} bytes fit")
        self._size += written

    def _rotate(self) -> None:
        fresh = open_segment(self._folder)
        os.close(self._descriptor)
        self._descriptor, self._size = fresh, 0
