"""The ports of the simulated card: the pure physics put on the loop, with lamp, news and waiters.

A handset's edges keep the times they were meant to have, even when the loop runs late: a busy
machine must not turn a dialed pulse into a flash.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from functools import partial
from typing import ClassVar

from firmware.wire.loop import Loop, Timer
from hal.api import Cadence, Kind, Lamp, LineEvent
from hal.hookswitch import Hookswitch, HookTiming, pulse_edges
from hal.sim.handset import Handset
from hal.sim.messages import FromCard, LampChanged, PortState, SimNews
from hal.sim.outside import Outside
from hal.sim.voice import Voice

Publish = Callable[[SimNews], None]


class Port(ABC):
    """What both kinds have; `waits` are asked after everything that happens, until they say yes."""

    kind: ClassVar[Kind]

    def __init__(self, line: int, voice: Voice, publish: Publish) -> None:
        self.line, self.voice, self._publish = line, voice, publish
        self.lamp: Lamp = "off"
        self.audio = False
        self.waits: list[Callable[[], bool]] = []

    def light(self, lamp: Lamp) -> None:
        if lamp != self.lamp:
            self.lamp = lamp
            self.happen([LampChanged(self.line, lamp)])

    def happen(self, news: Iterable[SimNews]) -> None:
        for item in news:
            self._publish(item)
        self.settle()

    def settle(self) -> None:
        if self.waits:
            self.waits = [wait for wait in self.waits if not wait()]

    @property
    @abstractmethod
    def talks(self) -> bool:
        """Somebody at this port can speak and hear."""

    @abstractmethod
    def must_talk(self) -> None:
        """Refuse unless somebody `talks`."""

    @abstractmethod
    def frame(self, frame: bytes) -> bytes:
        """One tick of the card's clock: the box's frame in, the port's frame out."""


class HandsetPort(Port):
    kind = "fxs"

    def __init__(self, line: int, loop: Loop, timing: HookTiming, publish: Publish) -> None:
        self.handset = Handset(line)
        super().__init__(line, self.handset.voice, publish)
        self._loop = loop
        self._switch = Hookswitch(line, timing)
        self._planned: list[Timer] = []
        self._deadline: Timer | None = None
        self._last = 0  # ms: times never go back

    @property
    def off_hook(self) -> bool:
        """As reported to the box."""
        return self._switch.off_hook

    def lift(self) -> None:
        self.happen(self.handset.lift())
        self._edge(True, now_ms())

    def hang(self) -> None:
        self.happen(self.handset.hang())
        self._cancel_planned()
        self._edge(False, now_ms())

    def tap(self, ms: int) -> None:
        self.happen(self.handset.tap())
        self._plan([(0, False), (ms, True)])

    def pulse(self, digits: str) -> None:
        self.handset.must_talk()
        self._plan(pulse_edges(digits))

    @property
    def moving(self) -> bool:
        """The hook still moves, or what its move meant is not known yet."""
        return self._switch.deadline() is not None or bool(self._planned)

    def ring(self, cadence: Cadence) -> None:
        self.happen(self.handset.ring(cadence))

    def reset(self) -> None:
        self.ring(())
        self.light("off")

    @property
    def talks(self) -> bool:
        return self.handset.lifted

    def must_talk(self) -> None:
        self.handset.must_talk()

    def frame(self, frame: bytes) -> bytes:
        reply = self.handset.frame(frame)
        self.settle()
        return reply

    def state(self) -> PortState:
        phone = self.handset
        return PortState(
            line=self.line,
            kind=self.kind,
            up=True,
            off_hook=self.off_hook,
            lifted=phone.lifted,
            state=phone.state,
            lamp=self.lamp,
            audio=self.audio,
        )

    # -- the hook ----------------------------------------------------------------------------------
    def _plan(self, edges: list[tuple[int, bool]]) -> None:
        self._cancel_planned()
        start = now_ms()
        for at, off in edges:
            self._planned.append(self._timer(start + at, partial(self._next, off)))

    def _next(self, off: bool, at: int) -> None:
        self._planned.pop(0)
        self._edge(off, at)

    def _edge(self, off: bool, at: int) -> None:
        self._last = max(at, self._last)
        self._report(self._switch.edge(off, self._last))

    def _expire(self, at: int) -> None:
        self._deadline = None
        self._report(self._switch.expire(at))

    def _report(self, events: list[LineEvent]) -> None:
        if self._deadline:
            self._loop.cancel(self._deadline)
        due = self._switch.deadline()
        self._deadline = None if due is None else self._timer(due, self._expire)
        self.happen([FromCard(event) for event in events])

    def _timer(self, at: int, call: Callable[[int], None]) -> Timer:
        return self._loop.after((at - now_ms()) / 1000, lambda: call(at))

    def _cancel_planned(self) -> None:
        for timer in self._planned:
            self._loop.cancel(timer)
        self._planned = []


class OutsidePort(Port):
    kind = "fxo"

    def __init__(self, line: int, publish: Publish) -> None:
        self.outside = Outside(line)
        super().__init__(line, self.outside.voice, publish)
        self.off_hook = False

    def hook(self, off: bool) -> None:
        if off != self.off_hook:
            news = self.outside.seize() if off else self.outside.release()
            self.off_hook = off
            self.happen(news)

    def reset(self) -> None:
        self.hook(False)
        self.light("off")

    def cut(self) -> None:
        news = self.outside.cut()
        self.off_hook = False
        self.happen(news)

    @property
    def talks(self) -> bool:
        return self.outside.state == "talking"

    def must_talk(self) -> None:
        self.outside.must_talk()

    def frame(self, frame: bytes) -> bytes:
        reply, news = self.outside.frame(frame)
        if news:
            self.happen(news)
        self.settle()
        return reply

    def state(self) -> PortState:
        far = self.outside
        return PortState(
            line=self.line,
            kind=self.kind,
            up=far.state != "cut",
            off_hook=self.off_hook,
            lifted=far.state == "talking",
            state=far.state,
            lamp=self.lamp,
            audio=self.audio,
            caller=far.caller,
            number=far.number,
        )


def now_ms() -> int:
    return time.monotonic_ns() // 1_000_000
