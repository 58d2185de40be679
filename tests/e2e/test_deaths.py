"""kill -9 of any process: it comes back by itself, the others live on, the next call works."""

from __future__ import annotations

import os
import select

import pytest

from firmware.api import jobs
from hal.sim import messages as sim
from tests.doubles.ear import hears
from tests.e2e.box import PATIENCE, Box, running_box
from tests.e2e.proofs import lines_hear_each_other, nothing_is_left


def call_works(box: Box) -> None:
    box.lift_and_dial(1, "102")
    box.wait_front(sim.BellRings(2, (1000, 4000)))
    box.people(sim.Lift(2))
    lines_hear_each_other(box, 1, 2)
    box.people(sim.Hang(1))
    box.people(sim.Hang(2))
    box.wait_leg("ended", line=2)
    record = box.wait_record()
    assert (record.caller, record.final, record.cause) == ("101", "102", "normal")


@pytest.mark.parametrize("name", ["sysd", "jobs"])
def test_calls_go_on_without(box: Box, name: str) -> None:
    """A call in progress does not notice, and its record is kept."""
    box.lift_and_dial(1, "102")
    box.wait_front(sim.BellRings(2, (1000, 4000)))
    box.people(sim.Lift(2))
    box.wait_leg("up", line=2)
    box.kill(name)
    lines_hear_each_other(box, 1, 2)
    box.people(sim.Hang(1))
    box.people(sim.Hang(2))
    box.comes_back(name)
    if name == "jobs":  # its feed tells what it finds in the spool, or has it already in the base
        assert box.ask("jobs", jobs.ListCalls(limit=1)).calls[0].final == "102"
    else:
        assert box.wait_record().final == "102"
    box.wait_leg("ended", line=2)
    call_works(box)
    nothing_is_left(box)


def test_callproc_comes_back(box: Box) -> None:
    """Live calls die with it; handsets have dial tone again and phones are still registered."""
    with box.phone("201") as phone:
        assert phone.register() == 200
        box.lift_and_dial(1, "102")
        box.wait_front(sim.BellRings(2, (1000, 4000)))
        box.kill("callproc")
        box.comes_back("callproc")
        assert hears(box.hear(1)[3200:], 450), "the lifted handset has no dial tone"
        box.people(sim.Hang(1))
        box.wait_leg("ended", line=1)
        call_works(box)
        box.lift_and_dial(1, "201")
        phone.wait("incoming")  # found without having registered again
        box.people(sim.Hang(1))
        phone.wait("ended")
        box.wait_leg("ended", line=1)
        assert box.wait_record().cause == "canceled"
    nothing_is_left(box)


def test_lines_come_back_with_their_card(box: Box) -> None:
    """The simulated card dies: the call ends, its lines are down; they come up by themselves."""
    box.lift_and_dial(1, "102")
    box.wait_front(sim.BellRings(2, (1000, 4000)))
    box.kill("sim")
    box.wait_leg("ended", line=1)
    assert box.wait_record().cause == "canceled"
    box.comes_back("sim")
    for line in range(1, 9):
        box.wait_line_up(line)
    call_works(box)
    nothing_is_left(box)


def test_everything_dies_with_its_supervisor() -> None:
    """kill -9 of the supervisor leaves no process behind."""
    with running_box() as box:
        children = [os.pidfd_open(box.pid(name)) for name in ("sim", "sysd", "jobs", "callproc")]
        box.kill_supervisor()
        for child in children:
            assert select.select([child], [], [], PATIENCE)[0], "an orphan lives on"
            os.close(child)
