"""An FXO port and the line in it: voltages to the driver, the driver's hook to the company.

What the company thinks and says is `outside.py`; here are its battery, ringing and polarity on the
loop's time, as `alerting.py` lays them down, and what the driver makes of them (`hal/battery.py`).
The link to another box may have the company's place.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Protocol

from firmware.wire.frames import Refused
from firmware.wire.loop import Loop, Timer
from hal.battery import Battery, BatteryTiming
from hal.sim import alerting
from hal.sim.caller_id import Caller
from hal.sim.front import PortState
from hal.sim.news import BatteryTurned, SimNews
from hal.sim.outside import Outside
from hal.sim.port import Clockwork, Port, Publish, now_ms
from hal.sim.settings import OutsideSettings, Settings
from hal.sim.voice import Voice

IDLE_VOLTS, TALKING_VOLTS = 48.0, 7.2


class Exchange(Protocol):
    """Another box that has the company's place."""

    def hook(self, off: bool) -> None: ...
    def flash(self) -> None: ...
    def tick(self, frame: bytes) -> bytes: ...


class OutsidePort(Port):
    kind = "fxo"

    def __init__(
        self, line: int, place: str, loop: Loop, timing: BatteryTiming, publish: Publish
    ) -> None:
        super().__init__(line, place, loop, publish)
        self.outside = Outside(line)
        self.exchange: Exchange | None = None
        self.battery = Battery(line, timing)
        self._clock = Clockwork(self, self.battery.deadline, self.battery.expire)
        self._steps: list[Timer] = []  # of the call that announces itself
        self._dropping: Timer | None = None
        self._turned = False

    @property
    def voice(self) -> Voice:
        return self.outside.voice

    @property
    def settings(self) -> OutsideSettings:
        return self.outside.settings

    def take(self, settings: Settings) -> None:
        assert isinstance(settings, OutsideSettings)
        self.outside.settings = settings

    @property
    def off_hook(self) -> bool:
        """As the box set it."""
        return self.battery.off_hook

    # -- the driver --------------------------------------------------------------------------------
    def hook(self, off: bool) -> None:
        if off == self.off_hook:
            return
        self._clock.report(self.battery.hook(off, self._clock.at(now_ms())))
        if self.exchange:
            self.exchange.hook(off)
            return
        self.happen(self.outside.seize() if off else self.outside.release())
        if not off:
            self._recover()
        self._follow()

    def tap(self) -> None:
        if self.exchange:
            self.exchange.flash()
        self.happen(self.outside.flash())

    def reset(self) -> None:
        self.hook(False)
        self.light("off")

    # -- the company -------------------------------------------------------------------------------
    def ring_in(self, caller: str, name: str, anyway: bool) -> None:
        self.must_be_company()
        if anyway and self.outside.state not in ("idle", "cut"):
            self._ring_in_use()
            return
        self.happen(self.outside.ring_in(caller))
        date = datetime.now().strftime("%m%d%H%M")
        table = alerting.timetable(self.settings, Caller(caller, name, date))
        self._announce(table.steps, now_ms())
        due = now_ms() + table.again_at
        self._steps.append(self.timer(due, partial(self._ring_turn, table.cadence)))

    def act(self, deed: Callable[[Outside], list[SimNews]]) -> None:
        """Something the company, or the person beyond it, does."""
        self.must_be_company()
        before = self.outside.state
        self.happen(deed(self.outside))
        state = self.outside.state
        if state == "talking" and before == "ringback" and self._reverses("answer"):
            self.turn(True)
        if state == "ended":
            self._end()
        self._follow()

    def cut(self) -> None:
        self.happen(self.outside.cut())
        self._follow()

    def mend(self) -> None:
        self.happen(self.outside.mend())
        self._recover()
        self._follow()

    def must_be_company(self) -> None:
        if self.exchange:
            raise Refused("patched", f"port {self.line} is plugged into another box")

    @property
    def talks(self) -> bool:
        return self.outside.state == "talking"

    def must_talk(self) -> None:
        self.outside.must_talk()

    def frame(self, frame: bytes) -> bytes:
        if self.exchange:
            return self.exchange.tick(frame)
        before = self.outside.state
        reply, news = self.outside.frame(self.wire.to_far(frame))
        if news:
            self.happen(news)
            if before == "ringback" and self.talks and self._reverses("answer"):
                self.turn(True)
        self.settle()
        return self.wire.to_box(reply)

    def state(self) -> PortState:
        far = self.outside
        return PortState(
            line=self.line,
            kind=self.kind,
            up=self.battery.up,
            off_hook=self.off_hook,
            lifted=far.state == "talking",
            state="patched" if self.exchange else far.state,
            lamp=self.lamp,
            audio=self.audio,
            caller=far.caller,
            number=far.number,
            volts=(TALKING_VOLTS if self.off_hook else IDLE_VOLTS) if self.battery.feeds else 0.0,
            place=self.place,
            plugged=far.home if far.home != self.line else 0,
        )

    # -- voltages ----------------------------------------------------------------------------------
    def feed(self, on: bool) -> None:
        self._clock.report(self.battery.feed(on, self._clock.at(now_ms())))

    def turn(self, reversed_: bool) -> None:
        if reversed_ != self._turned:
            self._turned = reversed_
            self.happen([BatteryTurned(self.line, reversed_)])
            self._clock.report(self.battery.turn(reversed_, self._clock.at(now_ms())))

    def ringing(self, on: bool, caller: str = "") -> None:
        self._clock.report(self.battery.ring(on, self._clock.at(now_ms()), caller))

    def _reverses(self, when: str) -> bool:
        return self.settings.reversal in (when, "both")

    def _follow(self) -> None:
        """The state changed: what belongs to the old one stops."""
        state = self.outside.state
        if state != "ringing":
            self._stop_announcing()
        if state == "idle":
            self.wire.buzz = False
        self.feed(state != "cut" and self._dropping is None)

    def _end(self) -> None:
        """The far end hung up, and the company says so with what it has."""
        if self._reverses("hangup"):
            self.turn(not self._turned)
        if self.settings.hangup_cut:
            due = now_ms() + self.settings.hangup_cut
            self._dropping = self.timer(due, lambda _: self._recover())

    def _recover(self) -> None:
        """Battery as before, and its polarity once the line is free."""
        if self._dropping:
            self._loop.cancel(self._dropping)
            self._dropping = None
        if self.outside.state == "idle":
            self.turn(False)
        self.feed(self.outside.state != "cut")

    # -- ringing -----------------------------------------------------------------------------------
    def _announce(self, steps: tuple[alerting.Step, ...], start: int) -> None:
        self._steps += [self.timer(start + step.at, partial(self._do_step, step)) for step in steps]

    def _do_step(self, step: alerting.Step, _: int) -> None:
        match step.deed:
            case "ring" | "quiet":
                if step.deed == "ring":
                    self.outside.hush()
                self.ringing(step.deed == "ring", self.told())
            case "turn" | "return":
                self.turn(step.deed == "turn")
            case "sound":
                self.outside.signal(step.sound)

    def _ring_turn(self, cadence: tuple[int, ...], start: int) -> None:
        """One turn of the cadence, and itself again at its end; all before it is done."""
        self._steps = []
        self._announce(tuple(alerting.ring_steps(cadence, 0)), start)
        due = start + sum(cadence)
        self._steps.append(self.timer(due, partial(self._ring_turn, cadence)))

    def told(self) -> str:
        """The number, where the card itself knows it."""
        return self.outside.caller if self.settings.card_tells else ""

    def _stop_announcing(self) -> None:
        if self._steps:
            for timer in self._steps:
                self._loop.cancel(timer)
            self._steps = []
            self.outside.hush()
            self.turn(False)
            if self.battery.feeds:
                self.ringing(False)

    def _ring_in_use(self) -> None:
        """Heard as a loud buzz; a card measures no ring while its line is in use."""
        cadence = self.settings.ringing or (1000, 4000)
        self.wire.buzz = True
        self.timer(now_ms() + cadence[0], lambda _: setattr(self.wire, "buzz", False))
