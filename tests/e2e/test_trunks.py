"""Carriers: another box is the carrier, so both ends of every trunk are real.

The carrier lives on 127.0.0.2.  The box signs in there as its extension 301; what the carrier's
people dial to reach 301 comes back in over the trunk.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from firmware.api import callproc
from firmware.core.telephones import Trunk
from hal.sim import messages as sim
from tests.doubles.driver import Phone
from tests.doubles.ear import hears
from tests.e2e.box import free_port
from tests.e2e.proofs import nothing_is_left
from tests.e2e.sipbox import SipBox, password, sip_box, site_of

HOST = "127.0.0.2"
DEAD = "carrier.example.invalid"


@pytest.fixture(scope="module")
def carrier() -> Iterator[SipBox]:
    with sip_box(site_of("301", "302", "303"), addresses=(f"{HOST}:{free_port()}",)) as running:
        yield running


@pytest.fixture(scope="module")
def box(carrier: SipBox) -> Iterator[SipBox]:
    port = int(carrier.address.rpartition(":")[2])
    trunks = (
        Trunk("good", "register", HOST, port, user="301"),
        Trunk("wrong", "register", HOST, port, user="303"),
        Trunk("dead name", "register", DEAD, user="9"),
        Trunk("dead peer", "peer", "127.0.0.3", 9, transport="tcp"),
    )
    secrets = {"good": password("301"), "wrong": "guess", "dead name": "x"}
    with sip_box(site_of("201", trunks=trunks), trunk_secrets=secrets) as running:
        yield running


def wait_trunk(box: SipBox, name: str, up: bool) -> str:
    """Until it is so; says why."""
    for view in box.ask("callproc", callproc.ShowTrunks()):
        if view.name == name and view.up == up and view.why != "not signed in yet":
            return view.why
    news = box.news.until(
        lambda it: isinstance(it, callproc.TrunkNews) and (it.name, it.up) == (name, up)
    )
    return str(news.why)


def test_each_carrier_says_how_it_is(box: SipBox) -> None:
    wait_trunk(box, "good", up=True)
    assert "401" in wait_trunk(box, "wrong", up=False)
    wait_trunk(box, "dead name", up=False)
    wait_trunk(box, "dead peer", up=False)


def test_a_call_that_comes_in_rings_the_attendant_and_both_hear_each_other(
    box: SipBox, carrier: SipBox
) -> None:
    wait_trunk(box, "good", up=True)
    with Phone("302", password("302"), carrier.address, address=HOST) as outside:
        assert outside.register() == 200
        outside.tell("tone", hz=1000)
        outside.tell("call", number="301")
        box.wait_front(sim.BellRings(1, (1000, 4000)))
        box.people(sim.Lift(1))
        outside.wait("up")
        box.people(sim.Hum(1, 440))
        assert hears(box.hear(1, 1500)[4000:], 1000)
        assert hears(outside.hear(1500)[4000:], 440)
        box.people(sim.Hang(1))
        outside.wait("ended")
    record = box.wait_record()
    assert (record.type, record.caller, record.final) == ("incoming", "302", "101")
    nothing_is_left(box)
