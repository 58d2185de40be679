"""Moves call records from the spool into `calls.db`, each exactly once.

What was read and how far are one transaction, and a call's id is unique besides: whenever this
process or the call process is killed, the next look at the spool goes on where the disk says.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import msgspec

from firmware.core.record import CallRecord
from firmware.store import spool
from firmware.store.calls import Calls

log = logging.getLogger("collect")

_decode = msgspec.json.Decoder(CallRecord).decode


class Collector:
    """`calls` gives the database, or raises what the disk says."""

    def __init__(
        self, folder: Path, calls: Callable[[], Calls], on_saved: Callable[[CallRecord], None]
    ) -> None:
        self._folder, self._calls = folder, calls
        self._on_saved = on_saved
        self._new = 0

    def collect(self) -> bool:
        """Store one batch; True if there is more to do at once."""
        calls = self._calls()
        for segment in spool.segments(self._folder):
            chunk = spool.read(segment, calls.marks.offset(segment.name), _decode)
            if chunk.garbled:
                log.error("%s: %d lines are no call record: skipped", segment.name, chunk.garbled)
            if chunk.lines or chunk.garbled:
                self._save(calls, chunk, segment.name)
                return True
            if spool.discard_if_finished(segment, chunk.next):
                log.info("%s is stored and gone", segment.name)
        calls.marks.forget_all_but({segment.name for segment in spool.segments(self._folder)})
        return False

    def _save(self, calls: Calls, chunk: spool.Chunk[CallRecord], segment: str) -> None:
        new = calls.store(chunk.lines, segment, chunk.next)
        self._new += len(new)
        for record in new:
            self._on_saved(record)

    def taken(self) -> int:
        """How many were new since this was last asked."""
        new, self._new = self._new, 0
        return new
