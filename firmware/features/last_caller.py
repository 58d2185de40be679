"""Says who called this extension last (FC-46)."""

from __future__ import annotations

from firmware.core.announcing import SAYING, say
from firmware.core.effects import Effects
from firmware.core.feature import Feature
from firmware.core.model import Leg, Session
from firmware.core.switchboard import Switchboard
from firmware.prompts import spoken


def _start(board: Switchboard, session: Session, leg: Leg) -> Effects:
    last = board.tables.state.last.get(leg.party)
    number = spoken.digits(last.caller) if last else ()
    if not number:
        return say(board, session, leg, "no-last-caller")
    return say(board, session, leg, "last-caller-is", *number)


FEATURE = Feature("last-caller", _start, SAYING)
