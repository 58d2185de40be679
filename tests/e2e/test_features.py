"""Calls beside calls on the real box: four handsets at once, and who hears whom is listened to.

Each handset hums a tone of its own; whoever hears it hears that handset.  The rows are those of
call handling in the CooVox plan.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from firmware.api import callproc, state
from firmware.wire.frames import Refused
from hal.sim import messages as sim
from tests.doubles.driver import Phone
from tests.doubles.ear import hears, level
from tests.e2e.box import Box, running_box
from tests.e2e.proofs import HIGH, LOW, line_and_phone_hear_each_other, nothing_is_left

HZ = {1: 600, 2: 1050, 3: 1800, 4: 2300}
LOUD = 250  # amplitude: far above what a mixer leaves of somebody who is not linked

HANDSETS = "".join(
    f"""
[[extension]]
number = "10{port}"
name = "Handset {port}"
port = {port}
monitored = {"true" if port in (1, 2) else "false"}
monitors = "{"all" if port == 3 else ""}"
"""
    for port in HZ
)
SITE = f"""
[site]
name = "Features"
country = "cn"
attendant = "101"
language = "en"
[diversion]
record_name = true
{HANDSETS}
[[extension]]
number = "201"
name = "Office"
password = "ring-for-1"
auto_answer = true
monitored = true
[[line]]
port = 5
name = "Line 1"
number = "83587106"
[[route]]
name = "Outside"
prefix = "9"
lines = [5]
[[department]]
name = "Hall"
number = "300"
members = ["102", "103"]
"""


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    with running_box(SITE) as running:
        yield running


@pytest.fixture(autouse=True)
def all_hang_up(box: Box) -> Iterator[None]:
    yield
    for line in lifted(box):
        box.people(sim.Hang(line))
    while not all(it.state in ("idle", "down") for it in box.ask("callproc", callproc.ShowLines())):
        box.wait_leg("ended")
    nothing_is_left(box)


def lifted(box: Box) -> list[int]:
    lines = {it.line for it in box.ask("callproc", callproc.ShowLines()) if it.state != "idle"}
    found = []
    for line in lines & HZ.keys():
        try:
            box.people(sim.Hum(line, HZ[line], level=-20))
        except Refused:
            continue  # it rings, but lies on its hook
        found.append(line)
    return found


def talk(box: Box, caller: int, called: int) -> None:
    box.lift_and_dial(caller, f"10{called}")
    box.wait_leg("ringing", line=called)
    box.people(sim.Lift(called))
    box.wait_leg("up", line=called)


def heard(box: Box) -> dict[int, set[int]]:
    """Who hears whom: everybody in whose hand a handset is hums, then every ear is asked."""
    present = lifted(box)
    box.hear(present[0], 300)  # let all tones come through
    found = {}
    for line in present:
        sound = box.hear(line, 400)
        found[line] = {other for other in HZ if other != line and level(sound, HZ[other]) > LOUD}
    return {line: others for line, others in found.items() if others}


@pytest.mark.req("XFR-03", "FXS-21")
def test_flash_toggles_and_hanging_up_transfers(box: Box) -> None:
    talk(box, 1, 2)
    box.people(sim.Tap(1))
    box.wait_leg("dialing", line=1)
    box.people(sim.Dial(1, "103"))
    box.wait_leg("ringing", line=3)
    box.people(sim.Lift(3))
    box.wait_leg("up", line=3)
    assert heard(box) == {1: {3}, 3: {1}}
    box.people(sim.Tap(1))
    box.wait_leg("up", line=1)
    assert heard(box) == {1: {2}, 2: {1}}
    box.people(sim.Hang(1))
    box.wait_leg("ended", line=1)
    assert heard(box) == {2: {3}, 3: {2}}


@pytest.mark.req("HLD-01", "PRK-01", "PRK-02", "PRK-06")
def test_a_parked_party_hears_music_and_is_fetched_from_another_telephone(box: Box) -> None:
    talk(box, 1, 2)
    box.people(sim.Dial(1, "*4#"))
    box.wait_leg("tone", line=1)
    assert max(map(abs, box.hear(2, 2000))) > LOUD, "no music"
    box.lift_and_dial(4, "41#")
    box.wait_leg("up", line=4)
    assert heard(box) == {2: {4}, 4: {2}}


@pytest.mark.req("XFR-01", "FC-07")
def test_blind_transfer_by_hash(box: Box) -> None:
    talk(box, 1, 2)
    box.people(sim.Dial(1, "#104#"))
    box.wait_leg("ringing", line=4)
    box.people(sim.Lift(4))
    box.wait_leg("up", line=4)
    assert heard(box) == {2: {4}, 4: {2}}


@pytest.mark.req("PKU-01", "PKU-05")
def test_pick_up(box: Box) -> None:
    box.lift_and_dial(1, "102")
    box.wait_leg("ringing", line=2)
    box.lift_and_dial(4, "**102#")
    box.wait_leg("up", line=4)
    assert heard(box) == {1: {4}, 4: {1}}


@pytest.mark.req("PKU-02")
def test_pick_up_in_the_own_department(box: Box) -> None:
    box.lift_and_dial(1, "102")
    box.wait_leg("ringing", line=2)
    box.lift_and_dial(3, "*8#")
    box.wait_leg("up", line=3)
    assert heard(box) == {1: {3}, 3: {1}}


@pytest.mark.req("SUP-02")
def test_the_monitor_hears_both_and_nobody_hears_the_monitor(box: Box) -> None:
    talk(box, 1, 2)
    box.lift_and_dial(3, "*90101#")
    box.wait_leg("up", line=3)
    assert heard(box) == {1: {2}, 2: {1}, 3: {1, 2}}
    box.people(sim.Hang(3))
    box.wait_leg("ended", line=3)
    assert heard(box) == {1: {2}, 2: {1}}


@pytest.mark.req("SUP-03")
def test_the_whisper_is_heard_by_one(box: Box) -> None:
    talk(box, 1, 2)
    box.lift_and_dial(3, "*91101#")
    box.wait_leg("up", line=3)
    assert heard(box) == {1: {2, 3}, 2: {1}, 3: {1, 2}}


@pytest.mark.req("SUP-04")
def test_barge_is_a_call_of_three(box: Box) -> None:
    talk(box, 1, 2)
    box.lift_and_dial(3, "*92102#")
    box.wait_leg("up", line=3)
    assert heard(box) == {1: {2, 3}, 2: {1, 3}, 3: {1, 2}}


@pytest.mark.req("TWC-01")
def test_three_way(box: Box) -> None:
    talk(box, 1, 2)
    box.people(sim.Dial(1, "*3"))
    box.wait_leg("dialing", line=1)
    box.people(sim.Dial(1, "104"))
    box.wait_leg("ringing", line=4)
    box.people(sim.Lift(4))
    box.wait_leg("up", line=4)
    assert heard(box) == {1: {2, 4}, 2: {1, 4}, 4: {1, 2}}


@pytest.mark.req("DEP-01", "DEP-02")
def test_a_department_rings_all_its_members(box: Box) -> None:
    box.lift_and_dial(1, "300#")
    box.wait_leg("ringing", line=2)
    box.wait_leg("ringing", line=3)
    box.people(sim.Lift(3))
    box.wait_leg("up", line=3)
    assert heard(box) == {1: {3}, 3: {1}}


@pytest.mark.req("TON-02")
def test_a_second_caller_knocks(box: Box) -> None:
    box.lift_and_dial(1, "*79#")
    box.wait_leg("tone", line=1)
    box.people(sim.Hang(1))
    box.wait_leg("ended", line=1)
    talk(box, 1, 2)
    box.lift_and_dial(4, "101")
    assert hears(box.hear(1, 5000), 450, share=0.05), "no knocking"
    box.people(sim.Tap(1))
    box.wait_leg("up", line=4)
    assert heard(box) == {1: {4}, 4: {1}}
    box.people(sim.Hang(1))
    box.wait_leg("ringing", line=1)
    box.people(sim.Lift(1))
    box.wait_leg("up", line=1)
    assert heard(box) == {1: {2}, 2: {1}}


@pytest.fixture
def office(box: Box) -> Iterator[Phone]:
    with box.phone("201") as phone:
        assert phone.register() == 200
        yield phone


@pytest.mark.req("TON-05", "FC-39")
def test_intercom_goes_both_ways(box: Box, office: Phone) -> None:
    box.lift_and_dial(1, "*50201#")
    office.wait("incoming")
    office.tell("answer")
    office.wait("up")
    line_and_phone_hear_each_other(box, 1, office)


@pytest.mark.req("TON-05", "FC-40")
def test_a_paged_phone_only_listens(box: Box, office: Phone) -> None:
    box.lift_and_dial(1, "*51201#")
    office.wait("incoming")
    office.tell("answer")
    office.wait("up")
    box.people(sim.Hum(1, LOW))
    office.tell("tone", hz=HIGH)
    assert hears(office.hear(), LOW), "the page is not heard"
    assert level(box.hear(1, 500), HIGH) < LOUD, "the paged phone is heard"


@pytest.mark.req("HLD-01")
def test_a_phone_holds_and_its_party_hears_music(box: Box, office: Phone) -> None:
    box.lift_and_dial(1, "201")
    office.wait("incoming")
    office.tell("answer")
    office.wait("up")
    office.tell("tone", hz=HIGH)
    office.tell("hold")
    assert not hears(box.hear(1, 3000)[16000:], HIGH), "the holder is heard"
    assert max(map(abs, box.hear(1, 1500))) > LOUD, "no music"


@pytest.mark.req("SUP-03")
def test_whisper_into_a_call_of_a_phone(box: Box, office: Phone) -> None:
    """The call of the phone was passed on around the bridge; now it needs the bridge."""
    box.lift_and_dial(1, "201")
    office.wait("incoming")
    office.tell("answer")
    office.wait("up")
    box.lift_and_dial(3, "*91201#")
    box.wait_leg("up", line=3)
    office.tell("tone", hz=HIGH)
    box.people(sim.Hum(3, HZ[3], level=-10))
    assert level(office.hear(1000), HZ[3]) > LOUD, "the phone does not hear the whisper"
    assert level(box.hear(1, 500), HZ[3]) < LOUD, "the whisper is overheard"
    assert level(box.hear(3, 500), HIGH) > LOUD, "the supervisor does not hear the phone"


@pytest.mark.req("COS-X1")
def test_a_call_for_help_takes_the_line_and_is_announced(box: Box) -> None:
    for line in (6, 7, 8):  # the only way out is line 5
        box.people(sim.Cut(line))
        box.news.until(callproc.LineNews(line, False).__eq__)
    box.lift_and_dial(2, "983587100#")
    box.wait_leg("early", line=5)
    box.lift_and_dial(3, "110")
    box.news.until(lambda it: isinstance(it, callproc.EmergencyNews) and it.cut != "")
    box.wait_leg("ringing", line=1)
    box.people(sim.Lift(1))
    box.wait_leg("up", line=1)
    assert max(map(abs, box.hear(1, 1500))) > LOUD, "nobody says who calls"
    box.wait_leg("up", line=5)
    [call] = [it for it in box.ask("callproc", callproc.ShowCalls()) if it.line == 5]
    assert (call.caller, call.called) == ("103", "110")


@pytest.mark.req("FOL-06")
def test_who_is_called_hears_the_name_that_the_caller_said(box: Box) -> None:
    follow = '{"steps":[{"to":"103","ring_ms":30000}],"ring_ms":1000}'
    box.ask("state", state.SetState((("follow.102", follow),), "ann"))
    names = box.state / "recordings/names"
    box.lift_and_dial(1, "102")
    box.wait_leg("ringing", line=2)
    box.people(sim.Hum(1, HZ[1], level=-20))  # goes on through the question, the tone and his name
    box.wait_leg("ringing", line=3)
    [_] = names.iterdir()
    box.people(sim.Lift(3))
    assert any(level(box.hear(3, 400), HZ[1]) > LOUD for _ in range(20))
    box.wait_leg("up", line=1)
    assert heard(box) == {1: {3}, 3: {1}}
    box.people(sim.Hang(3))
    box.wait_leg("ended", line=3)
    box.people(sim.Hang(1))
    box.wait_leg("ended", line=1)
    box.wait_record()
    assert not list(names.iterdir())
    box.ask("state", state.SetState((("follow.102", ""),), "ann"))
