"""The caller ID part of a telephone: it hears like a chip does, and shows what was complete.

On the hook it listens to whatever comes down the line.  In a call it waits for the two alerting
tones of call waiting ID, answers them with the key D, and listens to the modem for a second, with
the earpiece muted.  Silence costs next to nothing.
"""

from __future__ import annotations

from array import array
from operator import mul

from hal.sim import dtmf
from hal.sim.alerting import ALERT_TONES
from hal.sim.caller_id import Caller, Reader
from hal.sim.fsk import Receiver
from hal.sim.settings import HandsetSettings
from hal.sim.sound import FRAME_MS, SILENCE, amplitude, peak_squared

LISTENS = 1000 // FRAME_MS  # frames after its answer
PATIENCE = 10  # silent frames until what came is not complete
LOUD = amplitude(-32.0) ** 2  # each of the alerting tones
PURE = 0.7  # of the power is in the two tones: no voice does that
ACKNOWLEDGE = "D"


class Display:
    def __init__(self, settings: HandsetSettings) -> None:
        self._standard = settings.display
        self._answers = settings.call_waiting and settings.display in ("fsk", "fsk-etsi")
        self._reader = Reader()
        self._tick = self._alerted = 0
        self._quiet = PATIENCE
        self._fresh()
        self.listening = 0  # frames for which the modem has the line, in a call

    @property
    def damaged(self) -> int:
        """Messages that came, and could not be shown."""
        return self._reader.damaged

    def _fresh(self) -> None:
        self._modem = Receiver("v23" if self._standard == "fsk-etsi" else "bell202")
        self._keys = dtmf.Decoder()

    def on_hook(self, frame: bytes) -> list[Caller]:
        if self._standard == "none":
            return []
        if frame == SILENCE:
            self._quiet += 1
            if self._quiet == PATIENCE:
                self._reader.silence()
                self._fresh()
            if self._quiet >= PATIENCE:
                return []
        else:
            self._quiet = 0
        return self._hear(frame)

    def in_call(self, frame: bytes) -> list[Caller]:
        """`listening` says afterwards whether the modem has just been called."""
        if self.listening:
            self.listening -= 1
            callers = self._hear(frame)
            if callers or not self.listening:
                self.listening = 0
                self._reader.silence()
            return callers
        self._tick += 1
        if self._answers and (self._alerted or self._tick % 2):
            self._alerted = self._alerted + 1 if _alerts(frame) else 0
            if self._alerted == 2:
                self._alerted, self.listening = 0, LISTENS
                self._fresh()
        return []

    def _hear(self, frame: bytes) -> list[Caller]:
        if self._standard != "dtmf":
            return self._reader.take(self._modem.hear(frame))
        keys = self._keys.hear(frame)
        return [caller for key in keys for caller in self._reader.press(key)]


def _alerts(frame: bytes) -> bool:
    """Both alerting tones, and nothing else, for the whole frame."""
    samples = array("h", frame)
    high = peak_squared(samples, ALERT_TONES[1])
    if high < LOUD:
        return False
    low = peak_squared(samples, ALERT_TONES[0])
    power: float = 2 * sum(map(mul, samples, samples)) / len(samples)
    return low > LOUD and low + high > PURE * power
