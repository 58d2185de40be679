"""What both members on a simulated box have: the way to the process `sim`, and events to be read.

The simulator may die and come back like any process.  Orders are sent without waiting; one that the
simulator refuses nevertheless (it crossed a change on the way) is logged.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from firmware.wire.client import Remote
from firmware.wire.frames import Ask, News, Refused
from firmware.wire.loop import Loop
from hal.sim.front import SOCKET
from hal.sim.news import SimNews

log = logging.getLogger(__name__)
E = TypeVar("E")


class Member(Generic[E]):
    def __init__(self, loop: Loop, run: Path) -> None:
        self._events: list[E] = []
        self._fd = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._decoder = msgspec.json.Decoder(SimNews)
        self._remote = Remote(loop, run / SOCKET, self._on_frame, self.on_up, self.on_down)

    def fileno(self) -> int:
        return self._fd

    def events(self) -> list[E]:
        events, self._events = self._events, []
        if events:
            os.eventfd_read(self._fd)
        return events

    def close(self) -> None:
        if self._fd >= 0:
            self._remote.close()
            os.close(self._fd)
            self._fd = -1

    def report(self, event: E) -> None:
        self._events.append(event)
        os.eventfd_write(self._fd, 1)

    def order(self, order: Ask[None]) -> None:
        self._remote.ask(order, lambda answer: _log_refusal(order, answer))

    def _on_frame(self, news: News) -> None:
        if not news.snapshot:
            self.on_news(self._decoder.decode(news.body))

    # -- what a member makes of it -----------------------------------------------------------------
    def on_up(self) -> None: ...

    def on_down(self) -> None: ...

    def on_news(self, news: SimNews) -> None: ...


def _log_refusal(order: Ask[None], answer: Refused | None) -> None:
    if isinstance(answer, Refused):
        log.warning("%s refused: %s", order, answer.text)
