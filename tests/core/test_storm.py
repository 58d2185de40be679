"""Random events in random order: whatever happens, the tables stay sound and replay is exact.

Seeded, so a failure can be repeated: the seed is in the name of the test.
"""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from firmware.core import events as ev
from tests.scenarios.play import Play

LEGS = 60


def _lines(play: Play, dice: random.Random) -> None:
    kind = dice.choice([ev.HandsetLifted, ev.LineReleased, ev.LineQuiet, ev.HookFlashed])
    play.happen(kind, dice.choice([1, 2, 5]))


def _outside(play: Play, dice: random.Random) -> None:
    line = dice.choice([1, 2, 5])
    what = dice.randrange(4)
    if what == 0 and line == 5:
        play.happen(ev.LineRang, line, "13800001111")
    elif what == 1:
        play.happen(ev.LineReversed, 5, bool(dice.randrange(2)))
    elif what == 2:
        play.happen(ev.LineWentDown, line, "cut")
    else:
        play.happen(ev.LineCameUp, line)


def _digit(play: Play, dice: random.Random) -> None:
    legs = list(play.exchange.board.tables.legs) or [1]
    for digit in dice.choice(["101", "102", "201", "9", "95#", "0", "110", "*23", "7", "#"]):
        play.happen(ev.DigitHeard, dice.choice(legs), digit)


def _leg(play: Play, dice: random.Random) -> None:
    leg = dice.choice([*play.exchange.board.tables.legs, dice.randrange(1, 200)])
    entry = play.exchange.board.tables.legs.get(leg)
    kinds: list[type[ev.Event]] = [ev.LegAlerting, ev.NumberSent, ev.LegEnded, ev.EffectFailed]
    if entry is None or entry.line is None:  # a line answers by its hook, never by itself
        kinds.append(ev.LegAnswered)
    more: dict[type[ev.Event], tuple[str, ...]] = {
        ev.LegEnded: (dice.choice(["normal", "busy"]),),
        ev.EffectFailed: ("Invite", "broken"),
    }
    kind = dice.choice(kinds)
    play.happen(kind, leg, *more.get(kind, ()))


def _phone(play: Play, dice: random.Random) -> None:
    if len(play.exchange.board.tables.legs) < LEGS:
        leg, play.next_sip = play.next_sip, play.next_sip + 2
        called = dice.choice(["101", "102", "201", "202", "95", "110", "*23", "nobody"])
        play.happen(ev.CallOffered, leg, dice.choice(["201", "202", "999"]), called)
    contacts = tuple(f"sip:phone{i}" for i in range(dice.randrange(3)))
    play.happen(ev.ContactsChanged, dice.choice(["201", "202"]), contacts)


def _time(play: Play, dice: random.Random) -> None:
    play.pass_time(dice.choice([500, 3_000, 31_000]))


THINGS: list[Callable[[Play, random.Random], None]] = [
    _lines,
    _lines,
    _outside,
    _digit,
    _leg,
    _leg,
    _phone,
    _time,
]


@pytest.mark.parametrize("seed", range(20))
def test_storm(seed: int) -> None:
    dice = random.Random(seed)
    play = Play()
    for _ in range(150):
        dice.choice(THINGS)(play, dice)
    play.replay()
    # everybody leaves: nothing may be left, and every call has its one record
    for line in (1, 2, 5):
        play.happen(ev.LineReleased, line)
        play.happen(ev.LineQuiet, line)
    for leg in list(play.exchange.board.tables.legs):
        play.happen(ev.LegEnded, leg, "normal")
    tables = play.exchange.board.tables
    assert not tables.legs
    assert not tables.owners
    assert not tables.calls
    written = [record.call for record in play.records]
    assert len(written) == len(set(written)) == tables.last_call
