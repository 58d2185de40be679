"""Each fault at the real simulator: what the box's driver is told, and what goes over the wires.

What a user of the whole box hears and sees of them is in `tests/e2e/test_line_faults.py`.
"""

from __future__ import annotations

from typing import Any

import pytest

from firmware.wire.frames import Ask, Refused
from hal.api import Fault, LineDown, LineUp, OffHook, OnHook, Polarity, Ring
from hal.battery import DEAD
from hal.sim.dtmf import press
from hal.sim.faults import FAULTS
from hal.sim.handset_port import SHORT
from hal.sim.messages import (
    Answer,
    Answered,
    BatteryTurned,
    BellRings,
    Cut,
    Driver,
    Drop,
    FromCard,
    Hum,
    Lift,
    Mend,
    Module,
    NumberDialed,
    NumberRefused,
    RingBurst,
    RingIn,
    Seized,
    SetFault,
    SetPort,
    Swap,
    WaitIn,
)
from hal.sim.sound import frames, loudness, tone_frames, tone_level
from tests.hal.simbox import Box, Eyes, Wire
from tests.hal.simbox import Driver as Callproc

CALLER = "075583587106"
LINES = range(1, 9)


def outside_call(box: Box, callproc: Callproc, eyes: Eyes, line: int = 5) -> Wire:
    """An outside call, answered by the far end."""
    callproc.lines.hook(line, True)
    eyes.wait(Seized(line))
    wire = callproc.audio(line)
    wire.talk(frames(b"".join(map(press, "10086#"))))
    eyes.wait(NumberDialed(line, "10086"))
    box.ask(Answer(line))
    eyes.wait(Answered(line))
    return wire


# -- 26: how the far end says that it has gone -----------------------------------------------------
@pytest.mark.req("FXO-X2")
@pytest.mark.parametrize("fault", ["drop-90", "drop-200", "drop-600"])
def test_a_current_drop_is_a_hang_up(box: Box, driver: Callproc, eyes: Eyes, fault: str) -> None:
    box.ask(SetFault(5, fault))
    outside_call(box, driver, eyes)
    box.ask(Drop(5))
    assert driver.until(OnHook(5)) == [OnHook(5)]


@pytest.mark.parametrize(
    ("fault", "hz", "level"),
    [("no-disconnect", 450, -90.0), ("busy-tone-only", 450, -13.0), ("odd-busy-tone", 330, -14.5)],
)
def test_without_a_drop_there_is_at_best_a_tone(
    box: Box, driver: Callproc, eyes: Eyes, fault: str, hz: int, level: float
) -> None:
    box.ask(SetFault(5, fault))
    wire = outside_call(box, driver, eyes)
    box.ask(Drop(5))
    heard = wire.listen(4200)
    assert tone_level(heard, hz) == pytest.approx(level, abs=1.0)
    assert driver.lines.events() == []


@pytest.mark.req("FXO-07")
def test_polarity_turns_at_answer_and_at_hang_up(box: Box, driver: Callproc, eyes: Eyes) -> None:
    box.ask(SetFault(5, "reversal"))
    box.ask(SetPort(5, {"hangup_cut": "0"}))
    outside_call(box, driver, eyes)
    eyes_turned = driver.until(Polarity(5, True))
    assert eyes_turned == [Polarity(5, True)]
    box.ask(Drop(5))
    assert driver.until(Polarity(5, False)) == [Polarity(5, False)]


# -- 27: at the wrong moment, on the wrong line ----------------------------------------------------
def test_glare_connects_the_box_with_a_stranger(box: Box, driver: Callproc, eyes: Eyes) -> None:
    box.ask(SetFault(5, "glare"))
    driver.lines.hook(5, True)
    eyes.wait(Answered(5))
    box.ask(Hum(5, 1000))
    assert tone_level(driver.audio(5).listen(1000), 1000) > -12, "no dial tone, but somebody"
    assert box.port(5).caller == "13800000000"


def test_ringing_voltage_on_a_line_in_use(box: Box, driver: Callproc, eyes: Eyes) -> None:
    wire = outside_call(box, driver, eyes)
    box.ask(RingIn(5, CALLER, anyway=True))
    assert tone_level(wire.listen(600), 25) > -3
    assert driver.lines.events() == []


def test_a_cable_pulled_out_in_a_call(box: Box, driver: Callproc, eyes: Eyes) -> None:
    outside_call(box, driver, eyes)
    box.ask(Cut(5))
    assert driver.until(LineDown(5, DEAD)) == [OnHook(5), LineDown(5, DEAD)]
    box.ask(Mend(5))
    assert driver.until(LineUp(5)) == [LineUp(5)]


