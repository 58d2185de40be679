"""Keeps the past within its bounds: by age, by number and by size, little by little.

A few hundred records go at a time, and between two times the loop is free: whoever asks for a list
meanwhile does not notice.  The file does not get smaller; what is free in it is used again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from firmware.core.keeping import Keeping
from firmware.store.calls import Calls
from firmware.store.database import NOT_SAVED
from firmware.wire.frames import Refused
from firmware.wire.loop import Loop, Timer

EVERY_SECONDS = 600.0
PAUSE_SECONDS = 0.05
BATCH = 200
DAY_MS = 86_400_000
EVER = 1 << 62

log = logging.getLogger("sweeping")


class Sweeper:
    """`calls` gives the database; begins when it is told the bounds."""

    def __init__(
        self,
        loop: Loop,
        calls: Callable[[], Calls],
        trouble: Callable[[Exception], Refused],
    ) -> None:
        self._loop, self._calls, self._keeping = loop, calls, Keeping()
        self._trouble = trouble
        self._gone = 0

        self._next: Timer | None = None

    def keep(self, keeping: Keeping) -> None:
        """In force from now on; the first wait a while, as the clock may be wrong at start."""
        self._keeping = keeping
        self._later(0 if self._next else EVERY_SECONDS)

    def _later(self, seconds: float) -> None:
        if self._next:
            self._loop.cancel(self._next)
        self._next = self._loop.after(seconds, self._round)

    def _round(self) -> None:
        try:
            gone = self.sweep()
        except NOT_SAVED as error:
            self._trouble(error)
            gone = 0
        except Refused:
            gone = 0  # has its notice
        self._gone += gone
        if gone:
            self._later(PAUSE_SECONDS)
            return
        if self._gone:
            log.info("%d old call records are gone", self._gone)
        self._gone = 0
        self._later(EVERY_SECONDS)

    def sweep(self) -> int:
        """Delete one batch; how many were deleted."""
        calls, keeping = self._calls(), self._keeping
        too_many = calls.count() - keeping.calls if keeping.calls else 0
        if too_many > 0:
            return calls.drop_oldest(EVER, min(BATCH, too_many))
        if calls.bytes_used() > keeping.megabytes * 1_000_000:
            return calls.drop_oldest(EVER, BATCH)
        if not keeping.days:
            return 0
        too_old = time.time_ns() // 1_000_000 - keeping.days * DAY_MS
        return calls.drop_oldest(too_old, BATCH)
