"""What a user of the whole box hears and sees when a line, a telephone or the card is at fault.

The simulator's side of the same faults is in `tests/hal/test_faults.py`.  Where the box does not
help itself yet (it learns no busy tone, cancels no echo), the test says what is to be heard today.
"""

from __future__ import annotations

import os
import select
from collections.abc import Iterator, Sequence
from statistics import median
from typing import Any

import pytest

from firmware.api import callproc, hardware
from firmware.api.notices import ShowNotices
from hal.sim import messages as sim
from tests.doubles.ear import BLOCK, hears, level, silent
from tests.e2e.box import PATIENCE, Box

BUSY = 450


@pytest.fixture(autouse=True)
def mended(box: Box) -> Iterator[None]:
    for process in ("callproc", "sim", "jobs"):
        box.look_anew(process)  # what an earlier test did is no news
    yield
    front: sim.Front = box.people(sim.Show())
    for port in front.ports:
        box.people(sim.SetFault(port.line, "none"))
        if port.kind == "fxs" and port.lifted:
            box.people(sim.Hang(port.line))
        elif port.state == "cut":
            box.people(sim.Mend(port.line))


def call_out(box: Box) -> None:
    """101 talks with somebody outside, over line 5."""
    box.lift_and_dial(1, "95551234#")
    box.wait_front(sim.NumberDialed(5, "5551234"))
    box.people(sim.Answer(5))
    box.people(sim.Hum(5, 1000))
    assert hears(box.hear(1, 1500)[4800:], 1000), "the far end is not heard"


def call_in(box: Box) -> None:
    box.people(sim.RingIn(5, "13800001111"))
    box.wait_front(sim.BellRings(1, (1000, 4000)))
    box.people(sim.Lift(1))
    box.wait_leg("up", line=5)


def hang(box: Box) -> None:
    box.people(sim.Hang(1))
    box.wait_leg("ended", line=1)


def lamp(box: Box, line: int) -> str:
    front: sim.Front = box.people(sim.Show())
    return front.ports[line - 1].lamp


def line(box: Box, number: int) -> callproc.LineView:
    return box.ask("callproc", callproc.ShowLines())[number - 1]


def until_line(box: Box, number: int, state: str) -> None:
    """After a new start: when it has happened already, its news are past."""
    news = box.watch_raw("callproc")
    while line(box, number).state != state:
        news.until(lambda _: True)


# -- 26 --------------------------------------------------------------------------------------------
@pytest.mark.parametrize("fault", ["drop-90", "drop-200", "drop-600"])
def test_a_current_drop_ends_the_call_with_a_busy_tone(box: Box, fault: str) -> None:
    box.people(sim.SetFault(5, fault))
    call_out(box)
    box.people(sim.Drop(5))
    box.wait_leg("tone", line=1)
    box.wait_front(sim.Released(5))
    assert hears(box.hear(1, 1000), BUSY, share=0.3)
    assert (lamp(box, 1), lamp(box, 5)) == ("on", "off")
    hang(box)
    assert box.wait_record().cause == "normal"


@pytest.mark.parametrize(("fault", "tone"), [("no-disconnect", False), ("busy-tone-only", True)])
def test_without_a_drop_the_line_stays_taken_until_somebody_hangs_up(
    box: Box, fault: str, tone: bool
) -> None:
    """The complaint of every FXO box; with a tone, the user at least hears it."""
    box.people(sim.SetFault(5, fault))
    call_out(box)
    box.people(sim.Drop(5))
    heard = box.hear(1, 3000)[16_000:]
    assert hears(heard, BUSY, share=0.3) if tone else silent(heard)
    assert (lamp(box, 5), line(box, 5).state) == ("on", "talking")
    hang(box)
    box.wait_front(sim.Released(5))


@pytest.mark.req("FXO-07")
def test_polarity_says_that_the_far_end_answered(box: Box) -> None:
    box.people(sim.SetFault(5, "reversal"))
    box.lift_and_dial(1, "95551234#")
    box.wait_front(sim.NumberDialed(5, "5551234"))
    box.people(sim.Answer(5))
    box.wait_leg("up", line=5)
    hang(box)
    record = box.wait_record()
    assert record.answered


# -- 27 --------------------------------------------------------------------------------------------
def test_a_cable_pulled_out_ends_the_call_and_puts_the_line_down(box: Box) -> None:
    call_in(box)
    box.people(sim.Cut(5))
    box.wait_leg("tone", line=1)
    assert hears(box.hear(1, 1000), BUSY, share=0.3)
    box.news.until(lambda news: news == callproc.LineNews(5, False))
    assert (line(box, 5).state, lamp(box, 5)) == ("down", "off")
    hang(box)
    box.people(sim.Mend(5))
    box.wait_line_up(5)
    call_in(box)
    hang(box)


def test_a_line_that_is_dead_when_the_box_starts_is_down(box: Box) -> None:
    box.people(sim.Cut(5))
    box.news.until(lambda news: news == callproc.LineNews(5, False))
    box.kill("callproc")
    box.comes_back("callproc")
    until_line(box, 1, "idle")
    assert line(box, 5).state == "down"
    box.lift_and_dial(1, "95551234#")
    box.wait_leg("tone", line=1)
    hang(box)
    box.people(sim.Mend(5))
    box.wait_line_up(5)


