"""Sound as the telephone network carries it: 8 kHz, 16 bit, mono, cut into frames of 20 ms.

Makes sine tones whose level is given in dBm0 (0 dBm0 is 3.14 dB below the loudest sine), measures
them again, and reads and writes WAV files.  Plain arrays and no numeric library: a frame costs
microseconds, and the box needs no second copy of one.  It does not resample or mix.
"""

from __future__ import annotations

import functools
import math
import wave
from array import array
from operator import mul
from pathlib import Path

RATE = 8000
FRAME_MS = 20
FRAME_SAMPLES = RATE * FRAME_MS // 1000
FRAME_BYTES = 2 * FRAME_SAMPLES
SILENCE = bytes(FRAME_BYTES)
LOUDEST = 32767
HEADROOM = 3.14  # dB between 0 dBm0 and the loudest sine, as in G.711
TONE_LEVEL = -10.0
QUIETEST = -90.0  # dBm0 reported for silence
BLOCK = RATE // 10  # tones are measured over 100 ms: 440 and 450 Hz are just apart


class SoundError(Exception):
    """The file cannot be played or written; the text says what to do."""


def amplitude(level: float) -> float:
    """The peak value of a sine of `level` dBm0."""
    return float(LOUDEST * 10 ** ((level - HEADROOM) / 20))


@functools.lru_cache(maxsize=64)
def sine_second(hz: int, level: float = TONE_LEVEL) -> bytes:
    """One second of a tone; as `hz` is whole, the seconds join without a click."""
    peak, step = amplitude(level), 2 * math.pi * hz / RATE
    return array("h", (round(peak * math.sin(step * n)) for n in range(RATE))).tobytes()


@functools.lru_cache(maxsize=64)
def tone_frames(hz: int, level: float = TONE_LEVEL) -> tuple[bytes, ...]:
    """The frames of one second of a tone, to be repeated."""
    return frames(sine_second(hz, level))


def frames(sound: bytes) -> tuple[bytes, ...]:
    """Cut into frames; the last one is filled up with silence."""
    pieces = [sound[at : at + FRAME_BYTES] for at in range(0, len(sound), FRAME_BYTES)]
    return tuple(piece.ljust(FRAME_BYTES, b"\0") for piece in pieces)


def silence(ms: int) -> bytes:
    return bytes(2 * (RATE * ms // 1000))


def loudness(sound: bytes) -> float:
    """The level of everything together, in dBm0."""
    samples = array("h", sound)
    return _dbm0(2 * sum(map(mul, samples, samples)) / len(samples)) if samples else QUIETEST


def tone_level(sound: bytes, hz: int) -> float:
    """The level of one tone in it, in dBm0, as the mean power over blocks of 100 ms."""
    samples = array("h", sound)
    blocks = [samples[at : at + BLOCK] for at in range(0, len(samples) - BLOCK + 1, BLOCK)]
    if not blocks:
        return QUIETEST
    return _dbm0(sum(peak_squared(block, hz) for block in blocks) / len(blocks))


def peak_squared(samples: array[int], hz: int) -> float:
    """The squared peak value of the sine of `hz` in the samples (one bin of a Fourier sum)."""
    cosine, sine = waves(hz, len(samples))
    real: float = sum(map(mul, samples, cosine))
    imaginary: float = sum(map(mul, samples, sine))
    return 4 * (real * real + imaginary * imaginary) / len(samples) ** 2


@functools.lru_cache(maxsize=128)
def waves(hz: int, length: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    step = 2 * math.pi * hz / RATE
    angles = [step * n for n in range(length)]
    return tuple(map(math.cos, angles)), tuple(map(math.sin, angles))


def _dbm0(peak_squared: float) -> float:
    if peak_squared < 1:
        return QUIETEST
    return round(10 * math.log10(peak_squared / LOUDEST**2) + HEADROOM, 1)


def read_wav(path: Path) -> bytes:
    try:
        with path.open("rb") as raw, wave.open(raw) as file:
            form = (file.getframerate(), file.getnchannels(), 8 * file.getsampwidth())
            sound: bytes = file.readframes(file.getnframes())
    except OSError as error:
        raise SoundError(f"{path}: {error.strerror}") from None
    except (wave.Error, EOFError) as error:
        raise SoundError(f"{path} is not a WAV file of plain samples: {error}") from None
    if form != (RATE, 1, 16):
        raise SoundError(
            f"{path} has {form[0]} Hz, {form[1]} channel(s), {form[2]} bit; a telephone line needs"
            f" 8000 Hz, 1 channel, 16 bit (sox {path.name} -r 8000 -c 1 -b 16 line.wav)"
        )
    return sound


def write_wav(path: Path, sound: bytes) -> None:
    try:
        with path.open("wb") as raw, wave.open(raw) as file:
            file.setframerate(RATE)
            file.setnchannels(1)
            file.setsampwidth(2)
            file.writeframes(sound)
    except OSError as error:
        raise SoundError(f"{path}: {error.strerror}") from None
