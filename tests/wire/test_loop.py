"""Timers in order, callbacks one at a time, signals that stop it."""

from __future__ import annotations

import os
import signal
import socket
import time

from firmware.wire.loop import READ, WRITE, Loop
from tests.wire.driving import drive


def test_timers_fire_in_order_and_never_early() -> None:
    loop, fired = Loop(), list[tuple[str, float]]()
    begin = time.monotonic()
    for name, delay in (("late", 0.03), ("early", 0.0), ("middle", 0.01)):

        def fire(name: str = name) -> None:
            fired.append((name, time.monotonic() - begin))

        loop.after(delay, fire)
    drive(loop, lambda: len(fired) == 3)
    assert [name for name, _ in fired] == ["early", "middle", "late"]
    assert fired[1][1] >= 0.01
    assert fired[2][1] >= 0.03


def test_a_canceled_timer_stays_silent() -> None:
    loop, fired = Loop(), list[str]()
    timer = loop.after(0, lambda: fired.append("canceled"))
    loop.cancel(timer)
    loop.after(0.01, lambda: fired.append("other"))
    drive(loop, lambda: fired)
    assert fired == ["other"]


def test_a_timer_may_start_the_next() -> None:
    loop, fired = Loop(), list[int]()

    def again() -> None:
        fired.append(1)
        if len(fired) < 5:
            loop.after(0, again)

    loop.after(0, again)
    drive(loop, lambda: len(fired) == 5)


def test_what_was_unwatched_in_the_same_round_is_not_called() -> None:
    loop, called = Loop(), list[int]()
    pairs = [socket.socketpair() for _ in range(2)]

    def ready(number: int) -> None:
        called.append(number)
        for ours, _ in pairs:
            loop.unwatch(ours.fileno())

    for number, (ours, theirs) in enumerate(pairs):
        loop.watch(ours.fileno(), lambda _, number=number: ready(number))  # type: ignore[misc]
        theirs.send(b"x")
    loop.run_once()
    assert len(called) == 1


def test_watching_again_replaces() -> None:
    loop, seen = Loop(), list[int]()
    ours, _theirs = socket.socketpair()
    loop.watch(ours.fileno(), lambda _: seen.append(-1), READ)
    loop.watch(ours.fileno(), seen.append, READ | WRITE)
    loop.run_once()
    assert seen == [WRITE]


def test_sigterm_stops_it() -> None:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    loop = Loop()
    loop.stop_on_signals()
    try:
        loop.after(0, lambda: os.kill(os.getpid(), signal.SIGTERM))
        loop.after(10, lambda: (_ for _ in ()).throw(AssertionError("not stopped")))
        loop.run()
    finally:
        signal.set_wakeup_fd(-1)
        for number, handler in before.items():
            signal.signal(number, handler)
