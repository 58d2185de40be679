"""Call waiting: a second caller knocks at somebody who talks (TON-02).

Theory.  The second caller's dialing goes on as if a telephone rang (`dialing.knocked` names the leg
that hears him knock).  A flash takes his call, and the first party waits; hanging up makes the
telephone ring with him.  A SIP phone is offered the call and shows it by itself.
"""

from __future__ import annotations

from firmware.core import causes
from firmware.core.effects import Effects
from firmware.core.model import Bridge, Dialing, Leg
from firmware.core.site import Extension
from firmware.core.switchboard import Switchboard


def in_a_call(board: Switchboard, number: str) -> bool:
    """FWD-11: busy is who is in a call."""
    return any(leg.state != "ringing" for leg in board.legs_at(number))


def allowed(board: Switchboard, number: str) -> bool:
    wish = board.tables.state.waiting.get(number)
    return wish is not None and wish.on


def knock(board: Switchboard, dialing: Dialing, extension: Extension) -> tuple[Effects, str]:
    if extension.sip or not allowed(board, extension.number) or dialing.auto_answer:
        return [], causes.BUSY
    for leg in board.legs_at(extension.number):
        if _can_be_knocked_at(board, leg) and leg.id != dialing.caller:
            return board.knock(dialing, leg), ""
    return [], causes.BUSY


def _can_be_knocked_at(board: Switchboard, leg: Leg) -> bool:
    """Who talks with one party, and has no second call yet."""
    owner = board.tables.owners[leg.owner]
    talks = isinstance(owner, Bridge) and owner.mode == "talk" and bool(leg.answered)
    return talks and board.held_for(leg) is None and board.knocker(leg) is None
