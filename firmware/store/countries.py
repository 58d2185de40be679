"""What a country's telephones sound like: tones, ring cadence and the zone of its clocks.

The facts are in `data/countries.toml`; here they become what the engine plays: steps of two
frequencies with a time on and a time off, repeated for ever.
"""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from firmware.core.site import Tones, ToneStep

DATA = Path(__file__).resolve().parent / "data" / "countries.toml"
FOR_EVER = (1000, 0)  # a tone without a pause, in the engine's form
STUTTER, RECALL = (400, 40), (100, 100)  # ms on and off
LONG_PAUSE = 5_000  # of a tone that a country plays only once
NAMES = ("dial", "ringback", "busy", "congestion")


def names() -> tuple[str, ...]:
    return tuple(_countries())


def tones(country: str) -> Tones:
    """The special dial tones and the knocker's ringback are made of the country's own sounds."""
    facts = _countries()[country]
    known = {name: _steps(facts[name]["steps"]) for name in NAMES}
    one, other = known["dial"][0][:2]
    return Tones(
        **known,
        waiting=_steps(facts["call_waiting"]["steps"]),
        stutter=((one, other, *STUTTER),),
        recall=((one, other, *RECALL),),
        knocking=_knocking(known["ringback"]),
    )


def _knocking(ringback: tuple[ToneStep, ...]) -> tuple[ToneStep, ...]:
    """Ringback, and a short beep behind it: the caller hears that somebody is there."""
    *before, (one, other, on, off) = ringback
    return (*before, (one, other, on, 200), (one, other, 200, max(400, off - 400)))


def ring_cadence(country: str) -> tuple[int, ...]:
    return tuple(_countries()[country]["ring_cadence_ms"])


def zone(country: str) -> str:
    return str(_countries()[country]["zone"])


@lru_cache(maxsize=1)
def _countries() -> dict[str, dict[str, Any]]:
    facts = tomllib.loads(DATA.read_text(encoding="utf-8"))
    return {name: country for name, country in facts.items() if name != "source"}


def _steps(given: list[dict[str, Any]]) -> tuple[ToneStep, ...]:
    steps: list[ToneStep] = []
    for step in given:
        if "hz" in step:
            on, off = FOR_EVER if step.get("continuous") else (step["ms"], 0)
            steps.append((*_pair(step), on, off))
        else:  # silence lengthens the pause of the sound before it
            first, second, on, off = steps[-1]
            steps[-1] = (first, second, on, off + step.get("ms", LONG_PAUSE))
    return tuple(steps)


def _pair(step: dict[str, Any]) -> tuple[int, int]:
    """A tone modulated in strength is heard as its two side tones."""
    hz = step["hz"]
    if "am" in step:
        return hz[0] - step["am"], hz[0] + step["am"]
    return hz[0], hz[1] if len(hz) > 1 else 0
