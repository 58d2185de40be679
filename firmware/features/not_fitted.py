"""What a code answers whose feature this box does not have yet: it says so.

The caller learns that he dialed correctly, and that it is not his telephone that is broken.
"""

from __future__ import annotations

from firmware.core import causes
from firmware.core.effects import Effects
from firmware.core.events import PromptEnded
from firmware.core.feature import Feature
from firmware.core.model import Leg, Session
from firmware.core.plans import NOT_FITTED
from firmware.core.saying import let_go, say
from firmware.core.switchboard import Switchboard


def _start(board: Switchboard, session: Session, leg: Leg) -> Effects:
    session.state = "saying"
    return say(board, leg, ("not-fitted",))


def _said(board: Switchboard, session: Session, _: PromptEnded) -> Effects:
    [leg] = board.legs_of(session.id)
    return let_go(board, leg, causes.NO_SUCH_NUMBER)


FEATURE = Feature(NOT_FITTED, _start, {("saying", PromptEnded): _said})
