"""Makes the melody of the house: `music.py FOLDER` writes FOLDER/house/evening.wav.

For whoever waits and has not brought music of his own.  It is composed here: a slow tune in C over
four chords, thirty-two bars that end where they begin, played by two soft voices without attack, so
that a telephone's narrow band and a codec have nothing to spoil.  Made once; the same file always.
"""

from __future__ import annotations

import math
import struct
import sys
import wave
from itertools import pairwise
from pathlib import Path

RATE = 8000
BEAT = RATE * 6 // 10  # samples
LEVEL = 2600
PARTIALS = ((1, 1.0), (2, 0.25), (3, 0.08))

# one bar each: the four notes of a chord, by half tones above middle C
CHORDS = {"C": (0, 4, 7, 12), "A": (-3, 0, 4, 9), "F": (-7, -3, 0, 5), "G": (-5, -1, 2, 7)}
BARS = "CAFG CAFC CAFG AFGC".replace(" ", "") * 2
# the tune: half tones and beats; None is a rest
TUNE: tuple[tuple[int | None, int], ...] = (
    (12, 2), (11, 1), (7, 1), (9, 3), (None, 1), (9, 2), (7, 1), (5, 1), (7, 4),
    (4, 2), (7, 1), (12, 1), (9, 2), (7, 2), (5, 1), (7, 1), (9, 2), (7, 4),
    (16, 2), (14, 1), (12, 1), (9, 3), (None, 1), (12, 2), (9, 1), (5, 1), (11, 4),
    (9, 2), (12, 2), (9, 2), (5, 2), (7, 2), (11, 2), (12, 4),
)  # fmt: skip


def hertz(half_tones: int) -> float:
    return 261.63 * 2 ** (half_tones / 12)


def add(track: list[float], start: int, length: int, half_tones: int, level: float) -> None:
    """One note that swells and fades; what rings beyond the end comes back at the beginning."""
    rising, turn = BEAT // 4, 2 * math.pi * hertz(half_tones) / RATE
    ringing = length + BEAT // 2
    for i in range(ringing):
        swell = min(1.0, i / rising, (ringing - i) / (BEAT // 2))
        wave_ = sum(part * math.sin(turn * number * i) for number, part in PARTIALS)
        track[(start + i) % len(track)] += level * swell * wave_


def melody() -> list[int]:
    track = [0.0] * (len(BARS) * 4 * BEAT)
    for bar, name in enumerate(BARS):
        for beat, note in enumerate(CHORDS[name]):
            add(track, (bar * 4 + beat) * BEAT, BEAT, note - 12, 0.5)
    starts = [0]
    for _, beats in TUNE * 2:
        starts.append(starts[-1] + beats * BEAT)
    for (tone, beats), (start, _) in zip(TUNE * 2, pairwise(starts), strict=True):
        if tone is not None:
            add(track, start, beats * BEAT, tone, 1.0)
    loudest = max(map(abs, track))
    return [round(LEVEL * sample / loudest) for sample in track]


def write(path: Path) -> None:
    samples = melody()
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    with wave.open(str(part), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    part.rename(path)


def main() -> int:
    path = Path(sys.argv[1]) / "house" / "evening.wav"
    if not path.is_file() or path.stat().st_mtime < Path(__file__).stat().st_mtime:
        write(path)
        print(f"music: {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
