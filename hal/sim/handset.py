"""A telephone on an FXS port: hook, bell, mouth, ear and display.

Pure: what hands and the card do to it comes in, news go out.  It knows nothing of debouncing: the
edges of its hook go through `hal/hookswitch.py` like those of a real one (`handset_port.py` does
that).  The bell is one or several on the same wires; the more there are, the lower the voltage.
"""

from __future__ import annotations

from collections.abc import Callable

from firmware.wire.frames import Refused
from hal.api import Cadence
from hal.sim import dtmf
from hal.sim.caller_id import Caller
from hal.sim.display import ACKNOWLEDGE, Display
from hal.sim.messages import (
    BellRings,
    BellStops,
    CallerShown,
    CallerUnreadable,
    HookMoved,
    HookTapped,
    SimNews,
)
from hal.sim.settings import HandsetSettings
from hal.sim.sound import SILENCE, frames
from hal.sim.voice import Voice

RING_SOURCE = 90.0  # V, behind SOURCE_OHM of generator and cable
SOURCE_OHM, BELL_OHM = 1000.0, 7000.0  # of one bell (REN 1) at 20 Hz
BELL_NEEDS = 40.0  # V

Listen = Callable[[bytes], list[Caller]]


class Handset:
    def __init__(self, line: int) -> None:
        self.line = line
        self.lifted = False
        self.bell: Cadence = ()
        self.voice = Voice()
        self.shown: Caller | None = None  # on the display, since the last call began
        self.settings = HandsetSettings()
        self._display = Display(self.settings)

    @property
    def state(self) -> str:
        if self.lifted:
            return "off-hook"
        return "ringing" if self.bell else "on-hook"

    @property
    def volts(self) -> float:
        """Ringing voltage with these bells on the wires."""
        bells = BELL_OHM / self.settings.bells
        return round(RING_SOURCE * bells / (bells + SOURCE_OHM), 1)

    @property
    def overloaded(self) -> bool:
        """So many bells that none of them rings."""
        return self.volts < BELL_NEEDS

    def set(self, settings: HandsetSettings) -> None:
        self.settings = settings
        self._display = Display(settings)

    def lift(self) -> list[SimNews]:
        if self.lifted:
            raise Refused("off-hook", f"handset {self.line} is off the hook already")
        self.lifted = True
        return [*self.ring(()), HookMoved(self.line, True)]  # loop current trips the bell

    def hang(self) -> list[SimNews]:
        self.must_talk()
        self.lifted = False
        self.shown = None
        self.voice.hush()
        return [HookMoved(self.line, False)]

    def tap(self) -> list[SimNews]:
        self.must_talk()
        return [HookTapped(self.line)]

    def must_talk(self) -> None:
        if not self.lifted:
            text = f"handset {self.line} is on the hook: lift it first (sim lift {self.line})"
            raise Refused("on-hook", text)

    def ring(self, cadence: Cadence) -> list[SimNews]:
        """The card rings the bell, or stops; a lifted handset has no bell."""
        before, self.bell = self.bell, () if self.lifted or self.overloaded else cadence
        if self.bell == before:
            return []
        return [BellRings(self.line, self.bell) if self.bell else BellStops(self.line)]

    def frame(self, frame: bytes) -> tuple[bytes, list[SimNews]]:
        """One tick: the box's audio to the ear, the mouth's to the box."""
        self.voice.ticks += 1
        if not self.lifted:
            return SILENCE, self._watch(self._display.on_hook, frame)
        before = self._display.listening
        news = self._watch(self._display.in_call, frame)
        if self._display.listening and not before:
            self.voice.interrupt(frames(dtmf.press(ACKNOWLEDGE, 60, 0)))
        self.voice.hear(SILENCE if self._display.listening else frame)
        return self.voice.speak(), news

    def _watch(self, listen: Listen, frame: bytes) -> list[SimNews]:
        damaged = self._display.damaged
        news: list[SimNews] = []
        for caller in listen(frame):
            self.shown = caller
            news.append(CallerShown(self.line, caller.number, caller.name, caller.date))
        if self._display.damaged > damaged:
            news.append(CallerUnreadable(self.line))
        return news
