"""Marked numbers (FC-47, FC-48): keep the number one talks with, hear the last three (MRK-01)."""

from __future__ import annotations

from firmware.core.announcing import SAYING, say
from firmware.core.effects import Effects
from firmware.core.feature import Feature
from firmware.core.holding import others
from firmware.core.model import Bridge, Leg, Session
from firmware.core.switchboard import Switchboard
from firmware.core.userstate import MARKS_KEPT, Marks, key
from firmware.prompts import spoken


def _mark(board: Switchboard, bridge: Bridge, leg: Leg, _: str) -> Effects:
    """In a call: the newest first, each number once."""
    numbers = [other.party[:64] for other in others(board, bridge, leg) if other.party]
    if not numbers:
        return board.say(leg, "no-number-kept")
    before = board.tables.state.marks.get(leg.party, Marks()).numbers
    kept = tuple(dict.fromkeys((*numbers, *before)))[:MARKS_KEPT]
    return board.save(leg, key("marks", leg.party), Marks(kept), "number-marked")


def _nobody(board: Switchboard, session: Session, leg: Leg) -> Effects:
    """Dialed off-hook, where nobody is at the other end."""
    return say(board, session, leg, "nothing-to-mark")


def _tell(board: Switchboard, session: Session, leg: Leg) -> Effects:
    """`argument`: 1 for the last, 2 for the one before."""
    numbers = board.tables.state.marks.get(leg.party, Marks()).numbers
    place = int(session.argument)
    if len(numbers) < place:
        return say(board, session, leg, "no-marked-number")
    number = spoken.digits(numbers[place - 1])
    return say(board, session, leg, "marked-number-is", *number)


MARK = Feature("mark-number", _nobody, SAYING, _mark)
TELL = Feature("tell-mark", _tell, SAYING)
