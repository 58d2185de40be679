"""The sounds and rings of a country's telephone company, made of `countries.toml`.

The facts are the ones the box itself uses (`firmware/store/data`), read again here: the company
must not hear with the box's ears, so everything that is made of them is made twice.
"""

from __future__ import annotations

import functools
import math
import tomllib
from array import array
from pathlib import Path
from typing import Any

from hal.sim.sound import FRAME_BYTES, RATE, SILENCE, TONE_LEVEL, amplitude, frames, silence

DATA = Path(__file__).resolve().parents[2] / "firmware/store/data/countries.toml"
Tone = tuple[bytes, ...]  # frames, to be repeated
Steps = list[dict[str, Any]]


def names() -> tuple[str, ...]:
    return tuple(name for name in _facts() if name != "source")


def ring_cadence(country: str) -> tuple[int, ...]:
    return tuple(_facts()[country]["ring_cadence_ms"])


def ring_volts(country: str) -> int:
    return int(_facts()[country]["ring_voltage_v"])


@functools.lru_cache(maxsize=64)
def tone(country: str, name: str) -> Tone:
    """dial, ringback, busy, congestion, call_waiting, special_information."""
    facts = _facts()[country].get(name) or _facts()[country]["busy"]
    return _repeatable(b"".join(_sound(step) for step in facts["steps"]))


@functools.lru_cache(maxsize=16)
def odd_tone(hz: int, on_ms: int, off_ms: int) -> Tone:
    """A busy tone that no country has."""
    return _repeatable(_sound({"hz": [hz], "ms": on_ms}) + silence(off_ms))


def _repeatable(cycle: bytes) -> Tone:
    """Whole frames: as many cycles as it takes for one to end with the frame."""
    whole = math.lcm(len(cycle), FRAME_BYTES) // len(cycle)
    return frames(cycle * min(whole, 40)) or (SILENCE,)


def _sound(step: dict[str, Any]) -> bytes:
    ms = 1000 if step.get("continuous") else step.get("ms", 1000)
    tones = step.get("hz", [])
    if not tones:
        return silence(ms)
    peak = amplitude(TONE_LEVEL) / len(tones)
    waves = [2 * math.pi * hz / RATE for hz in tones]
    swing = 2 * math.pi * step.get("am", 0) / RATE
    values = (
        peak * sum(math.sin(wave * n) for wave in waves) * math.cos(swing * n)
        for n in range(RATE * ms // 1000)
    )
    return array("h", map(round, values)).tobytes()


@functools.lru_cache(maxsize=1)
def _facts() -> dict[str, dict[str, Any]]:
    return tomllib.loads(DATA.read_text(encoding="utf-8"))
