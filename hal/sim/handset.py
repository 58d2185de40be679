"""A telephone on an FXS port: hook, bell, mouth and ear.

Pure: what hands and the card do to it comes in, news go out.  It knows nothing of debouncing: the
edges of its hook go through `hal/hookswitch.py` like those of a real one (`ports.py` does that).
"""

from __future__ import annotations

from firmware.wire.frames import Refused
from hal.api import Cadence
from hal.sim.messages import BellRings, BellStops, HookMoved, HookTapped, SimNews
from hal.sim.sound import SILENCE
from hal.sim.voice import Voice


class Handset:
    def __init__(self, line: int) -> None:
        self.line = line
        self.lifted = False
        self.bell: Cadence = ()
        self.voice = Voice()

    @property
    def state(self) -> str:
        if self.lifted:
            return "off-hook"
        return "ringing" if self.bell else "on-hook"

    def lift(self) -> list[SimNews]:
        if self.lifted:
            raise Refused("off-hook", f"handset {self.line} is off the hook already")
        self.lifted = True
        return [*self.ring(()), HookMoved(self.line, True)]  # loop current trips the bell

    def hang(self) -> list[SimNews]:
        self.must_talk()
        self.lifted = False
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
        before, self.bell = self.bell, () if self.lifted else cadence
        if self.bell == before:
            return []
        return [BellRings(self.line, self.bell) if self.bell else BellStops(self.line)]

    def frame(self, frame: bytes) -> bytes:
        """One tick: the box's audio to the ear, the mouth's to the box."""
        self.voice.ticks += 1
        if not self.lifted:
            return SILENCE
        self.voice.hear(frame)
        return self.voice.speak()
