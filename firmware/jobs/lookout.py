"""Looks into a lane of the spool when told to, again and again until nothing is left in it.

A look stores a bounded batch, so questions are answered in between.  Everybody who poked meanwhile
is answered together, when all that lay there is on the disk; when the disk does not take it they
are told why, at once, and the lane keeps it for the next look.
"""

from __future__ import annotations

from collections.abc import Callable

from firmware.store.database import NOT_SAVED
from firmware.wire.frames import Refused
from firmware.wire.loop import Loop
from firmware.wire.server import Later

LOOK_SECONDS = 5.0  # also without a poke, should one have been lost with its connection


class Lookout:
    """`look` stores a batch and says whether there is more; `answer` is for those who poked;
    `trouble` is told why it could not be stored."""

    def __init__(
        self,
        loop: Loop,
        look: Callable[[], bool],
        answer: Callable[[], object],
        trouble: Callable[[Exception], Refused],
    ) -> None:
        self._loop, self._look, self._answer = loop, look, answer
        self._trouble = trouble
        self._waiting: list[Later] = []
        self._planned = False

    def start(self) -> None:
        self._plan()
        self._loop.after(LOOK_SECONDS, self.start)

    def poke(self) -> Later:
        later = Later()
        self._waiting.append(later)
        self._plan()
        return later

    def _plan(self) -> None:
        if not self._planned:
            self._planned = True
            self._loop.after(0, self._work)

    def _work(self) -> None:
        self._planned = False
        try:
            if self._look():
                self._plan()
                return
            answer = self._answer()
        except NOT_SAVED as error:
            answer = self._trouble(error)
        except Refused as refused:
            answer = refused
        waiting, self._waiting = self._waiting, []
        for later in waiting:
            later.settle(answer)
