"""Voltages of an outside line, with times given in ms, become what a telephone man would say."""

from __future__ import annotations

import pytest

from hal.api import LineDown, LineEvent, LineUp, OnHook, Polarity, Ring, RingEnd
from hal.battery import DEAD, Battery, BatteryTiming

CALLER = "075583587106"


def ringing() -> tuple[Battery, list[LineEvent]]:
    """One second of ringing, four of pause, three times."""
    line, events = Battery(5), []
    for turn in range(3):
        events += line.ring(True, turn * 5000, CALLER)
        events += line.ring(False, turn * 5000 + 1000)
    return line, events


def test_a_cadence_is_one_ring_and_one_end() -> None:
    line, events = ringing()
    assert events == [Ring(5, CALLER)]
    assert line.expire(16_999) == []
    assert line.expire(17_000) == [RingEnd(5)]
    assert line.deadline() is None


def test_a_short_burst_is_no_ring() -> None:
    line = Battery(5)
    line.ring(True, 0)
    assert line.ring(False, 119) == []
    assert line.deadline() is None


def test_answering_ends_the_ringing_without_a_word() -> None:
    line, _ = ringing()
    assert line.hook(True, 12_000) == []
    assert line.expire(60_000) == []


def test_ringing_voltage_on_a_line_in_use_is_no_ring() -> None:
    line = Battery(5)
    line.hook(True, 0)
    line.ring(True, 100)
    assert line.expire(5000) == []


@pytest.mark.parametrize(("ms", "left"), [(40, False), (79, False), (90, True), (200, True)])
def test_no_current_for_long_enough_is_a_hang_up(ms: int, left: bool) -> None:
    line = Battery(5)
    line.hook(True, 0)
    line.feed(False, 1000)
    events = line.feed(True, 1000 + ms)
    assert events == ([OnHook(5)] if left else [])
    assert line.deadline() is None


def test_an_idle_line_that_flickers_says_nothing() -> None:
    line = Battery(5)
    line.feed(False, 0)
    assert line.feed(True, 999) == []


def test_a_dead_line_is_down_until_the_battery_is_back() -> None:
    line = Battery(5)
    line.hook(True, 0)
    line.feed(False, 0)
    assert line.expire(2000) == [OnHook(5), LineDown(5, DEAD)]
    assert line.ring(True, 3000) == []
    assert line.expire(9000) == []
    assert line.feed(True, 10_000) == [LineUp(5)]


def test_polarity_counts_when_it_stays() -> None:
    line = Battery(5)
    line.turn(True, 0)
    assert line.turn(False, 30) == []
    assert line.expire(500) == []
    line.turn(True, 1000)
    assert line.expire(1064) == [Polarity(5, True)]
    line.turn(False, 2000)
    assert line.expire(3000) == [Polarity(5, False)]


@pytest.mark.parametrize("bad", [{"cut": 1000}, {"ring": -1}, {"ring_end": 100}])
def test_impossible_times_are_refused(bad: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"dead|later"):
        BatteryTiming(**bad)
