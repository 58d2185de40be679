"""What both kinds of simulated ports have: wires, voice, lamp, news, and those who wait.

`waits` are asked after everything that happens, until they say yes.  Edges keep the times they were
meant to have, even when the loop runs late: a busy machine must not turn a dialed pulse into a
flash, nor a flicker of the battery into a hang-up.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from typing import ClassVar

from firmware.wire.frames import Refused
from firmware.wire.loop import Loop, Timer
from hal.api import Kind, Lamp, LineEvent
from hal.sim.front import PortState
from hal.sim.news import FromCard, LampChanged, SettingsChanged, SimNews
from hal.sim.settings import Settings, changed
from hal.sim.voice import Voice
from hal.sim.wire import Wire

Publish = Callable[[SimNews], None]


class Port(ABC):
    kind: ClassVar[Kind]

    def __init__(self, line: int, place: str, loop: Loop, publish: Publish) -> None:
        self.line, self.place = line, place
        self._loop, self._publish = loop, publish
        self.lamp: Lamp = "off"
        self.audio = False
        self.wire = Wire()
        self.waits: list[Callable[[], bool]] = []

    def light(self, lamp: Lamp) -> None:
        if lamp != self.lamp:
            self.lamp = lamp
            self.happen([LampChanged(self.line, lamp)])

    def happen(self, news: Iterable[SimNews]) -> None:
        for item in news:
            self._publish(item)
        self.settle()

    def report(self, events: Iterable[LineEvent]) -> None:
        """To the driver."""
        self.happen([FromCard(event) for event in events])

    def settle(self) -> None:
        if self.waits:
            self.waits = [wait for wait in self.waits if not wait()]

    def set(self, changes: dict[str, str]) -> Settings:
        settings = changed(self.settings, changes)
        if changes:
            self.wire.settings = settings
            self.take(settings)
            self.happen([SettingsChanged(self.line, changes)])
        return settings

    def timer(self, at: int, call: Callable[[int], None]) -> Timer:
        """`call` gets the time it was meant for."""
        return self._loop.after((at - now_ms()) / 1000, lambda: call(at))

    @property
    @abstractmethod
    def voice(self) -> Voice:
        """Of whoever is at the far end of the wires."""

    @property
    @abstractmethod
    def settings(self) -> Settings: ...

    @abstractmethod
    def take(self, settings: Settings) -> None:
        """These settings are in force now."""

    @property
    @abstractmethod
    def talks(self) -> bool:
        """Somebody at this port can speak and hear."""

    @abstractmethod
    def must_talk(self) -> None:
        """Refuse unless somebody `talks`."""

    @abstractmethod
    def reset(self) -> None:
        """A driver opens the card: what the last one ordered is undone."""

    @abstractmethod
    def frame(self, frame: bytes) -> bytes:
        """One tick of the card's clock: the box's frame in, the port's frame out."""

    @abstractmethod
    def state(self) -> PortState: ...


class Clockwork:
    """The deadline of one pure detector, kept on the loop."""

    def __init__(self, port: Port, deadline: Callable[[], int | None], ring: Expire) -> None:
        self._port, self._deadline, self._expire = port, deadline, ring
        self._timer: Timer | None = None
        self._last = 0  # ms: times never go back

    def at(self, moment: int) -> int:
        self._last = max(moment, self._last)
        return self._last

    def report(self, events: list[LineEvent]) -> None:
        """Pass these on, and come back when the detector has more to say."""
        if self._timer:
            self._port._loop.cancel(self._timer)
        due = self._deadline()
        self._timer = None if due is None else self._port.timer(due, self._ring)
        self._port.report(events)

    def _ring(self, at: int) -> None:
        self._timer = None
        self.report(self._expire(self.at(at)))


Expire = Callable[[int], list[LineEvent]]


def now_ms() -> int:
    return time.monotonic_ns() // 1_000_000


def wrong_kind(line: int, is_a: str, not_a: str) -> Refused:
    return Refused("wrong-kind", f"port {line} is {is_a}, not {not_a}")
