"""Random events in random order, over every state and feature: the tables stay sound.

A storm is 500 events; what happens after each is checked by `invariants.broken`, and the journal
replays exactly.  Seeded, so a failure can be repeated: the seed is in the name of the test.  20
storms, 10,000 events, run with the suite; `python -m tests.core.test_storm SEED COUNT` runs as many
as one wants (soak).
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Callable
from functools import cache

import msgspec
import pytest

from firmware.core import events as ev
from firmware.core.model import Leg
from firmware.core.site import Diversion
from tests.scenarios.play import Play
from tests.sites import HOUSE, HOUSE_PORTS

STEPS, STORMS = 500, 20
LEGS = 80
HANDSETS, LINES = (1, 2, 3, 4), (5, 6)
PHONES = ("201", "202", "203", "204")
NUMBERS = ("101", "102", "103", "104", *PHONES)
DIALED = (
    *NUMBERS, "300", "0", "9", "983587100#", "110", "9119", "7", "#", "41#", "42#",
    "**102#", "**201#", "*8#", "*90102#", "*92103#",
    "*91103#", "*92102#", "*93201#", "*50201#", "*51201#",
    "*23", "*25#", "*26#", "*71103#", "*071#", "*74#", "*074#", "*79#", "**13#", "*75#",
)  # fmt: skip
IN_CALL = ("#", "*", "*4#", "*2", "*3", "*3", "*3", "*83", "#102#", "#201#", "*1", "5")
SETTINGS = (
    ("waiting.101", '{"on":true}'),
    ("waiting.102", '{"on":true}'),
    ("forward.102", '{"busy":{"to":"103"},"no_answer":{"to":"985274196"}}'),
    ("forward.103", '{"always":{"to":"201"}}'),
    (
        "follow.104",
        '{"steps":[{"to":"103"},{"to":"983587100"},{"to":"300"}],"ring_ms":1000,"together":true}',
    ),
    ("follow.201", '{"steps":[{"to":"104","ring_ms":5000},{"to":"983587100","ring_ms":5000}]}'),
    ("dnd.104", "{}"),
    ("forward.103", ""),
    ("dnd.104", ""),
)

Dice = random.Random


def _some_leg(play: Play, dice: Dice, kind: str = "") -> Leg | None:
    legs = [leg for leg in play.exchange.board.tables.legs.values() if kind in ("", leg.kind)]
    return dice.choice(legs) if legs else None


def _handset(play: Play, dice: Dice) -> None:
    """Lifted, hung up, flashed: as somebody could who stands before it."""
    line = dice.choice(HANDSETS)
    if not play.exchange.board.tables.lines[line].off_hook:
        play.happen(ev.HandsetLifted, line)
    elif dice.random() < 0.6:
        play.happen(ev.HookFlashed, line)
    else:
        play.happen(ev.LineReleased, line)


def _outside(play: Play, dice: Dice) -> None:
    line = dice.choice(LINES)
    what = dice.randrange(8)
    if what < 2:
        play.happen(ev.LineRang, line, "13800001111")
    elif what == 2:
        play.happen(ev.LineQuiet, line)
    elif what == 3:
        play.happen(ev.LineReversed, line, bool(dice.randrange(2)))
    elif what == 4:
        play.happen(ev.LineReleased, line)
    elif what == 5:
        play.happen(ev.LineWentDown, dice.choice([*HANDSETS, *LINES]), "cut")
    else:
        for down in (*HANDSETS, *LINES):
            play.happen(ev.LineCameUp, down)


def _dial(play: Play, dice: Dice) -> None:
    leg = _some_leg(play, dice)
    if leg:
        talks = leg.state != "dialing"
        wanted = IN_CALL if talks else NUMBERS if dice.random() < 0.5 else DIALED
        for digit in dice.choice(wanted):
            play.happen(ev.DigitHeard, leg.id, digit)


def _answer(play: Play, dice: Dice) -> None:
    """Whatever rings or is being dialed gets on."""
    leg = _some_leg(play, dice)
    if leg is None:
        return
    if leg.kind == "fxo":
        play.happen(ev.NumberSent, leg.id)
    elif leg.kind == "fxs" and leg.state == "ringing" and leg.line is not None:
        play.happen(ev.HandsetLifted, leg.line)
    elif leg.kind == "sip":
        kinds: list[type[ev.Event]] = [ev.LegAlerting, ev.LegAnswered, ev.LegAnswered]
        play.happen(dice.choice(kinds), leg.id)


def _phone(play: Play, dice: Dice) -> None:
    leg = _some_leg(play, dice, "sip")
    if leg is None:
        return
    other = _some_leg(play, dice)
    replaces = other.id if other and dice.random() < 0.5 else 0
    things: list[tuple[type[ev.Event], tuple[object, ...]]] = [
        (ev.LegHeld, ()),
        (ev.LegResumed, ()),
        (ev.ReferAsked, (dice.choice(NUMBERS), replaces)),
        (ev.LegRedirected, (dice.choice(DIALED),)),
        (ev.LegEnded, (dice.choice(["normal", "busy", "no-answer"]),)),
    ]
    what: tuple[type[ev.Event], tuple[object, ...]] = dice.choice(things)
    play.happen(what[0], leg.id, *what[1])


def _offer(play: Play, dice: Dice) -> None:
    if len(play.exchange.board.tables.legs) > LEGS:
        return
    leg, play.next_sip = play.next_sip, play.next_sip + 2
    wanted = _some_leg(play, dice)
    replaces = wanted.id if wanted and dice.random() < 0.15 else 0
    if dice.random() < 0.15:
        play.happen(ev.CallOffered, leg, "", "83587106", "Carrier", "13800002222", "", replaces)
    else:
        caller, called = dice.choice([*PHONES, "999"]), dice.choice(DIALED)
        play.happen(ev.CallOffered, leg, caller, called, "", "", "", replaces)


def _words(play: Play, dice: Dice) -> None:
    for name in list(play.exchange.board.tables.recording):
        play.happen(ev.RecordingEnded, name, dice.choice([0, 2_000]))
    legs = play.exchange.board.tables.legs.values()
    told = [leg.id for leg in legs if leg.hears == "words"]
    for leg in told:
        play.happen(ev.PromptEnded, leg)
    play.pass_time(300)


def _trouble(play: Play, dice: Dice) -> None:
    effect = dice.choice(["Invite", "OpenLine", "SeizeLine", "PlayPrompt", "PlayMusic", "Join"])
    leg = dice.choice([*play.exchange.board.tables.legs, dice.randrange(1, 500)])
    play.happen(ev.EffectFailed, leg, effect, "broken")
    contacts = tuple(f"sip:phone{i}" for i in range(dice.choice([0, 1, 1, 1, 2])))
    play.happen(ev.ContactsChanged, dice.choice(PHONES), contacts)


def _setting(play: Play, dice: Dice) -> None:
    if dice.random() < 0.2:
        board = play.exchange.board
        site = msgspec.structs.replace(
            board.site,
            version=board.site.version + 1,
            barge=dice.choice(["three-way", "hold-other-side"]),
            force_release=dice.choice(["end-call", "take-over"]),
            diversion=Diversion(
                always_accept=bool(dice.randrange(2)),
                tell_caller=bool(dice.randrange(2)),
                record_name=bool(dice.randrange(2)),
            ),
        )
        play.happen(ev.SiteChanged, site)
    else:
        play.happen(ev.StateChanged, (dice.choice(SETTINGS),))


def _time(play: Play, dice: Dice) -> None:
    play.pass_time(dice.choice([300, 1_100, 3_100, 11_000, 46_000, 200_000]))


Thing = Callable[[Play, Dice], None]
THINGS: dict[Thing, int] = {
    _handset: 4,
    _outside: 2,
    _dial: 7,
    _answer: 8,
    _phone: 3,
    _offer: 3,
    _words: 2,
    _trouble: 1,
    _setting: 1,
    _time: 2,
}


@cache
def storm(seed: int) -> Counter[str]:
    """What it met: states and features, so that a test can say that nothing was left out."""
    dice, play, met = random.Random(seed), Play(HOUSE, HOUSE_PORTS), Counter[str]()
    for thing in dice.choices(list(THINGS), list(THINGS.values()), k=STEPS):
        thing(play, dice)
        for owner in play.exchange.board.tables.owners.values():
            what = getattr(owner, "state", "") or getattr(owner, "mode", "")
            met[f"{type(owner).__name__} {getattr(owner, 'feature', '')} {what}"] += 1
    play.replay()
    _everybody_leaves(play)
    return met


def _everybody_leaves(play: Play) -> None:
    """Nothing may be left over, and every call has its one record."""
    tables = play.exchange.board.tables
    for line in (*HANDSETS, *LINES):
        play.happen(ev.LineReleased, line)
        play.happen(ev.LineQuiet, line)
    while tables.legs:
        leg = next(iter(tables.legs.values()))
        if leg.kind == "sip":
            play.happen(ev.LegEnded, leg.id, "normal")
        else:
            play.happen(ev.LineReleased, leg.line)
            play.happen(ev.LineQuiet, leg.line)
    assert not tables.owners
    assert not tables.calls
    assert not tables.timers
    assert not tables.shown
    assert not tables.places
    written = [record.call for record in play.records]
    assert len(written) == len(set(written)) <= tables.last_call


@pytest.mark.parametrize("seed", range(STORMS))
def test_storm(seed: int) -> None:
    storm(seed)


def test_storms_get_everywhere() -> None:
    met: Counter[str] = Counter()
    for seed in range(STORMS):
        met += storm(seed)
    text = " ".join(met)
    for what in ("collecting", "prompting", "naming", "telling", "calling", "waiting"):
        assert what in text, f"no storm came to {what}"
    for what in (
        "failed",
        "words",
        "howling",
        "talk",
        "hold",
        "conference",
        "listen",
        "parked",
        "ringing",
        "asking",
    ):
        assert what in text, f"no storm came to {what}"


if __name__ == "__main__":
    first, count = int(sys.argv[1]), int(sys.argv[2])
    for seed in range(first, first + count):
        try:
            storm(seed)
        except Exception:
            print("seed", seed)
            raise
