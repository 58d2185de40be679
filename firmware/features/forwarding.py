"""Forwards by code (FC-27 to FC-32): always, on busy, on no answer, and each of them off.

Setting one repeats the number and waits for `1`, then saves: a wrong number keyed into a forward
sends every call astray, so the box makes sure that it was understood (FWD-12).  A target must be
one that the user could call himself; that it does not answer at this moment is no reason to refuse.
Switching off keeps the number, so that a page can switch the same forward on again (FWD-04).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import msgspec

from firmware.core import causes
from firmware.core.announcing import SAYING, save, say
from firmware.core.decision import Caller, Dial, Reject
from firmware.core.effects import Effects
from firmware.core.events import DigitHeard, PromptEnded, TimerFired
from firmware.core.feature import Entry, Feature
from firmware.core.model import Leg, Session
from firmware.core.switchboard import Switchboard
from firmware.core.userstate import Condition, Forward, Forwards, key
from firmware.prompts import spoken

WORDS: Mapping[Condition, str] = {  # the prompts of each condition begin so
    "always": "forward-always",
    "busy": "forward-busy",
    "no_answer": "forward-no-answer",
}
CONFIRM = "1"


# -- on --------------------------------------------------------------------------------------------
def _repeat(condition: Condition, board: Switchboard, session: Session, leg: Leg) -> Effects:
    if not _may_be_target(board, leg, session.argument):
        return say(board, session, leg, "forward-bad-target")
    session.state = "confirming"
    to = spoken.digits(session.argument)
    return board.say(leg, f"{WORDS[condition]}-to", *to, "press-1")


def _may_be_target(board: Switchboard, leg: Leg, to: str) -> bool:
    """Somebody whom this extension may call, and not itself."""
    if to == leg.party:
        return False
    match board.ask(Caller(leg.party), to + "#").decision:
        case Dial(emergency=emergency):
            return not emergency
        case Reject(cause):
            return cause in (causes.BUSY, causes.DND, causes.UNREACHABLE, causes.NO_ANSWER)
        case _:
            return False


def _waits(board: Switchboard, session: Session, _: PromptEnded) -> Effects:
    return board.start_timer(session.id, "confirm", board.timing.first_digit)


def _key(condition: Condition, board: Switchboard, session: Session, event: DigitHeard) -> Effects:
    [leg] = board.legs_of(session.id)
    effects = board.silence(leg) + board.stop_timer(session.id, "confirm")
    if event.digit != CONFIRM:
        return effects + say(board, session, leg, "canceled")
    forwards = board.tables.state.forward.get(leg.party, Forwards())
    changed = msgspec.structs.replace(forwards, **{condition: Forward(session.argument)})
    where = key("forward", leg.party)
    return effects + save(board, session, leg, where, changed, "forward-saved")


def _nobody(board: Switchboard, session: Session, _: TimerFired) -> Effects:
    [leg] = board.legs_of(session.id)
    return say(board, session, leg, "canceled")


# -- off -------------------------------------------------------------------------------------------
def _off(condition: Condition, board: Switchboard, session: Session, leg: Leg) -> Effects:
    word = f"{WORDS[condition]}-off"
    forwards = board.tables.state.forward.get(leg.party)
    forward = getattr(forwards, condition) if forwards else None
    if forwards is None or forward is None:
        return say(board, session, leg, word)
    off = msgspec.structs.replace(forward, on=False)
    changed = msgspec.structs.replace(forwards, **{condition: off})
    return save(board, session, leg, key("forward", leg.party), changed, word)


def _setting(name: str, condition: Condition) -> Feature:
    table: Mapping[tuple[str, type | str], Entry] = {
        **SAYING,
        ("confirming", PromptEnded): _waits,
        ("confirming", DigitHeard): partial(_key, condition),
        ("confirming", "confirm"): _nobody,
    }
    return Feature(name, partial(_repeat, condition), table)


ALWAYS_ON = _setting("forward-always-on", "always")
BUSY_ON = _setting("forward-busy-on", "busy")
NO_ANSWER_ON = _setting("forward-no-answer-on", "no_answer")
ALWAYS_OFF = Feature("forward-always-off", partial(_off, "always"), SAYING)
BUSY_OFF = Feature("forward-busy-off", partial(_off, "busy"), SAYING)
NO_ANSWER_OFF = Feature("forward-no-answer-off", partial(_off, "no_answer"), SAYING)
