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


BLOCK = 400  # 50 ms: tells tones apart, and forgives a slip of the jitter buffer


def hears(samples: Sequence[int], hz: float, share: float = 0.8) -> bool:
    """The tone is loud enough for speech and dominates in most of the blocks."""
    blocks = [samples[i : i + BLOCK] for i in range(0, len(samples) - BLOCK + 1, BLOCK)]
    good = sum(_dominates(block, hz) for block in blocks)
    return bool(blocks) and good >= share * len(blocks)


def _dominates(block: Sequence[int], hz: float) -> bool:
    amplitude = math.sqrt(2 * sum(sample * sample for sample in block) / len(block))
    found = level(block, hz)
    return found > 500 and found > 0.8 * amplitude


def silent(samples: Sequence[int]) -> bool:
    return max(map(abs, samples), default=0) < 100
