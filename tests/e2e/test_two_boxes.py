"""Two boxes call each other through their simulated lines.

The outside line 5 of box A is a cable into handset port 1 of box B.  So a call out of A over line 5
is somebody lifting telephone 101 of B, and a call to 101 of B rings in on A's line 5.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hal.sim import messages as sim
from hal.sim import patch
from tests.doubles.ear import hears
from tests.e2e.box import Box, running_box
from tests.e2e.proofs import HIGH, LOW

CALLING, ANSWERING = 5, 1


@pytest.fixture(scope="module")
def boxes() -> Iterator[tuple[Box, Box]]:
    with running_box() as one, running_box() as other:
        socket = str(other.run / patch.SOCKET)
        one.people(sim.Patch(CALLING, socket, ANSWERING))
        yield one, other


def hear_each_other(one: Box, other: Box, here: int, there: int) -> None:
    one.people(sim.Hum(here, LOW))
    other.people(sim.Hum(there, HIGH))
    assert hears(one.hear(here, 1500)[3200:], HIGH), "the other box is not heard"
    assert hears(other.hear(there, 1500)[3200:], LOW), "this box is not heard over there"


@pytest.mark.req("HWD-X1")
def test_a_call_out_of_one_box_is_a_lifted_telephone_of_the_other(boxes: tuple[Box, Box]) -> None:
    """The other box gives dial tone, takes the digits, and rings its own 102."""
    one, other = boxes
    one.people(sim.Lift(1))
    one.people(sim.Dial(1, "9102#"))
    other.wait_front(sim.HookMoved(ANSWERING, True))
    other.wait_front(sim.BellRings(2, (1000, 4000)))
    other.people(sim.Lift(2))
    hear_each_other(one, other, 1, 2)
    one.people(sim.Hang(1))
    other.wait_front(sim.HookMoved(ANSWERING, False))
    other.wait_leg("tone", line=2)
    other.people(sim.Hang(2))
    record = other.wait_record()
    assert (record.caller, record.called, record.final) == ("101", "102", "102")
    outside = one.wait_record()
    assert (outside.type, outside.called, outside.line) == ("outgoing", "102", CALLING)


def test_a_call_to_that_telephone_rings_in_on_the_line(boxes: tuple[Box, Box]) -> None:
    one, other = boxes
    other.lift_and_dial(2, "101")
    one.wait_front(sim.BellRings(1, (1000, 4000)))
    one.people(sim.Lift(1))
    other.wait_leg("up", line=ANSWERING)
    hear_each_other(one, other, 1, 2)
    one.people(sim.Hang(1))
    other.wait_leg("tone", line=2)
    other.people(sim.Hang(2))
    assert one.wait_record().type == "incoming"
    assert other.wait_record().final == "101"
