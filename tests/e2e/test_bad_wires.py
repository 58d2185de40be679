"""What a user of the whole box hears and sees when the wires themselves are at fault.

Swapped, noisy, ringing in a pattern of their own.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import pytest

from hal.sim import messages as sim
from tests.doubles.ear import hears, silent
from tests.e2e.box import Box

CADENCE = (1000, 4000)


@pytest.fixture(autouse=True)
def mended(box: Box) -> Iterator[None]:
    for process in ("callproc", "sim", "jobs"):
        box.look_anew(process)
    yield
    for port in (1, 2, 5):
        box.people(sim.SetFault(port, "none"))
    front: sim.Front = box.people(sim.Show())
    for port_state in front.ports:
        if port_state.lifted and port_state.kind == "fxs":
            box.people(sim.Hang(port_state.line))


def talk(box: Box) -> None:
    """101 and 102, both silent."""
    box.lift_and_dial(1, "102")
    box.wait_front(sim.BellRings(2, CADENCE))
    box.people(sim.Lift(2))
    box.wait_leg("up", line=2)


def loudness(samples: Sequence[int]) -> float:
    return math.sqrt(sum(sample * sample for sample in samples) / len(samples))


def test_swapped_cables_are_seen_in_the_record(box: Box) -> None:
    """The call of line 5 comes in on port 6: the record names the port that it really used."""
    box.people(sim.Swap(5, 6))
    box.people(sim.RingIn(5, "13800001111"))
    box.wait_front(sim.BellRings(1, CADENCE))
    box.people(sim.Lift(1))
    box.wait_leg("up", line=6)
    box.people(sim.Hang(1))
    record = box.wait_record()
    box.front.until(lambda it: isinstance(it, sim.Released))
    box.people(sim.Swap(5, 6))
    assert (record.line, record.caller) == (6, "13800001111")


def test_noise_of_one_line_is_in_the_ear_of_the_other(box: Box) -> None:
    talk(box)
    assert silent(box.hear(2, 600)[2400:])
    box.people(sim.SetFault(1, "noise"))
    noisy = box.hear(2, 1200)[4800:]
    assert loudness(noisy) > 100
    assert not hears(noisy, 1000)
    box.people(sim.SetFault(1, "none"))
    assert silent(box.hear(2, 1200)[4800:])


def test_a_distinctive_ring_is_one_call(box: Box) -> None:
    box.people(sim.SetFault(5, "distinctive-ring"))
    box.people(sim.RingIn(5, "13800001111"))
    box.wait_front(sim.BellRings(1, CADENCE))
    for _ in range(4):
        box.wait_front(sim.RingBurst(1, True))
    box.people(sim.Lift(1))
    box.wait_leg("up", line=5)
    box.people(sim.Drop(5))
    box.people(sim.Hang(1))
    record = box.wait_record()
    assert (record.type, record.caller, record.final) == ("incoming", "13800001111", "101")
