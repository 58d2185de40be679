"""What is proved after every call: it can be heard, it can be replayed, nothing is left behind."""

from __future__ import annotations

from pathlib import Path

from firmware.api import callproc
from firmware.core.journal import load
from firmware.core.journal import replay as replay_journal
from firmware.features import catalog
from firmware.routing.resolve import resolve
from hal.sim import messages as sim
from tests.doubles.driver import Phone
from tests.doubles.ear import hears
from tests.e2e.box import Box

LOW, HIGH = 440, 1000


def replays(box: Box) -> None:
    path = Path(box.ask("callproc", callproc.SaveJournal()))
    segments = load(path.read_bytes())
    assert any(moments for _, moments in segments)
    for snapshot, moments in segments:
        difference = replay_journal(snapshot, moments, resolve, catalog.FEATURES)
        assert difference is None, difference


def nothing_is_left(box: Box) -> None:
    assert box.ask("callproc", callproc.ShowCalls()) == ()
    assert box.ask("callproc", callproc.ShowStatus()).legs == 0


def lines_hear_each_other(box: Box, one: int, other: int) -> None:
    box.people(sim.Hum(one, LOW))
    box.people(sim.Hum(other, HIGH))
    assert hears(box.hear(one)[1600:], HIGH), f"line {one} does not hear line {other}"
    assert hears(box.hear(other), LOW), f"line {other} does not hear line {one}"


def line_and_phone_hear_each_other(box: Box, line: int, phone: Phone) -> None:
    box.people(sim.Hum(line, LOW))
    phone.tell("tone", hz=HIGH)
    assert hears(box.hear(line)[1600:], HIGH), f"line {line} does not hear the phone"
    assert hears(phone.hear(), LOW), f"the phone does not hear line {line}"


def phones_hear_each_other(one: Phone, other: Phone) -> None:
    one.tell("tone", hz=LOW)
    other.tell("tone", hz=HIGH)
    one.hear(400)  # let both tones come through
    assert hears(one.hear(), HIGH)
    assert hears(other.hear(), LOW)