def test_swapped_cables_ring_on_each_others_port(box: Box, driver: Callproc) -> None:
    box.ask(Swap(5, 6))
    box.ask(RingIn(5, CALLER))
    assert driver.until(Ring(6, CALLER)) == [Ring(6, CALLER)]
    assert (box.port(6).plugged, box.port(5).plugged) == (5, 6)
    with pytest.raises(Refused, match="idle"):
        box.ask(Swap(5, 6))


def test_battery_but_no_dial_tone(box: Box, driver: Callproc, eyes: Eyes) -> None:
    box.ask(SetFault(5, "no-dial-tone"))
    driver.lines.hook(5, True)
    eyes.wait(Seized(5))
    assert loudness(driver.audio(5).listen(500)) < -80


# -- 29: handsets ----------------------------------------------------------------------------------
def test_a_short_circuit_takes_the_port_down(box: Box, driver: Callproc) -> None:
    box.ask(SetFault(1, "short"))
    assert driver.until(LineDown(1, SHORT)) == [LineDown(1, SHORT)]
    with pytest.raises(Refused, match="touch"):
        box.ask(Lift(1))
    box.ask(SetFault(1, "none"))
    assert driver.until(LineUp(1)) == [LineUp(1)]


def test_five_bells_ring_and_twelve_do_not(box: Box, driver: Callproc, eyes: Eyes) -> None:
    box.ask(SetFault(1, "five-bells"))
    driver.lines.ring(1, (1000, 4000))
    eyes.wait(BellRings(1, (1000, 4000)))
    assert 50 < box.port(1).volts < 60
    box.ask(SetFault(2, "too-many-bells"))
    driver.lines.ring(2, (1000, 4000))
    (fault,) = driver.until(Fault(2, "the ringing voltage falls to 33.2 V: 12 bells are too many"))
    assert isinstance(fault, Fault)
    assert box.port(2).state == "on-hook"


def test_the_bell_gets_bursts(driver: Callproc, eyes: Eyes) -> None:
    driver.lines.ring(1, (100, 150))
    wanted = [RingBurst(1, on) for on in (True, False, True, False)]
    for burst in wanted:
        assert eyes.wait(lambda news: isinstance(news, RingBurst)) == burst


def test_the_box_says_that_the_far_end_left_or_answered(driver: Callproc, eyes: Eyes) -> None:
    driver.lines.reverse(1, True)
    eyes.wait(BatteryTurned(1, True))
    driver.lines.cut(1, 300)
    eyes.wait(lambda news: getattr(news, "ms", 0) == 300)


# -- 30: sound -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("fault", "hz", "level"),
    [("echo", 1000, -16.0), ("long-echo", 1000, -22.0), ("hum", 50, -20.0)],
)
def test_what_the_box_hears_of_a_bad_line(
    box: Box, driver: Callproc, eyes: Eyes, fault: str, hz: int, level: float
) -> None:
    box.ask(SetFault(5, fault))
    wire = outside_call(box, driver, eyes)
    heard = wire.talk(tone_frames(1000))
    assert tone_level(heard[3200:], hz) == pytest.approx(level, abs=0.5)


@pytest.mark.parametrize(("fault", "level"), [("quiet", -28.0), ("loud", -4.0)])
def test_a_line_that_is_too_quiet_or_too_loud(
    box: Box, driver: Callproc, eyes: Eyes, fault: str, level: float
) -> None:
    wire = outside_call(box, driver, eyes)
    box.ask(SetFault(5, fault))
    box.ask(Hum(5, 440))
    assert tone_level(wire.listen(1000)[3200:], 440) == pytest.approx(level, abs=0.3)


def test_no_echo_can_be_heard_without_a_fault(box: Box, driver: Callproc, eyes: Eyes) -> None:
    wire = outside_call(box, driver, eyes)
    assert loudness(wire.talk(tone_frames(1000))) < -80


# -- 31: the card and its driver -------------------------------------------------------------------
@pytest.mark.req("HWD-04")
def test_the_driver_goes_and_comes_back(box: Box, driver: Callproc) -> None:
    box.ask(Driver("go"))
    why = "the driver of the card is not loaded"
    gone = [LineDown(line, why) for line in LINES]
    assert driver.until(*gone) == gone
    box.ask(Driver("come"))
    assert driver.until(*map(LineUp, LINES)) == list(map(LineUp, LINES))
    box.ask(Lift(1))
    assert driver.until(OffHook(1)) == [OffHook(1)]


