"""Moves call records from the spool into `calls.db`, each exactly once.

What was read and how far are one transaction, and a call's id is unique besides: whenever this
process or the call process is killed, the next look at the spool goes on where the disk says.
A look stores a bounded batch, so questions are answered in between; who poked meanwhile is
answered together with the rest.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from firmware.core.record import CallRecord
from firmware.store import spool
from firmware.store.calls import Calls
from firmware.wire.loop import Loop
from firmware.wire.server import Later

log = logging.getLogger("collect")


class Collector:
    def __init__(
        self, loop: Loop, folder: Path, calls: Calls, on_saved: Callable[[CallRecord], None]
    ) -> None:
        self._loop, self._folder, self._calls = loop, folder, calls
        self._on_saved = on_saved
        self._waiting: list[Later] = []
        self._planned = False
        self._new = 0

    def poke(self) -> Later:
        """Settled with the number of new records once the spool has been read to its end."""
        later = Later()
        self._waiting.append(later)
        self._plan()
        return later

    def collect(self) -> bool:
        """Store one batch; True if there is more to do at once."""
        for segment in spool.segments(self._folder):
            chunk = spool.read(segment, self._calls.offset(segment.name))
            if chunk.garbled:
                log.error("%s: %d lines are no call record: skipped", segment.name, chunk.garbled)
            if chunk.records or chunk.garbled:
                self._save(chunk, segment.name)
                return True
            if spool.discard_if_finished(segment, chunk.next):
                log.info("%s is stored and gone", segment.name)
        self._forget_gone()
        return False

    def _save(self, chunk: spool.Chunk, segment: str) -> None:
        new = self._calls.store(chunk.records, segment, chunk.next)
        self._new += len(new)
        for record in new:
            self._on_saved(record)

    def _forget_gone(self) -> None:
        present = {segment.name for segment in spool.segments(self._folder)}
        for segment in self._calls.marks():
            if segment not in present:
                self._calls.forget(segment)

    def _plan(self) -> None:
        if not self._planned:
            self._planned = True
            self._loop.after(0, self._work)

    def _work(self) -> None:
        self._planned = False
        if self.collect():
            self._plan()
            return
        waiting, self._waiting = self._waiting, []
        new, self._new = self._new, 0
        for later in waiting:
            later.settle(new)
