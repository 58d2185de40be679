"""DTMF, both ways: the tone pair of a key, and a decoder for what comes down a line.

The decoder looks at windows of 20 ms every 10 ms.  A window names a key when one row and one column
together carry most of its power, stand out among their neighbors and differ by no more than
`TWIST`.  Two windows running make a press (so 40 ms is always enough and 15 ms never), and a press
ends after three windows without it, so that a short dropout does not double the digit.  Long
windows make it stricter than the exchanges it stands for (tones 1 % off, not 1.5 %, are heard), and
deaf to speech: what it understands, a real one does.
"""

from __future__ import annotations

import functools
import math
from array import array
from operator import mul

from hal.sim.sound import FRAME_SAMPLES, LOUDEST, RATE, amplitude, peak_squared, silence

ROWS = (697, 770, 852, 941)
COLUMNS = (1209, 1336, 1477, 1633)
KEYS = ("123A", "456B", "789C", "*0#D")
DIGITS = "0123456789*#ABCD"

LEVEL = -7.0  # dBm0 of the column tone; the row tone is 2 dB lower, as telephones send it
ROW_LOWER = 2.0
HOP = FRAME_SAMPLES // 2
QUIET = amplitude(-38.0) ** 2 / 2 * FRAME_SAMPLES  # a window with less energy holds no digit
SHARE = 0.72  # of the window's power must be in the pair
STANDS_OUT = 4.0  # times its strongest neighbor; a clean tone leaks a twentieth into it
TWIST = 10.0  # the stronger of the pair may have ten times the power (10 dB)
BEGIN, END = 2, 3  # windows


@functools.lru_cache(maxsize=64)
def press(key: str, on_ms: int = 80, off_ms: int = 80, level: float = LEVEL) -> bytes:
    """The sound of one key and the pause after it."""
    row, column = _pair(key)
    low, high = amplitude(level - ROW_LOWER), amplitude(level)
    a, b = 2 * math.pi * row / RATE, 2 * math.pi * column / RATE
    values = (low * math.sin(a * n) + high * math.sin(b * n) for n in range(RATE * on_ms // 1000))
    samples = (round(max(-LOUDEST, min(LOUDEST, value))) for value in values)
    return array("h", samples).tobytes() + silence(off_ms)


def _pair(key: str) -> tuple[int, int]:
    for row, keys in zip(ROWS, KEYS, strict=True):
        if key in keys:
            return row, COLUMNS[keys.index(key)]
    raise ValueError(f"{key!r} is no key of a telephone")


class Decoder:
    """Frames in, digits out: each at the moment its press is certain."""

    def __init__(self) -> None:
        self._before = array("h", bytes(2 * HOP))
        self._candidate = ""
        self._seen = 0
        self._pressed = ""
        self._missed = 0

    def hear(self, frame: bytes) -> str:
        samples = array("h", frame)
        early = self._before + samples[:HOP]
        self._before = samples[HOP:]
        return self._window(name(early)) + self._window(name(samples))

    def _window(self, key: str) -> str:
        self._missed = 0 if key == self._pressed else self._missed + 1
        if self._missed >= END:
            self._pressed = ""
        self._seen = self._seen + 1 if key == self._candidate else 1
        self._candidate = key
        if not key or key == self._pressed or self._seen < BEGIN:
            return ""
        self._pressed, self._missed = key, 0
        return key


def name(window: array[int]) -> str:
    """The key whose tone pair the window holds, or nothing."""
    energy = sum(map(mul, window, window))
    if energy < QUIET:
        return ""
    whole = 2 * energy / len(window)
    row, row_power = _strongest(window, ROWS)
    if row_power * (1 + TWIST) < SHARE * whole:  # no column could fill up the share: save its cost
        return ""
    column, column_power = _strongest(window, COLUMNS)
    if row_power + column_power < SHARE * whole:
        return ""
    if max(row_power, column_power) > TWIST * min(row_power, column_power):
        return ""
    return KEYS[row][column]


def _strongest(window: array[int], tones: tuple[int, ...]) -> tuple[int, float]:
    powers = [peak_squared(window, hz) for hz in tones]
    first, second = sorted(powers, reverse=True)[:2]
    return powers.index(first), first if first > STANDS_OUT * second else 0.0
