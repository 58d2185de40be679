"""The black list of the box by code (FC-09 to FC-11): who may not call in any more.

Only outside numbers belong there (BWL-06).  A number is typed as it is shown by a caller, without
the prefix that one dials to get out.
"""

from __future__ import annotations

from firmware.core.announcing import SAYING, ask, asking, save, say
from firmware.core.effects import Effects
from firmware.core.feature import Feature
from firmware.core.model import Leg, Session
from firmware.core.switchboard import Switchboard
from firmware.core.userstate import Blocked, key


def _block(board: Switchboard, session: Session, leg: Leg, number: str) -> Effects:
    if number in board.site.extensions:
        return say(board, session, leg, "inside-number")
    entry = Blocked("code", leg.party)
    return save(board, session, leg, key("blocked", number), entry, "number-blocked")


def _unblock(board: Switchboard, session: Session, leg: Leg, number: str) -> Effects:
    if number not in board.tables.state.blocked:
        return say(board, session, leg, "number-not-blocked")
    return save(board, session, leg, key("blocked", number), None, "number-unblocked")


def _last(board: Switchboard, session: Session, leg: Leg) -> Effects:
    last = board.tables.state.last.get(leg.party)
    if last is None or not last.outside:
        return say(board, session, leg, "no-outside-caller")
    return _block(board, session, leg, last.outside)


def _ask_to_block(board: Switchboard, session: Session, leg: Leg) -> Effects:
    return ask(board, session, leg, "ask-number-to-block")


def _ask_to_unblock(board: Switchboard, session: Session, leg: Leg) -> Effects:
    """The number may follow the code, or the prompt."""
    if session.argument:
        return _unblock(board, session, leg, session.argument)
    return ask(board, session, leg, "ask-number-to-unblock")


LAST_CALLER = Feature("block-last-caller", _last, SAYING)
ADD = Feature("block-number", _ask_to_block, asking(_block))
REMOVE = Feature("unblock-number", _ask_to_unblock, asking(_unblock))
