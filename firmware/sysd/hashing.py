"""Passwords are hashed beside the loop: 40 ms and 16 MB each, one at a time.

Why a thread: scrypt is slow on purpose and lets go of Python while it works, and sysd must answer
others meanwhile.  The queue is short: whoever floods us with passwords is refused, not served.
"""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable
from typing import Any

from firmware.wire.frames import Refused
from firmware.wire.loop import Loop
from firmware.wire.server import Later

WAITING = 8

Job = tuple[Callable[[], Any], Callable[[Any], object], Later]


class Hashing:
    def __init__(self, loop: Loop) -> None:
        self._jobs: queue.Queue[Job] = queue.Queue(WAITING)
        self._done: queue.SimpleQueue[tuple[Any, Job]] = queue.SimpleQueue()
        self._bell = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        loop.watch(self._bell, lambda _: self._collect())
        threading.Thread(target=self._work, name="hashing", daemon=True).start()

    def run(self, slow: Callable[[], Any], then: Callable[[Any], object]) -> Later:
        """`slow()` beside the loop, then `then(result)` on it; that answers, or raises Refused."""
        later = Later()
        try:
            self._jobs.put_nowait((slow, then, later))
        except queue.Full:
            raise Refused("busy", "too many passwords at once; try again in a moment") from None
        return later

    def _work(self) -> None:
        while True:
            job = self._jobs.get()
            self._done.put((job[0](), job))
            os.eventfd_write(self._bell, 1)

    def _collect(self) -> None:
        os.eventfd_read(self._bell)
        while not self._done.empty():
            result, (_, then, later) = self._done.get()
            try:
                later.settle(then(result))
            except Refused as refused:
                later.settle(refused)
