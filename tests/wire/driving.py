"""Turns a loop by hand, or in a thread of its own; every wait has an end."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

from firmware.wire.client import Caller
from firmware.wire.feed import Feed
from firmware.wire.frames import Ask, Refused
from firmware.wire.loop import Loop
from firmware.wire.server import Handlers, Server

PATIENCE = 10.0
R = TypeVar("R")


class StopLoop(Ask[None], frozen=True, tag="stop-loop"):
    answer: ClassVar[Any] = None


class Box(Generic[R]):
    """Collects what a callback is given."""

    def __init__(self) -> None:
        self.all: list[R] = []

    def __call__(self, thing: R) -> None:
        self.all.append(thing)


def drive(loop: Loop, done: Callable[[], object]) -> None:
    """Run the loop until `done` says so."""
    late: list[bool] = []
    alarm = loop.after(PATIENCE, lambda: late.append(True))
    while not done():
        assert not late, "it did not happen in time"
        loop.run_once()
    loop.cancel(alarm)


def answer_of(loop: Loop, ask: Callable[[Callable[[Any], None]], None]) -> Any:
    """What a `Remote` was answered."""
    box: Box[Any | Refused] = Box()
    ask(box)
    drive(loop, lambda: box.all)
    return box.all[0]


@contextmanager
def serving(
    path: Path, build: Callable[[Loop], tuple[Handlers, Feed | None]]
) -> Iterator[Callable[[], Caller]]:
    """A server on a thread; gives a function that connects to it."""
    ready = threading.Event()
    callers: list[Caller] = []

    def run() -> None:
        loop = Loop()
        handlers, feed = build(loop)
        Server(loop, path, {**handlers, StopLoop: lambda _: loop.stop()}, feed)
        ready.set()
        loop.run()

    def connect() -> Caller:
        callers.append(Caller(path, timeout=PATIENCE))
        return callers[-1]

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(PATIENCE)
    try:
        yield connect
    finally:
        connect().ask(StopLoop())
        thread.join(PATIENCE)
        for caller in callers:
            caller.close()
