"""Somebody calls in by SIP: an extension's phone, a trunk, or a phone that wants another leg's
place.

Who calls has been proved at the edge.  The last legs of the box are kept for calls for help.
"""

from __future__ import annotations

from firmware.core import calling, causes, dialing, refusal
from firmware.core.decision import Dial
from firmware.core.effects import Effects, Hangup
from firmware.core.events import CallOffered
from firmware.core.model import Bridge, Dialing, Leg
from firmware.core.picking import colleagues
from firmware.core.record import CallType
from firmware.core.switchboard import Switchboard

LEG_LIMIT = 400
EMERGENCY_RESERVE = 16


def offered(board: Switchboard, event: CallOffered) -> Effects:
    known = (
        event.trunk in board.site.trunks if event.trunk else event.account in board.site.extensions
    )
    if not known:
        return [Hangup(event.leg, causes.NOT_ALLOWED)]
    caller = Dialing(board.next_owner(), "collecting", event.leg)
    party = event.caller if event.trunk else event.account
    leg = board.add_leg("sip", party, caller, "dialing", number=event.leg, trunk=event.trunk)
    leg.name = event.name
    if event.replaces:
        return _replace(board, leg, event.replaces)
    digits = event.called.rstrip("#") + "#"
    room = LEG_LIMIT - EMERGENCY_RESERVE
    if len(board.tables.legs) > room and not _is_emergency(board, leg, digits):
        return _full(board, caller, leg, event.called)
    return dialing.dial(board, caller, digits)


def _is_emergency(board: Switchboard, leg: Leg, digits: str) -> bool:
    decision = board.ask(board.caller_of(leg), digits).decision
    return isinstance(decision, Dial) and decision.emergency


def _full(board: Switchboard, caller: Dialing, leg: Leg, called: str) -> Effects:
    kind: CallType = "incoming" if leg.trunk else "internal"
    call = board.ledger.open(kind, leg.party, called, board.site.version, board.utc)
    board.join_call(leg, call.id)
    return refusal.refuse(board, caller, causes.BOX_BUSY)


# -- INVITE with Replaces --------------------------------------------------------------------------
def _replace(board: Switchboard, leg: Leg, number: int) -> Effects:
    """A call moves between phones of one extension; a ringing one may be taken by a colleague."""
    wanted = board.tables.legs.get(number)
    if wanted is None or leg.trunk or board.extension_of(wanted) is None:
        return board.hang_up(leg, causes.NOT_ALLOWED)
    own = wanted.party == leg.party
    owner = board.tables.owners[wanted.owner]
    if isinstance(owner, Dialing) and wanted.state == "ringing":
        if own or wanted.party in colleagues(board, leg.party):
            board.join_call(leg, board.tables.legs[owner.caller].call)
            return board.answer(leg) + calling.connect(board, owner, leg)
    elif isinstance(owner, Bridge) and own and wanted.answered and board.held_for(wanted) is None:
        board.join_call(leg, wanted.call)
        effects = board.answer(leg) + board.move([leg], owner)
        effects += board.hang_up(wanted, causes.TRANSFERRED)
        return effects + (_held_again(board, owner, leg) if owner.mode == "hold" else [])
    return board.hang_up(leg, causes.NOT_ALLOWED)


def _held_again(board: Switchboard, bridge: Bridge, leg: Leg) -> Effects:
    """Who was held still is; where the leg that held is gone, its holding is too."""
    if bridge.paused or bridge.keeper:
        return board.play_music(leg)
    effects: Effects = []
    for held in board.legs_of(bridge.id):
        effects += board.silence(held)
    return effects + board.change(bridge, "talk")
