"""The selectors loop of callproc, sysd, jobs and sim: one thread, no coroutines.

Promises: callbacks run one after another, a timer never fires early, `stop()` is honored after
the running callback, SIGTERM and SIGINT stop the loop.  It does not catch exceptions: a callback
that raises ends the process, and its supervisor starts a fresh one.
"""

from __future__ import annotations

import heapq
import itertools
import selectors
import signal
import socket
import time
from collections.abc import Callable

READ = selectors.EVENT_READ
WRITE = selectors.EVENT_WRITE


class Timer:
    """A handle for `Loop.cancel`; the callback runs at most once."""

    __slots__ = ("at", "callback")

    def __init__(self, at: float, callback: Callable[[], None]) -> None:
        self.at = at
        self.callback: Callable[[], None] | None = callback


class Loop:
    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._timers: list[tuple[float, int, Timer]] = []
        self._count = itertools.count()
        self._running = True
        self.after_each: Callable[[], None] = lambda: None  # runs once after every round of I/O
        self.longest_sleep: Callable[[], float] = lambda: 3600.0  # seconds

    def watch(self, fd: int, callback: Callable[[int], None], events: int = READ) -> None:
        """Call `callback(events)` when `fd` is ready; a second call replaces the first."""
        try:
            self._selector.modify(fd, events, callback)
        except KeyError:
            self._selector.register(fd, events, callback)

    def unwatch(self, fd: int) -> None:
        try:
            self._selector.unregister(fd)
        except KeyError:
            pass

    def after(self, seconds: float, callback: Callable[[], None]) -> Timer:
        timer = Timer(time.monotonic() + seconds, callback)
        heapq.heappush(self._timers, (timer.at, next(self._count), timer))
        return timer

    def cancel(self, timer: Timer) -> None:
        timer.callback = None

    def stop(self) -> None:
        self._running = False

    def stop_on_signals(self) -> None:
        """SIGTERM and SIGINT wake the selector through a socket, so none is lost or late."""
        receive, send = socket.socketpair()
        receive.setblocking(False)
        send.setblocking(False)
        signal.set_wakeup_fd(send.fileno(), warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stop())
        self._wakeup = (receive, send)
        self.watch(receive.fileno(), lambda _: self._drain_wakeup())

    def _drain_wakeup(self) -> None:
        self._wakeup[0].recv(64)

    def run(self) -> None:
        while self._running:
            self.run_once()

    def run_once(self) -> None:
        ready = self._selector.select(self._sleep())
        for key, events in ready:
            # a callback earlier in this round may have unwatched this one
            if self._selector.get_map().get(key.fd) is key:
                key.data(events)
        self._fire_timers()
        self.after_each()

    def _sleep(self) -> float:
        longest = self.longest_sleep()
        if self._timers:
            longest = min(longest, self._timers[0][0] - time.monotonic())
        return max(0.0, longest)

    def _fire_timers(self) -> None:
        now = time.monotonic()
        while self._timers and self._timers[0][0] <= now:
            callback = heapq.heappop(self._timers)[2].callback
            if callback is not None:
                callback()
