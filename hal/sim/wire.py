"""A pair of wires that is not perfect: level, noise, hum, echo of the hybrid, crosstalk.

Pure.  Between the box and whoever is at the far end, each way once per frame.  A perfect pair costs
nothing: frames pass untouched.  Noise is drawn once and played from changing places, so a fault
sounds the same in every run.
"""

from __future__ import annotations

import functools
import random
from array import array
from collections.abc import Iterable
from itertools import repeat
from operator import add, mul

from hal.sim.settings import NOTHING, WireSettings
from hal.sim.sound import (
    FRAME_SAMPLES,
    LOUDEST,
    RATE,
    SILENCE,
    amplitude,
    sine_second,
)

NOISE_SAMPLES = 2 * RATE
LONGEST_ECHO = 64 * RATE // 1000
STRIDE = 5003  # a prime: where the next frame of noise is taken from
HUM_HZ = 50
BUZZ_HZ, BUZZ_LEVEL = 25, 0.0  # ringing voltage on a line in use, as it is heard


class Wire:
    def __init__(self) -> None:
        self.settings = WireSettings()
        self.buzz = False  # ringing voltage lies on it although it is in use
        self.sent = SILENCE  # the newest frame of the far end, for the neighbor's crosstalk
        self.neighbor: Wire | None = None
        self._past = array("h", bytes(2 * LONGEST_ECHO))  # what the box sent
        self._frames = 0

    @property
    def perfect(self) -> bool:
        """Nothing is done to the sound."""
        wire = self.settings
        return not self.buzz and all(getattr(wire, name) == off for name, off in NOTHING.items())

    def to_far(self, frame: bytes) -> bytes:
        """What the far end hears of the box."""
        self._frames += 1
        if self.perfect:
            return frame
        self._past = (self._past + array("h", frame))[-LONGEST_ECHO - FRAME_SAMPLES :]
        return _frame(_scaled(array("h", frame), self.settings.level)) if frame else frame

    def to_box(self, frame: bytes) -> bytes:
        """What the box hears of the far end, after `to_far` of the same tick."""
        self.sent = frame
        if self.perfect:
            return frame
        sound: Iterable[float] = _scaled(array("h", frame), self.settings.level)
        for more in self._additions():
            sound = map(add, sound, more)
        return _frame(sound)

    def _additions(self) -> Iterable[Iterable[float]]:
        wire = self.settings
        if wire.echo_loss < NOTHING["echo_loss"]:
            start = len(self._past) - FRAME_SAMPLES - wire.echo_ms * RATE // 1000
            heard = self._past[max(start, 0) : max(start, 0) + FRAME_SAMPLES]
            yield _scaled(heard, -wire.echo_loss)
        if wire.noise > NOTHING["noise"]:
            at = self._frames * STRIDE % (NOISE_SAMPLES - FRAME_SAMPLES)
            yield map(mul, _noise()[at : at + FRAME_SAMPLES], repeat(amplitude(wire.noise)))
        if wire.hum > NOTHING["hum"]:
            yield _tone(HUM_HZ, wire.hum, self._frames)
        if self.buzz:
            yield _tone(BUZZ_HZ, BUZZ_LEVEL, self._frames)
        if wire.crosstalk < NOTHING["crosstalk"] and self.neighbor:
            yield _scaled(array("h", self.neighbor.sent), -wire.crosstalk)


def _scaled(samples: array[int], db: float) -> Iterable[float]:
    return samples if db == 0 else map(mul, samples, repeat(10 ** (db / 20)))


def _frame(sound: Iterable[float]) -> bytes:
    """Back to samples; what is too loud is clipped, as an amplifier does."""
    values = list(map(int, sound))
    if max(values) > LOUDEST or min(values) < -LOUDEST:
        values = [max(-LOUDEST, min(LOUDEST, value)) for value in values]
    return array("h", values).tobytes()


def _tone(hz: int, level: float, frames: int) -> array[int]:
    at = frames * FRAME_SAMPLES % RATE
    return array("h", sine_second(hz, level)[2 * at : 2 * (at + FRAME_SAMPLES)])


@functools.lru_cache(maxsize=1)
def _noise() -> array[float]:
    """White noise with the power of a sine of amplitude 1."""
    draw = random.Random(1)
    return array("d", (draw.gauss(0.0, 0.5**0.5) for _ in range(NOISE_SAMPLES)))
