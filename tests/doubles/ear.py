"""Listening to audio the way a person would judge it: is the tone there, and nothing else."""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence


def samples_of(pcm: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(pcm) // 2}h", pcm)


def level(samples: Sequence[int], hz: float) -> float:
    """Amplitude of one frequency at 8 kHz (Goertzel): a full-scale sine gives 32767."""
    turn = 2 * math.cos(2 * math.pi * hz / 8000)
    one = two = 0.0
    for sample in samples:
        one, two = sample + turn * one - two, one
    power = one * one + two * two - turn * one * two
    return 2 * math.sqrt(max(power, 0.0)) / max(len(samples), 1)


def hears(samples: Sequence[int], hz: float) -> bool:
    """The tone is there, loud enough for speech, and holds most of the energy."""
    if not samples:
        return False
    energy = math.sqrt(2 * sum(sample * sample for sample in samples) / len(samples))
    found = level(samples, hz)
    return found > 500 and found > 0.7 * energy