def test_ringing_voltage_on_a_line_in_use_is_a_buzz_in_the_ear(box: Box) -> None:
    call_in(box)
    box.people(sim.RingIn(5, "110", anyway=True))
    assert level(box.hear(1, 800)[1600:4800], 25) > 5000
    assert line(box, 5).state == "talking"
    hang(box)


def test_glare_connects_the_caller_with_a_stranger(box: Box) -> None:
    box.people(sim.SetFault(5, "glare"))
    box.people(sim.Lift(1))
    box.people(sim.Dial(1, "95551234#"))
    box.wait_front(sim.Answered(5))
    box.wait_front(sim.DigitArrived(5, "4"))  # the number is told to the stranger
    box.people(sim.Hum(5, 1000))
    assert hears(box.hear(1, 1500)[4800:], 1000), "the stranger is heard"
    hang(box)


# -- 28 --------------------------------------------------------------------------------------------
def test_who_waits_is_shown_on_the_telephone_through_the_whole_box(box: Box) -> None:
    """Alerting tones, the telephone's answer and the modem, all as sound through the bridge."""
    call_in(box)
    box.people(sim.WaitIn(5, "13922223333", "Li"))
    box.wait_front(sim.WaitingCallTold(5))
    shown = box.front.until(lambda news: isinstance(news, sim.CallerShown))
    assert (shown.line, shown.number, shown.name) == (1, "13922223333", "Li")
    hang(box)


# -- 29 --------------------------------------------------------------------------------------------
def test_a_short_circuit_makes_the_extension_unreachable(box: Box) -> None:
    box.people(sim.SetFault(1, "short"))
    box.news.until(lambda news: news == callproc.LineNews(1, False))
    extensions = box.ask("callproc", callproc.ShowExtensions())
    assert next(one.state for one in extensions if one.number == "101") == "offline"
    box.lift_and_dial(2, "101")
    box.wait_leg("tone", line=2)
    box.people(sim.Hang(2))
    box.wait_leg("ended", line=2)
    box.people(sim.SetFault(1, "none"))
    box.wait_line_up(1)


@pytest.mark.parametrize("dialing", ["tones", "pulses"])
def test_both_ways_of_dialing_reach_the_other_handset(box: Box, dialing: str) -> None:
    box.people(sim.Lift(1))
    box.people(sim.Dial(1, "102", pulse=dialing == "pulses"))
    box.wait_front(sim.BellRings(2, (1000, 4000)))
    hang(box)


# -- 30 --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("fault", "hz", "least"), [("echo", 440, 1500), ("hum", 50, 1500)])
def test_what_is_heard_on_a_bad_line(box: Box, fault: str, hz: int, least: int) -> None:
    box.people(sim.SetFault(5, fault))
    call_in(box)
    box.people(sim.Hum(1, 440))
    assert level(box.hear(1, 1000)[4000:], hz) > least
    hang(box)


def usual_level(samples: Sequence[int], hz: int) -> float:
    """In the middle of all blocks of 50 ms: a slip of a buffer spoils one of them."""
    blocks = (samples[at : at + BLOCK] for at in range(0, len(samples) - BLOCK + 1, BLOCK))
    return median(level(block, hz) for block in blocks)


def test_a_quiet_line_is_quiet_in_the_ear(box: Box) -> None:
    call_in(box)
    box.people(sim.Hum(5, 1000))
    loud = usual_level(box.hear(1, 1000)[4000:], 1000)
    box.people(sim.SetFault(5, "quiet"))
    assert usual_level(box.hear(1, 1000)[4000:], 1000) == pytest.approx(loud / 8, rel=0.2)
    hang(box)


# -- 31 --------------------------------------------------------------------------------------------
def notices(box: Box) -> set[tuple[str, str]]:
    return {(notice.code, notice.about) for notice in box.ask("sysd", ShowNotices())}


def until_notices(box: Box, wanted: set[tuple[str, str]]) -> None:
    """sysd tells of each change: wait for its news, not for the clock."""
    news = box.watch_raw("sysd")
    while notices(box) != wanted:
        news.until(lambda _: True)


@pytest.mark.req("HWD-04")
def test_a_card_without_driver_is_a_notice_and_comes_back_by_itself(box: Box) -> None:
    call_in(box)
    box.people(sim.Driver("go"))
    box.wait_leg("ended", line=1)
    until_notices(box, {("no-line-hardware", "lines")})
    assert all(one.state == "down" for one in box.ask("callproc", callproc.ShowLines()))
    box.people(sim.Driver("come", (6,)))
    until_notices(box, {("port-missing", "port 6")})
    box.people(sim.Driver("come"))
    until_notices(box, set())
    box.people(sim.Hang(1))
    call_in(box)
    hang(box)


def test_after_a_card_swap_every_telephone_is_still_itself(box: Box) -> None:
    box.people(sim.Driver("renumber"))
    box.wait_line_up(2)
    box.lift_and_dial(1, "102")
    box.wait_front(sim.BellRings(2, (1000, 4000)))
    hang(box)
    assert box.wait_record().caller == "101"


def test_the_power_is_cut_and_comes_back(box: Box) -> None:
    call_in(box)
    life = os.pidfd_open(box.pid("callproc"))
    box.people(sim.CutPower())
    assert select.select([life], [], [], PATIENCE)[0]
    os.close(life)
    for process in ("callproc", "sysd", "jobs"):
        box.comes_back(process)
    until_line(box, 2, "idle")
    view: Any = box.ask("sysd", hardware.ShowHardware())
    assert len(view.ports) in (0, 8)
    box.people(sim.Hang(1))
    call_in(box)
    hang(box)
