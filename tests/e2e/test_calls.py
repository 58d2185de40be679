"""The six calls of the first slice on the real box: audio both ways, hang-up by either side."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from firmware.core.record import CallRecord
from hal.sim import messages as sim
from tests.doubles.driver import Phone
from tests.doubles.ear import hears
from tests.e2e.box import Box
from tests.e2e.proofs import (
    line_and_phone_hear_each_other,
    lines_hear_each_other,
    nothing_is_left,
    phones_hear_each_other,
)

SIDES = ["caller hangs up", "called hangs up"]


@pytest.fixture
def office(box: Box) -> Iterator[Phone]:
    with box.phone("201") as phone:
        assert phone.register() == 200
        yield phone


@pytest.fixture
def mobile(box: Box) -> Iterator[Phone]:
    with box.phone("202") as phone:
        assert phone.register() == 200
        yield phone


def check(record: CallRecord, kind: str, caller: str, called: str, final: str) -> None:
    found = (record.type, record.caller, record.called, record.final, record.cause)
    assert found == (kind, caller, called, final, "normal")
    assert record.started <= record.answered <= record.ended
    assert record.trail[-1].verdict == "taken"
    assert len(record.legs) == 2


def hang_both(box: Box, first: int, second: int) -> None:
    """The one who stays hears busy tone until he hangs up too."""
    box.people(sim.Hang(first))
    box.wait_leg("tone", line=second)
    assert hears(box.hear(second, 800), 450, share=0.2), "no busy tone"
    box.people(sim.Hang(second))
    box.wait_leg("ended", line=second)


@pytest.mark.req("TON-02", "CDR-04", "CDR-07")
@pytest.mark.parametrize("side", SIDES)
def test_handset_to_handset(box: Box, side: str) -> None:
    box.people(sim.Lift(1))
    assert hears(box.hear(1)[1600:], 450), "no dial tone"
    box.people(sim.Dial(1, "102"))
    box.wait_front(sim.BellRings(2, (1000, 4000)))
    assert hears(box.hear(1, 5000), 450, share=0.1), "no ringback tone"
    box.people(sim.Lift(2))
    box.wait_leg("up", line=2)
    lines_hear_each_other(box, 1, 2)
    hang_both(box, *((1, 2) if side == SIDES[0] else (2, 1)))
    check(box.wait_record(), "internal", "101", "102", "102")
    nothing_is_left(box)


@pytest.mark.req("TON-02")
@pytest.mark.parametrize("side", SIDES)
def test_handset_to_phone(box: Box, office: Phone, side: str) -> None:
    box.lift_and_dial(1, "201")
    assert "Reception" in office.wait("incoming")["caller"]
    office.tell("answer")
    office.wait("up")
    line_and_phone_hear_each_other(box, 1, office)
    if side == SIDES[0]:
        box.people(sim.Hang(1))
        office.wait("ended")
    else:
        office.tell("hang")
        box.wait_leg("tone", line=1)
        box.people(sim.Hang(1))
    check(box.wait_record(), "internal", "101", "201", "201")
    box.wait_leg("ended", line=1)
    nothing_is_left(box)


@pytest.mark.req("TON-02")
@pytest.mark.parametrize("side", SIDES)
def test_phone_to_handset(box: Box, office: Phone, side: str) -> None:
    office.tell("call", number="101")
    assert office.wait("ringing")["code"] == 180
    box.wait_front(sim.BellRings(1, (1000, 4000)))
    box.people(sim.Lift(1))
    office.wait("up")
    line_and_phone_hear_each_other(box, 1, office)
    if side == SIDES[0]:
        office.tell("hang")
        box.wait_leg("tone", line=1)
        box.people(sim.Hang(1))
    else:
        box.people(sim.Hang(1))
        office.wait("ended")
    check(box.wait_record(), "internal", "201", "101", "101")
    box.wait_leg("ended", line=1)
    nothing_is_left(box)


@pytest.mark.req("TON-02")
@pytest.mark.parametrize("side", SIDES)
def test_phone_to_phone(box: Box, office: Phone, mobile: Phone, side: str) -> None:
    office.tell("call", number="202")
    assert "Office" in mobile.wait("incoming")["caller"]
    mobile.tell("answer")
    office.wait("up")
    phones_hear_each_other(office, mobile)
    leaves, stays = (office, mobile) if side == SIDES[0] else (mobile, office)
    leaves.tell("hang")
    stays.wait("ended")
    check(box.wait_record(), "internal", "201", "202", "202")
    nothing_is_left(box)


@pytest.mark.req("FC-44", "FXO-08")
@pytest.mark.parametrize("side", SIDES)
def test_handset_to_outside(box: Box, side: str) -> None:
    box.people(sim.Lift(1))
    box.people(sim.Dial(1, "9"))
    assert hears(box.hear(1)[3200:], 450), "no second dial tone"
    box.people(sim.Dial(1, "83587106#"))
    box.wait_front(sim.Seized(5))
    box.wait_front(sim.NumberDialed(5, "83587106"))  # decoded from the audio on the line
    assert hears(box.hear(1, 5000), 450, share=0.1), "the line's own ringback is not heard"
    box.people(sim.Answer(5))
    lines_hear_each_other(box, 1, 5)
    box.wait_leg("up", line=5)  # "early" until it counts as answered
    if side == SIDES[0]:
        box.people(sim.Hang(1))
        box.wait_front(sim.Released(5))
    else:
        box.people(sim.Drop(5))
        box.wait_leg("tone", line=1)
        box.people(sim.Hang(1))
    record = box.wait_record()
    assert (record.type, record.called, record.line) == ("outgoing", "83587106", 5)
    assert record.final == "83587106", "the call was not counted as answered"
    box.wait_leg("ended", line=1)
    nothing_is_left(box)


@pytest.mark.parametrize("side", SIDES)
def test_outside_to_attendant(box: Box, side: str) -> None:
    box.people(sim.RingIn(5, "13800001111"))
    box.wait_front(sim.BellRings(1, (1000, 4000)))
    box.people(sim.Lift(1))
    box.wait_front(sim.Seized(5))
    lines_hear_each_other(box, 1, 5)
    if side == SIDES[0]:
        box.people(sim.Drop(5))
        box.wait_leg("tone", line=1)
        box.people(sim.Hang(1))
    else:
        box.people(sim.Hang(1))
        box.wait_front(sim.Released(5))
    check(box.wait_record(), "incoming", "13800001111", "83587106", "101")
    box.wait_leg("ended", line=1)
    nothing_is_left(box)