def test_a_missing_span_takes_only_its_ports(box: Box, driver: Callproc) -> None:
    box.ask(Driver("come", (5, 6, 7, 8)))
    driver.until(*map(LineUp, range(1, 5)))
    assert [port.up for port in driver.lines.describe()] == [True] * 4 + [False] * 4
    box.ask(Driver("come"))
    driver.until(*map(LineUp, LINES))


def test_ports_stay_where_they_are_printed(box: Box, driver: Callproc, eyes: Eyes) -> None:
    """The driver numbers its channels the other way round: every port is still itself."""
    box.ask(Driver("renumber"))
    driver.until(*map(LineUp, LINES))
    box.ask(Lift(1))
    assert driver.until(OffHook(1)) == [OffHook(1)]
    assert eyes.wait(lambda news: isinstance(news, FromCard) and news.event == OffHook(8))
    box.ask(RingIn(7, CALLER))
    assert driver.until(Ring(7, CALLER)) == [Ring(7, CALLER)]
    driver.lines.ring(2, (1000, 4000))
    eyes.wait(BellRings(2, (1000, 4000)))
    wire = driver.audio(1)
    box.ask(Hum(1, 440))
    assert tone_level(wire.listen(500), 440) > -11


@pytest.mark.req("HWD-03")
def test_another_module_is_found_as_what_it_is(box: Box, driver: Callproc) -> None:
    box.ask(Module(4, "fxo"))
    driver.until(*map(LineUp, LINES))
    assert driver.lines.describe()[3].kind == "fxo"
    driver.lines.hook(4, True)
    box.ask(Module(4, "none"))
    driver.wait(lambda: driver.lines.describe()[7].up and not driver.lines.describe()[3].up)


# -- the commands behind them ----------------------------------------------------------------------
@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_can_be_made_and_undone(shared_box: Box, fault: str) -> None:
    line = 1 if FAULTS[fault].kind == "fxs" else 5
    before = shared_box.ask(SetPort(line))
    settings = shared_box.ask(SetFault(line, fault))
    assert settings != before or fault == "drop-600", "which is how most lines are anyway"
    assert shared_box.ask(SetFault(line, "none")) == before


BAD: list[tuple[Ask[Any], str]] = [
    (SetFault(5, "gremlins"), "no-fault"),
    (SetFault(1, "glare"), "wrong-kind"),
    (SetFault(5, "short"), "wrong-kind"),
    (SetPort(5, {"colour": "red"}), "no-setting"),
    (SetPort(5, {"level": "loud"}), "bad-setting"),
    (SetPort(5, {"level": "99"}), "bad-setting"),
    (SetPort(5, {"country": "zz"}), "bad-setting"),
    (SetPort(5, {"busy": "zz"}), "bad-setting"),
    (SetPort(1, {"country": "us"}), "no-setting"),
    (SetPort(1, {"short": "perhaps"}), "bad-setting"),
    (Swap(1, 5), "wrong-kind"),
    (Module(99, "fxs"), "no-such-line"),
    (WaitIn(5), "not-now"),
]


@pytest.mark.parametrize(("question", "code"), BAD)
def test_what_cannot_be_set_is_refused(shared_box: Box, question: Ask[Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        shared_box.ask(question)
    assert refused.value.code == code


@pytest.mark.parametrize(("called", "hz"), [("busy", 450), ("vacant", 450), ("congestion", 450)])
def test_a_number_may_be_refused(
    box: Box, driver: Callproc, eyes: Eyes, called: str, hz: int
) -> None:
    box.ask(SetPort(5, {"called": called}))
    driver.lines.hook(5, True)
    eyes.wait(Seized(5))
    wire = driver.audio(5)
    wire.talk(frames(b"".join(map(press, "10086#"))))
    eyes.wait(NumberRefused(5, "10086", called))
    assert tone_level(wire.listen(2000), hz) > -16


@pytest.mark.parametrize(
    ("country", "pair"), [("us", (350, 440)), ("gb", (350, 440)), ("fr", (440, 440))]
)
def test_the_company_may_be_of_any_country(
    box: Box, driver: Callproc, eyes: Eyes, country: str, pair: tuple[int, int]
) -> None:
    box.ask(SetPort(5, {"country": country}))
    driver.lines.hook(5, True)
    eyes.wait(Seized(5))
    heard = driver.audio(5).listen(1000)
    assert all(tone_level(heard, hz) > -17 for hz in pair)
    assert tone_level(heard, 450) < -20
