"""Raw hook edges become what the caller meant; times are given, no clock runs."""

from __future__ import annotations

import random

import msgspec
import pytest

from hal.api import Flash, LineEvent, OffHook, OnHook, Pulse
from hal.hookswitch import Hookswitch, HookTiming, pulse_edges

Edges = list[tuple[int, bool]]


def events_of(
    edges: Edges, end: int = 100_000, timing: HookTiming | None = None
) -> list[LineEvent]:
    """As an owner does it: edges as they come, `expire` exactly at each deadline between them."""
    switch = Hookswitch(1, timing or HookTiming())
    events: list[LineEvent] = []

    def wait(until: int) -> None:
        while (due := switch.deadline()) is not None and due <= until:
            events.extend(switch.expire(due))

    for at, off in edges:
        wait(at)
        events.extend(switch.edge(off, at))
    wait(end)
    assert switch.deadline() is None
    return events


def break_of(ms: int) -> Edges:
    """Lifted at 0, one break at 1000."""
    return [(0, True), (1000, False), (1000 + ms, True)]


def test_lifted_and_hung_up() -> None:
    assert events_of([(0, True), (5000, False)]) == [OffHook(1), OnHook(1)]


@pytest.mark.parametrize(
    ("ms", "meaning"),
    [
        (5, []),
        (7, []),
        (8, [Pulse(1, "1")]),
        (33, [Pulse(1, "1")]),
        (60, [Pulse(1, "1")]),
        (99, [Pulse(1, "1")]),
        (100, [Flash(1)]),
        (300, [Flash(1)]),
        (799, [Flash(1)]),
        (800, [OnHook(1), OffHook(1)]),
        (3000, [OnHook(1), OffHook(1)]),
    ],
)
def test_a_break_means_what_its_length_says(ms: int, meaning: list[LineEvent]) -> None:
    assert events_of(break_of(ms)) == [OffHook(1), *meaning]


@pytest.mark.parametrize("digit", "1234567890")
@pytest.mark.parametrize(("period", "broken"), [(100, 60), (100, 67), (50, 33), (125, 75)])
def test_pulse_digits_at_every_usual_speed(digit: str, period: int, broken: int) -> None:
    edges: Edges = [(0, True)]
    for number in range(int(digit) or 10):
        at = 1000 + number * period
        edges += [(at, False), (at + broken, True)]
    assert events_of(edges) == [OffHook(1), Pulse(1, digit)]


def test_a_number_dialed_by_pulses() -> None:
    edges = [(0, True), *((1000 + at, off) for at, off in pulse_edges("102"))]
    assert events_of(edges) == [OffHook(1), Pulse(1, "1"), Pulse(1, "0"), Pulse(1, "2")]


def test_more_than_ten_pulses_are_no_digit() -> None:
    edges = [(0, True), *((1000 + at, off) for at, off in pulse_edges("92", between_ms=0))]
    assert events_of(edges) == [OffHook(1)]


def test_hanging_up_while_a_digit_is_dialed_is_only_hanging_up() -> None:
    edges = [(0, True), (1000, False), (1060, True), (1100, False)]
    assert events_of(edges) == [OffHook(1), OnHook(1)]


def test_a_flash_after_pulses_is_only_a_flash() -> None:
    edges = [(0, True), (1000, False), (1060, True), (1100, False), (1300, True)]
    assert events_of(edges) == [OffHook(1), Flash(1)]


def test_hanging_up_is_reported_as_soon_as_it_can_be_known() -> None:
    switch = Hookswitch(1)
    switch.edge(True, 0)
    switch.expire(8)
    switch.edge(False, 1000)
    assert switch.expire(1799) == []
    assert switch.expire(1800) == [OnHook(1)]


def test_contact_bounce_is_not_seen() -> None:
    edges: Edges = [(0, True), (2, False), (4, True), (5, False), (6, True)]
    edges += [(1000, False), (1003, True), (1005, False), (1302, True), (1304, False), (1306, True)]
    assert events_of(edges) == [OffHook(1), Flash(1)]


def test_bounce_in_a_long_break_does_not_keep_it_open() -> None:
    edges: Edges = [(0, True), (1000, False), (1797, True), (1801, False)]
    assert events_of(edges) == [OffHook(1), OnHook(1)]


def test_a_repeated_edge_is_nothing() -> None:
    assert events_of([(0, True), (10, True), (20, True)]) == [OffHook(1)]


def test_an_owner_that_is_late_learns_the_same() -> None:
    """Without any `expire` between the edges the outcome is that of a punctual owner."""
    edges = [(0, True), (1000, False), (1300, True), (5000, False), (7000, True)]
    switch = Hookswitch(1)
    late = [event for at, off in edges for event in switch.edge(off, at)]
    assert late + switch.expire(9000) == events_of(edges)


@pytest.mark.parametrize("seed", range(20))
def test_any_sequence_ends_in_the_state_of_the_hook(seed: int) -> None:
    dice = random.Random(seed)
    edges: Edges = []
    at, off = 0, False
    for _ in range(200):
        at += dice.choice((1, 5, 12, 40, 60, 101, 300, 799, 801, 2000))
        off = not off
        edges.append((at, off))
    events = events_of(edges, end=at + 5000)
    hooks = [event for event in events if isinstance(event, OffHook | OnHook)]
    assert [isinstance(event, OffHook) for event in hooks] == [
        number % 2 == 0 for number in range(len(hooks))
    ]
    assert isinstance(hooks[-1], OffHook) == off


def test_flash_time_is_a_setting() -> None:
    slow = HookTiming(flash=1500)
    assert events_of(break_of(1200), timing=slow) == [OffHook(1), Flash(1)]


@pytest.mark.parametrize(
    "times", [{"pulse": 5}, {"flash": 100}, {"gap": 8}, {"debounce": -1}, {"dance": 1}]
)
def test_fail__hook_timing(times: dict[str, int]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(times, HookTiming)
