"""Scripted people: read as a whole, done step by step at the real simulator."""

from __future__ import annotations

import pytest

from firmware.wire.frames import Refused
from hal.api import OffHook, OnHook
from hal.sim.messages import Answered, RunScript, ShowScript, StopScript
from hal.sim.script import parse
from tests.hal.simbox import Box, Driver, Eyes


def test_a_script_is_persons_with_steps() -> None:
    one, other = parse("# a call\nhandset 1\n lift\n dial 102 # at once\nline 5\n ring 110\n")
    assert (one.line, [step.verb for step in one.steps]) == (1, ["lift", "dial"])
    assert (other.line, other.steps[0].words) == (5, ("110",))


BAD = ["", "lift", "handset x\nlift", "handset 1\nfly", "handset 1\ndial", "handset 1\ndial 1x2"]
BAD += ["handset 1\nwait soon", "handset 1\nrepeat often", "handset 1\nhum 9", "line 5\nanswers"]


@pytest.mark.parametrize("text", BAD)
def test_what_is_wrong_is_refused_as_a_whole(shared_box: Box, text: str) -> None:
    with pytest.raises(Refused) as refused:
        shared_box.ask(RunScript(text))
    assert refused.value.code == "bad-script"
    assert shared_box.ask(ShowScript()) == ()


def test_a_person_repeats(box: Box, driver: Driver) -> None:
    box.ask(RunScript("handset 1\nlift\nwait 0.1\nhang\nrepeat 2"))
    driver.until(OffHook(1))
    driver.until(OnHook(1))
    driver.until(OffHook(1))
    driver.until(OnHook(1))
    driver.wait(lambda: box.ask(ShowScript())[0].rounds == 2)
    assert not box.port(1).lifted


def test_a_person_waits_for_the_bell(box: Box, driver: Driver) -> None:
    box.ask(RunScript("handset 2\nwait ringing\nlift"))
    assert not box.port(2).lifted
    driver.lines.ring(2, (1000, 4000))
    assert driver.until(OffHook(2)) == [OffHook(2)]


def test_trouble_is_kept_and_the_next_round_begins(box: Box, driver: Driver) -> None:
    box.ask(RunScript("handset 1\nhang\nrepeat 3"))
    driver.wait(lambda: box.ask(ShowScript())[0].rounds == 3)
    (doing,) = box.ask(ShowScript())
    assert "on the hook" in doing.trouble


def test_a_caller_outside_talks_when_answered(box: Box, driver: Driver, eyes: Eyes) -> None:
    box.ask(RunScript("line 6\nring 13800001111\nwait talking\nhum 1000\n"))
    driver.wait(lambda: box.port(6).state == "ringing")
    driver.lines.hook(6, True)
    eyes.wait(Answered(6))
    wire = driver.audio(6)
    assert any(wire.listen(200)[1000:])


def test_people_stop_when_told(box: Box, driver: Driver) -> None:
    box.ask(RunScript("handset 1\nwait 60\nlift"))
    box.ask(StopScript())
    assert box.ask(ShowScript()) == ()
    driver.loop.run_once()
