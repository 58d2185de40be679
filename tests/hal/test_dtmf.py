"""The decoder hears every digit, once, at the levels and faults of real lines, and nothing else."""

from __future__ import annotations

import math
import random
from array import array
from collections.abc import Iterable

import pytest

from hal.sim.dtmf import COLUMNS, DIGITS, KEYS, ROWS, Decoder, press
from hal.sim.sound import RATE, amplitude, frames, silence, sine_second


def heard(sound: bytes) -> str:
    decoder = Decoder()
    return "".join(decoder.hear(frame) for frame in frames(sound + silence(100)))


def pair(low: float, high: float, ms: int, low_level: float = -9, high_level: float = -7) -> bytes:
    a, b = amplitude(low_level), amplitude(high_level)
    return samples(
        a * math.sin(2 * math.pi * low * n / RATE) + b * math.sin(2 * math.pi * high * n / RATE)
        for n in range(RATE * ms // 1000)
    )


def samples(values: Iterable[float]) -> bytes:
    return array("h", (max(-32768, min(32767, round(value))) for value in values)).tobytes()


def mixed(one: bytes, other: bytes) -> bytes:
    return samples(map(sum, zip(array("h", one), array("h", other), strict=True)))


def noise(ms: int, level: float, seed: int = 1) -> bytes:
    dice, sigma = random.Random(seed), amplitude(level) / math.sqrt(2)
    return samples(dice.gauss(0, sigma) for _ in range(RATE * ms // 1000))


def tones_of(key: str) -> tuple[int, int]:
    row = next(number for number, keys in enumerate(KEYS) if key in keys)
    return ROWS[row], COLUMNS[KEYS[row].index(key)]


@pytest.mark.parametrize("key", DIGITS)
def test_every_digit(key: str) -> None:
    assert heard(press(key)) == key


@pytest.mark.parametrize("level", [0, -7, -15, -25, -30])
def test_every_level(level: float) -> None:
    assert heard(b"".join(press(key, level=level) for key in DIGITS)) == DIGITS


@pytest.mark.parametrize("offset_ms", range(20))
def test_forty_ms_are_enough_wherever_the_frame_begins(offset_ms: int) -> None:
    dialed = "".join(dict.fromkeys(DIGITS))
    sound = silence(offset_ms) + b"".join(press(key, 40, 40) for key in dialed)
    assert heard(sound) == dialed


@pytest.mark.parametrize("offset_ms", range(0, 20, 3))
def test_too_short_is_no_digit(offset_ms: int) -> None:
    assert heard(silence(offset_ms) + b"".join(press(key, 15, 60) for key in DIGITS)) == ""


def test_a_long_press_is_one_digit() -> None:
    assert heard(press("5", on_ms=3000)) == "5"


def test_the_same_digit_twice_is_two() -> None:
    assert heard(press("5", 50, 45) * 6) == "555555"


def test_a_dropout_of_ten_ms_does_not_double() -> None:
    tone = press("8", 200, 0)
    assert heard(tone[:1600] + silence(10) + tone[1600:]) == "8"


def test_digits_without_a_pause_between() -> None:
    assert heard(b"".join(press(key, 80, 0) for key in "1597")) == "1597"


@pytest.mark.parametrize("twist", [-8, -4, 4, 8])
def test_twist(twist: float) -> None:
    for key in DIGITS:
        low, high = tones_of(key)
        assert heard(pair(low, high, 60, -12 - twist / 2, -12 + twist / 2)) == key


@pytest.mark.parametrize("shift", [0.99, 1.01])
def test_tones_a_little_off(shift: float) -> None:
    for key in DIGITS:
        low, high = tones_of(key)
        assert heard(pair(low * shift, high * shift, 80)) == key


@pytest.mark.parametrize("shift", [0.95, 1.05])
def test_tones_far_off_are_no_digits(shift: float) -> None:
    for key in DIGITS:
        low, high = tones_of(key)
        assert heard(pair(low * shift, high * shift, 80)) == ""


def test_noise_behind_the_digits() -> None:
    sound = b"".join(press(key) for key in DIGITS)
    assert heard(mixed(sound, noise(len(sound) // 16, -22))) == DIGITS


def test_noise_is_no_digit() -> None:
    assert heard(noise(20_000, -10)) == ""


@pytest.mark.parametrize("hz", [350, 425, 440, 450, 480, 620, *ROWS, *COLUMNS, 1000, 2100])
def test_one_tone_is_no_digit(hz: int) -> None:
    assert heard(sine_second(hz, -5.0)) == ""


@pytest.mark.parametrize("seed", range(4))
def test_speech_is_no_digit(seed: int) -> None:
    """Ten seconds of vowels: gliding pitch, harmonics shaped by formants, syllables, breath."""
    assert heard(vowels(10.0, seed)) == ""


def vowels(seconds: float, seed: int) -> bytes:
    dice = random.Random(seed)
    out: list[float] = []
    phase = 0.0
    while len(out) < seconds * RATE:
        pitch, glide = dice.uniform(85, 260), dice.uniform(-60, 60)
        formants = (dice.uniform(270, 850), dice.uniform(850, 2300), dice.uniform(2300, 3200))
        length = round(dice.uniform(0.12, 0.35) * RATE)
        weights = [
            sum(1 / (1 + ((k * pitch - formant) / 90) ** 2) for formant in formants)
            for k in range(1, 14)
        ]
        for n in range(length):
            phase += 2 * math.pi * (pitch + glide * n / length) / RATE
            loud = math.sin(math.pi * n / length)
            voice = sum(weight * math.sin((k + 1) * phase) for k, weight in enumerate(weights))
            out.append(loud * (4000 * voice + dice.gauss(0, 200)))
        out += [0.0] * round(dice.uniform(0.02, 0.1) * RATE)
    return samples(out)


def test_no_such_key() -> None:
    with pytest.raises(ValueError, match="no key"):
        press("E")
