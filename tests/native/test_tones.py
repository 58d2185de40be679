"""Tones are what was asked for, at their level; digits are heard, each press once."""

from __future__ import annotations

import itertools

import pytest
from hookswitch_engine import native

from firmware.native import rig

DIGITS = "0123456789*#ABCD"


def running() -> tuple[rig.Bench, rig.FarEnd]:
    bench = rig.Bench(udp=False)
    native.clock_start(20)
    return bench, bench.line(1)


def hears(bench: rig.Bench, far: rig.FarEnd, frames: int = 50) -> list[int]:
    bench.frames(far, 5)
    bench.frames(far, frames)
    return far.samples(frames)


@pytest.mark.parametrize("hz", [(350, 440), (425, 0), (450, 0), (480, 620)])
def test_tone_has_its_frequencies_at_their_level(hz: tuple[int, int]) -> None:
    bench, far = running()
    native.tone_start(far.slot, [(*hz, 1000, 0)])
    samples = hears(bench, far)
    for one in filter(None, hz):
        assert rig.level(samples, one) == pytest.approx(5111, rel=0.02)  # -13 dBm0
    assert rig.level(samples, 1000) < 50


def test_repeated_tone_has_no_seam() -> None:
    bench, far = running()
    native.tone_start(far.slot, [(425, 0, 33, 0)])
    samples = hears(bench, far)
    steepest = max(abs(a - b) for a, b in itertools.pairwise(samples))
    assert steepest < 1.02 * 5111 * 2 * 3.1416 * 425 / 8000


def test_cadence() -> None:
    bench, far = running()
    native.tone_start(far.slot, [(425, 0, 60, 40), (0, 0, 20, 80)])
    hears(bench, far, 100)
    pattern = "".join("-" if frame == rig.SILENCE else "#" for frame in far.heard[5:])
    start = pattern.index("-#") + 1
    assert pattern[start : start + 30] == "###-------" * 3


def test_new_tone_replaces_and_stop_ends_it() -> None:
    bench, far = running()
    native.tone_start(far.slot, [(350, 440, 1000, 0)])
    native.tone_start(far.slot, [(620, 0, 1000, 0)])
    samples = hears(bench, far)
    assert rig.level(samples, 440) < 50
    assert rig.level(samples, 620) > 5000
    native.tone_stop(far.slot)
    native.tone_stop(far.slot)
    assert set(hears(bench, far)) == {0}


def test_tone_adds_to_what_is_connected() -> None:
    bench, far = running()
    one, two = bench.back_to_back(2, 3)
    native.tone_start(one, [(1000, 0, 1000, 0)])
    native.connect(two, far.slot)
    native.tone_start(far.slot, [(425, 0, 1000, 0)])
    samples = hears(bench, far)
    assert rig.level(samples, 1000) == pytest.approx(5111, rel=0.03)
    assert rig.level(samples, 425) == pytest.approx(5111, rel=0.02)


def test_digits_are_heard_each_once() -> None:
    bench, _ = running()
    one, _two = bench.back_to_back(1, 2)
    native.digits_send(one, DIGITS, 70, 70, 1)
    bench.until(lambda: ("sent", 1) in bench.events and len(bench.digits(2)) >= len(DIGITS))
    assert bench.digits(2) == DIGITS
    assert len(bench.events) == len(DIGITS) + 1


@pytest.mark.parametrize("on_ms", [45, 1500])
def test_shortest_and_longest_press_are_one_digit(on_ms: int) -> None:
    bench, _ = running()
    one, _two = bench.back_to_back(1, 2)
    native.digits_send(one, "5", on_ms, 200, 1)
    bench.until(lambda: ("sent", 1) in bench.events)
    assert bench.events == [("digit", 2, "5"), ("sent", 1)]


def test_speech_like_noise_is_no_digit() -> None:
    bench, one = running()
    two, tones = bench.line(2), [rig.sine(hz, 2000) for hz in (310, 697, 905, 1477, 1810)]
    two.play(rig.mix([next(tone) for tone in tones]) for _ in range(100))
    bench.frames(one, 90)
    assert bench.events == []


def test_digit_is_heard_over_our_own_dial_tone_coming_back() -> None:
    bench, _ = running()
    (dial, dial_heard), (keys, keys_heard) = bench.back_to_back(1, 2), bench.back_to_back(3, 4)
    handset, _exchange = bench.back_to_back(5, 6)
    native.connect(dial_heard, handset)
    native.connect(keys_heard, handset, 0.5)
    native.tone_start(dial, [(350, 440, 1000, 0)])
    native.digits_send(keys, "5", 160, 100, 3)
    bench.until(lambda: ("sent", 3) in bench.events)
    assert bench.digits(6) == "5"


def test_replaced_or_stopped_digits_say_nothing() -> None:
    bench, one = running()
    native.digits_send(one.slot, "123", 100, 100, 1)
    native.digits_send(one.slot, "4", 60, 0, 7)
    bench.until(lambda: bool(bench.events))
    native.digits_send(one.slot, "123", 100, 100, 1)
    native.tone_stop(one.slot)
    bench.frames(one, 60)
    assert bench.events == [("sent", 7)]


@pytest.mark.parametrize(
    "steps",
    [[], [(-1, 0, 10, 10)], [(4000, 0, 10, 10)], [(425, 0, 0, 0)], [(425, 0, -5, 10)],
     [(425, 0, 10**9, 0)], [(425, 0, 1, 1)] * 129],
)  # fmt: skip
def test_fail__steps(steps: list[tuple[int, int, int, int]]) -> None:
    _, far = running()
    with pytest.raises(ValueError, match=r"steps|tone"):
        native.tone_start(far.slot, steps)


@pytest.mark.parametrize("digits", ["", "12x", "1 2", "1" * 129, "\0"])
def test_fail__digits(digits: str) -> None:
    _, far = running()
    with pytest.raises(ValueError, match="digit"):
        native.digits_send(far.slot, digits, 50, 50, 1)


@pytest.mark.parametrize("slot", [-1, 5000, 900])
def test_fail__slot(slot: int) -> None:
    running()
    with pytest.raises((ValueError, OSError)):
        native.tone_start(slot, [(425, 0, 100, 0)])
