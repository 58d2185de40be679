"""The modem of caller ID: bytes to sound and back, 1200 bit/s, one direction (Bell 202 or V.23).

A byte goes out as a start bit (space), eight bits from the lowest, and a stop bit (mark), with
continuous phase.  The receiver compares the power of the two tones over the last bit's time at
every sample, takes the change from mark to space as a start bit and reads the middles of the bits
after it.  A telephone's chip does the same, so what is understood here is understood there.

The sums run through `map` and `accumulate`: a frame costs a fifth of a millisecond while somebody
listens for caller ID, and nobody does for longer than that takes.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable
from itertools import accumulate
from operator import add, mul, sub
from typing import Literal

from hal.sim.sound import FRAME_SAMPLES, RATE, amplitude

Modem = Literal["bell202", "v23"]
TONES: dict[Modem, tuple[int, int]] = {"bell202": (1200, 2200), "v23": (1300, 2100)}  # mark, space
BAUD = 1200
BIT = RATE / BAUD  # samples
LEVEL = -13.5  # dBm0, as exchanges send it
WINDOW = round(BIT)
SMOOTH = 3  # samples: less than half a bit
QUIETEST = (
    amplitude(-42.0) * WINDOW / 2
) ** 2  # tone power over a bit's time, of the least carrier


def bits_of(data: bytes) -> list[bool]:
    """The bits on the wire, start and stop bits included; a mark is True."""
    bits: list[bool] = []
    for byte in data:
        bits += [False, *(bool(byte >> n & 1) for n in range(8)), True]
    return bits


def modulate(bits: Iterable[bool], modem: Modem = "bell202", level: float = LEVEL) -> bytes:
    mark, space = (2 * math.pi * hz / RATE for hz in TONES[modem])
    stream = list(bits)
    count = len(stream) * RATE // BAUD
    steps = (mark if stream[n * BAUD // RATE] else space for n in range(count))
    peak = amplitude(level)
    return array("h", (round(peak * math.sin(angle)) for angle in accumulate(steps))).tobytes()


class Receiver:
    """Frames in, bytes out; what is not a byte is nothing."""

    def __init__(self, modem: Modem = "bell202") -> None:
        self._waves = [_waves(hz) for hz in TONES[modem]]
        self._before = array("h", bytes(2 * (WINDOW + SMOOTH)))
        self._at = 0  # samples heard before this frame
        self._marks = False  # the last sample was mark
        self._next = -1.0  # when the next bit is read; below zero: waiting for a start bit
        self._bits: list[bool] = []

    def hear(self, frame: bytes) -> bytes:
        samples = self._before + array("h", frame)
        mark, space = (_power(samples, wave) for wave in self._waves)
        surer = _moving_sum(map(sub, mark, space), SMOOTH)  # one bad sample decides nothing
        powers = map(add, mark[SMOOTH:], space[SMOOTH:])
        found = bytearray()
        for at, (sure, power) in enumerate(zip(surer, powers, strict=True), self._at):
            found += self._sample(at, sure > 0, power > QUIETEST)
        self._at += FRAME_SAMPLES
        self._before = samples[-WINDOW - SMOOTH :]
        return bytes(found)

    def _sample(self, at: int, mark: bool, carrier: bool) -> bytes:
        fell = self._marks and not mark
        self._marks = mark and carrier
        if self._next < 0:
            if fell and carrier:
                self._next, self._bits = at + BIT / 2, []
            return b""
        if at < self._next:
            return b""
        self._next += BIT
        self._bits.append(mark)
        return self._read(carrier)

    def _read(self, carrier: bool) -> bytes:
        """After each bit: a false start is forgotten, ten bits are a byte."""
        if self._bits[0] or not carrier:
            self._next = -1.0
        elif len(self._bits) == 10:
            self._next = -1.0
            if self._bits[9]:
                return bytes([sum(bit << n for n, bit in enumerate(self._bits[1:9]))])
        return b""


Wave = tuple[list[float], list[float]]


def _waves(hz: int) -> Wave:
    """Both phases for a frame and what is before it; every tone here repeats within a frame."""
    angles = [2 * math.pi * hz * n / RATE for n in range(-WINDOW - SMOOTH, FRAME_SAMPLES)]
    return [math.cos(angle) for angle in angles], [math.sin(angle) for angle in angles]


def _power(samples: array[int], wave: Wave) -> list[float]:
    """The power of the tone over the last bit's time, at every sample from the second bit on."""
    cosine, sine = (_moving_sum(map(mul, samples, phase), WINDOW) for phase in wave)
    return list(map(add, map(mul, cosine, cosine), map(mul, sine, sine)))


def _moving_sum(values: Iterable[float], count: int) -> list[float]:
    sums = list(accumulate(values))
    return list(map(sub, sums[count:], sums))
