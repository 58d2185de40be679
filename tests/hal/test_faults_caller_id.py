"""Fault 28 at the real simulator: caller ID on the wire, whole and damaged, and what shows it."""

from __future__ import annotations

import pytest

from hal.api import OffHook, Ring, RingEnd
from hal.sim.caller_id import Caller, Reader
from hal.sim.fsk import Receiver
from hal.sim.messages import (
    CallerShown,
    CallerUnreadable,
    Drop,
    Lift,
    RingIn,
    SetFault,
    SetPort,
    WaitIn,
    WaitingCallTold,
)
from hal.sim.sound import FRAME_MS
from tests.hal.simbox import Box, Eyes
from tests.hal.simbox import Driver as Callproc
from tests.hal.test_faults import CALLER, outside_call


def overheard(box: Box, driver: Callproc, line: int, standard: str) -> list[Caller]:
    """The box listens on the hook from the first ring on, and hears what the wire carries."""
    wire, reader = driver.audio(line), Reader()
    modem = Receiver("v23" if standard == "fsk-etsi" else "bell202")
    box.ask(SetPort(line, {"card_tells": "no"}))
    box.ask(RingIn(line, CALLER, "Zhang"))
    found: list[Caller] = []
    ticks = driver.loop
    end = 4000 // FRAME_MS

    def tick() -> None:
        nonlocal end
        found.extend(reader.take(modem.hear(wire.tick())))
        end -= 1
        if end and not found:
            ticks.after(FRAME_MS / 1000, tick)
        else:
            ticks.stop()

    ticks.after(0, tick)
    ticks.run()
    return found


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"caller_id": "fsk-etsi", "caller_id_when": "reversal"},
        {"caller_id": "fsk-etsi", "caller_id_when": "ring-pulse"},
        {"caller_id_when": "first"},
    ],
)
def test_the_wire_carries_the_caller(box: Box, driver: Callproc, settings: dict[str, str]) -> None:
    box.ask(SetPort(6, settings))
    (found,) = overheard(box, driver, 6, settings.get("caller_id", "fsk"))
    assert (found.number, found.name) == (CALLER, "Zhang")
    rings = [event for event in driver.lines.events() if isinstance(event, Ring)]
    assert all(not ring.caller for ring in rings), "the card told nothing"


@pytest.mark.parametrize("fault", ["cid-truncated", "cid-damaged", "cid-in-ring"])
def test_a_damaged_caller_id_is_unreadable(box: Box, driver: Callproc, fault: str) -> None:
    box.ask(SetFault(6, fault))
    box.ask(SetPort(6, {"ringing": "400,600"}))
    assert overheard(box, driver, 6, "fsk") == []


def test_a_distinctive_ring_is_one_call(box: Box, driver: Callproc) -> None:
    box.ask(SetFault(6, "distinctive-ring"))
    box.ask(SetPort(6, {"caller_id": "none"}))
    box.ask(RingIn(6, CALLER))
    assert driver.until(Ring(6, CALLER)) == [Ring(6, CALLER)]
    box.ask(Drop(6))
    assert driver.until(RingEnd(6)) == [RingEnd(6)]


@pytest.mark.req("FXS-02")
def test_a_telephone_shows_what_the_outside_line_carried(
    box: Box, driver: Callproc, eyes: Eyes
) -> None:
    """The sound of the outside line, played to a telephone on its hook, as a box passes it on."""
    outside, handset = driver.audio(6), driver.audio(1)
    box.ask(SetPort(6, {"caller_id_when": "first"}))
    box.ask(RingIn(6, CALLER, "Zhang"))
    driver.loop.after(0.3, driver.loop.stop)
    driver.loop.run()
    for _ in range(100):
        handset.tick(outside.tick())
    shown = eyes.wait(lambda news: isinstance(news, CallerShown))
    assert isinstance(shown, CallerShown)
    assert (shown.line, shown.number, shown.name) == (1, CALLER, "Zhang")
    assert box.port(1).shown == f"{CALLER} Zhang"


def test_a_telephone_notices_what_it_cannot_show(box: Box, driver: Callproc, eyes: Eyes) -> None:
    outside, handset = driver.audio(6), driver.audio(1)
    box.ask(SetPort(6, {"caller_id_when": "first", "caller_id_damage": "checksum"}))
    box.ask(RingIn(6, CALLER))
    driver.loop.after(0.3, driver.loop.stop)
    driver.loop.run()
    for _ in range(100):
        handset.tick(outside.tick())
    eyes.wait(CallerUnreadable(1))


def test_who_waits_is_shown_in_a_call(box: Box, driver: Callproc, eyes: Eyes) -> None:
    """Alerting tones down the line, the telephone's D up, caller ID down: all of it sound."""
    outside = outside_call(box, driver, eyes, 6)
    box.ask(Lift(1))
    driver.until(OffHook(1))
    handset = driver.audio(1)
    box.ask(WaitIn(6, "13800001111", "Li"))
    up = down = bytes(320)
    for _ in range(100):
        up, down = handset.tick(down), outside.tick(up)
    eyes.wait(WaitingCallTold(6))
    shown = eyes.wait(lambda news: isinstance(news, CallerShown))
    assert isinstance(shown, CallerShown)
    assert (shown.number, shown.name) == ("13800001111", "Li")
