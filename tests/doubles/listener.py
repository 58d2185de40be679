"""Understanding what the box says: which of some sentences was it?

Sound becomes frames of 20 ms, each the loudness in a few bands of the voice; a sentence is looked
for at every place of what was heard, also when its beginning or end is cut off.  The score is the
mean likeness of the frames, so loudness and the law of the line do not matter.
"""

from __future__ import annotations

import math
import wave
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

from tests.doubles.ear import level, samples_of

FRAME = 160
BANDS = (250, 400, 550, 700, 900, 1150, 1450, 1800, 2250, 2800)
Features = tuple[tuple[float, ...], ...]


def features(samples: Sequence[int]) -> Features:
    frames = (samples[at : at + FRAME] for at in range(0, len(samples) - FRAME + 1, FRAME))
    return tuple(_frame(frame) for frame in frames)


def _frame(frame: Sequence[int]) -> tuple[float, ...]:
    """Of length 1; silence is all zeros."""
    loud = [math.log1p(level(frame, hz) / 20) for hz in BANDS]
    size = math.sqrt(sum(value * value for value in loud))
    return tuple(value / size for value in loud) if size > 2 else (0.0,) * len(BANDS)


@lru_cache(maxsize=512)
def clip(path: Path) -> tuple[int, ...]:
    with wave.open(str(path)) as file:
        return samples_of(file.readframes(file.getnframes()))


@lru_cache(maxsize=512)
def sentence(folder: Path, words: tuple[str, ...]) -> Features:
    samples: tuple[int, ...] = ()
    for word in words:
        samples += clip(folder / f"{word}.wav")
    return features(samples)


def score(heard: Features, said: Features) -> float:
    """1 is the very sentence; at least half of the shorter of both must overlap."""
    least = max(1, min(len(heard), len(said)) // 2)
    best = 0.0
    for shift in range(least - len(said), len(heard) - least + 1):
        pairs = list(zip(heard[max(shift, 0) :], said[max(-shift, 0) :], strict=False))
        likeness = sum(sum(map(float.__mul__, one, other)) for one, other in pairs)
        silent = sum(not any(one) and not any(other) for one, other in pairs)
        best = max(best, (likeness + silent) / len(pairs))
    return best


def understood(
    heard: Sequence[int], folder: Path, sentences: Iterable[tuple[str, ...]]
) -> tuple[str, ...]:
    """The sentence among these that was said."""
    sound = features(heard)
    return max(sentences, key=lambda words: score(sound, sentence(folder, words)))
