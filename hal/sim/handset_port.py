"""An FXS port and the telephone on it: the hook's current to the driver, the driver's ringing out.

The link to another box (`patch.py`) may have the telephone's place: then it moves the hook and has
the sound, and hears of bursts and cuts as the wires carry them.
"""

from __future__ import annotations

from functools import partial
from typing import Protocol

from firmware.wire.frames import Refused
from firmware.wire.loop import Loop, Timer
from hal.api import Cadence, Fault, LineDown, LineUp
from hal.hookswitch import Hookswitch, HookTiming, pulse_edges
from hal.sim.front import PortState
from hal.sim.handset import Handset
from hal.sim.news import BatteryTurned, CurrentCut, RingBurst
from hal.sim.port import Clockwork, Port, Publish, now_ms
from hal.sim.settings import HandsetSettings, Settings
from hal.sim.sound import FRAME_MS, SILENCE
from hal.sim.voice import Voice

SHORT = "short circuit: the two wires touch"


class Outlet(Protocol):
    """Another box on this handset's wires."""

    def burst(self, on: bool) -> None: ...
    def current(self, flows: bool) -> None: ...
    def turned(self, reversed_: bool) -> None: ...
    def tick(self, frame: bytes) -> bytes: ...


class HandsetPort(Port):
    kind = "fxs"

    def __init__(
        self, line: int, place: str, loop: Loop, timing: HookTiming, publish: Publish
    ) -> None:
        super().__init__(line, place, loop, publish)
        self.handset = Handset(line)
        self.outlet: Outlet | None = None
        self.reversed = self.bursts = False
        self._switch = Hookswitch(line, timing)
        self._clock = Clockwork(self, self._switch.deadline, self._switch.expire)
        self._planned: list[Timer] = []
        self._next_burst: Timer | None = None
        self._dry = 0  # frames without current

    @property
    def voice(self) -> Voice:
        return self.handset.voice

    @property
    def settings(self) -> HandsetSettings:
        return self.handset.settings

    def take(self, settings: Settings) -> None:
        assert isinstance(settings, HandsetSettings)
        before = self.handset.settings
        self.handset.set(settings)
        if settings.short and not before.short:
            self._cancel_planned()
            self.report([LineDown(self.line, SHORT)])
        elif before.short and not settings.short:
            self.report([LineUp(self.line)])

    @property
    def off_hook(self) -> bool:
        """As reported to the box."""
        return self._switch.off_hook and not self.settings.short

    # -- hands -------------------------------------------------------------------------------------
    def lift(self) -> None:
        self._must_be_whole()
        self.happen(self.handset.lift())
        self._follow_bell()
        self.edge(True, now_ms())

    def hang(self) -> None:
        self.happen(self.handset.hang())
        self._cancel_planned()
        self.edge(False, now_ms())

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

    @property
    def talks(self) -> bool:
        return self.handset.lifted

    def must_talk(self) -> None:
        self.handset.must_talk()

    def _must_be_whole(self) -> None:
        if self.settings.short:
            raise Refused("line-cut", f"the wires of handset {self.line} touch each other")

    # -- the driver --------------------------------------------------------------------------------
    def ring(self, cadence: Cadence) -> None:
        self.happen(self.handset.ring(cadence))
        self._follow_bell()
        if cadence and self.handset.overloaded:
            volts, bells = self.handset.volts, self.settings.bells
            why = f"the ringing voltage falls to {volts} V: {bells} bells are too many"
            self.report([Fault(self.line, why)])

    def cut(self, ms: int) -> None:
        """The driver takes the current away; its own hook detector does not look meanwhile."""
        self._dry = -(-ms // FRAME_MS)
        if self.outlet:
            self.outlet.current(False)
            self.timer(now_ms() + ms, self._current_again)
        self.happen([CurrentCut(self.line, ms)])

    def _current_again(self, _: int) -> None:
        if self.outlet:
            self.outlet.current(True)

    def turn(self, reversed_: bool) -> None:
        if reversed_ != self.reversed:
            self.reversed = reversed_
            if self.outlet:
                self.outlet.turned(reversed_)
            self.happen([BatteryTurned(self.line, reversed_)])

    def reset(self) -> None:
        self.ring(())
        self.turn(False)
        self.light("off")

    def frame(self, frame: bytes) -> bytes:
        if self.outlet:
            return self.outlet.tick(frame)
        if self._dry:
            self._dry -= 1
            frame = SILENCE
        reply, news = self.handset.frame(self.wire.to_far(frame))
        if news:
            self.happen(news)
        self.settle()
        return self.wire.to_box(reply)

    def state(self) -> PortState:
        phone = self.handset
        return PortState(
            line=self.line,
            kind=self.kind,
            up=not self.settings.short,
            off_hook=self.off_hook,
            lifted=phone.lifted,
            state="patched" if self.outlet else phone.state,
            lamp=self.lamp,
            audio=self.audio,
            shown=" ".join(filter(None, (phone.shown.number, phone.shown.name)))
            if phone.shown
            else "",
            volts=phone.volts,
            place=self.place,
        )

    # -- bell --------------------------------------------------------------------------------------
    def _follow_bell(self) -> None:
        """Bursts of ringing voltage as long as the bell rings."""
        if self._next_burst:
            self._loop.cancel(self._next_burst)
            self._next_burst = None
        if self.handset.bell:
            self._burst(0, now_ms())
        elif self.bursts:
            self._voltage(False)

    def _burst(self, place: int, at: int) -> None:
        cadence = self.handset.bell
        self._voltage(place % 2 == 0)
        due = at + cadence[place]
        self._next_burst = self.timer(due, partial(self._burst, (place + 1) % len(cadence)))

    def _voltage(self, on: bool) -> None:
        self.bursts = on
        if self.outlet:
            self.outlet.burst(on)
        self.happen([RingBurst(self.line, on)])

    # -- the hook ----------------------------------------------------------------------------------
    def edge(self, off: bool, at: int) -> None:
        self._clock.report(self._switch.edge(off, self._clock.at(at)))

    def _plan(self, edges: list[tuple[int, bool]]) -> None:
        self._cancel_planned()
        start = now_ms()
        for at, off in edges:
            self._planned.append(self.timer(start + at, partial(self._next, off)))

    def _next(self, off: bool, at: int) -> None:
        self._planned.pop(0)
        self.edge(off, at)

    def _cancel_planned(self) -> None:
        for timer in self._planned:
            self._loop.cancel(timer)
        self._planned = []
