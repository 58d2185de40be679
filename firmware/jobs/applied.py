"""What the configuration in force says to jobs.

It comes from the applied file, so jobs needs no sysd to start; sysd's news only say when to look
again.  A file that cannot be read changes nothing: what held before holds on.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from firmware.core.keeping import Keeping
from firmware.store import applied
from firmware.store.database import StoreError
from firmware.wire.client import Remote
from firmware.wire.loop import Loop

log = logging.getLogger("applied")


class Applied:
    """`keep` is told the bounds of the past: now, and when they become others."""

    def __init__(self, loop: Loop, state: Path, keep: Callable[[Keeping], None]) -> None:
        self._folder, self._keep = state / "applied", keep
        self._keeping = Keeping()
        self._look()
        keep(self._keeping)
        self._sysd = Remote(loop, state / "run/sysd.sock", on_news=lambda _: self._news())

    def _news(self) -> None:
        before = self._keeping
        self._look()
        if self._keeping != before:
            log.info("call records are kept by %s", self._keeping)
            self._keep(self._keeping)

    def _look(self) -> None:
        try:
            self._keeping = applied.read_current(self._folder).site.records
        except StoreError as error:
            log.info("%s", error)
