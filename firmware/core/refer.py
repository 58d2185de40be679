"""Transfers that a SIP phone asks for: REFER, with or without Replaces.

Without: the phone's party calls the target by the rights of the phone's extension; the phone stays
with the new dialing as its `referrer`, is told how it goes, and has its party again if it fails.
With: the phone has two legs, and wants the parties of both together.  A phone that hangs up in
between trusts us: then a failed transfer rings it.
"""

from __future__ import annotations

import msgspec

from firmware.core import calling, causes, transfer
from firmware.core.decision import Dial, Resolution
from firmware.core.effects import AnswerRefer, Effects
from firmware.core.events import ReferAsked
from firmware.core.holding import dismiss_ears, others
from firmware.core.model import Bridge, Dialing, Leg
from firmware.core.record import Step
from firmware.core.switchboard import Switchboard

FORBIDDEN, NOT_FOUND, GONE = 403, 404, 481


def asked(board: Switchboard, bridge: Bridge, event: ReferAsked) -> Effects:
    leg = board.tables.legs[event.leg]
    extension = board.extension_of(leg)
    parties = others(board, bridge, leg)
    if extension is None or not extension.may_transfer:
        return [AnswerRefer(leg.id, FORBIDDEN)]
    if len(parties) != 1 or not leg.answered:
        return [AnswerRefer(leg.id, GONE)]
    if event.replaces:
        return _bring_together(board, bridge, leg, parties[0], event.replaces)
    return _send(board, bridge, leg, parties[0], event.target)


def _send(board: Switchboard, bridge: Bridge, leg: Leg, party: Leg, target: str) -> Effects:
    resolution = board.ask(board.caller_of(leg), target.rstrip("#") + "#")
    decision = resolution.decision
    if not isinstance(decision, Dial):
        return [AnswerRefer(leg.id, NOT_FOUND)]
    call = board.tables.calls[party.call]
    board.ledger.mark(party, "transferred")
    call.trail.append(Step("transfer", "taken", f"extensions.{leg.party}"))
    dialing = Dialing(board.next_owner(), "calling", party.id, referrer=leg.id)
    effects = board.move([party, leg], dialing) + dismiss_ears(board, bridge)
    ring_ms = decision.ring_ms or board.timing.transfer_ring
    dial = msgspec.structs.replace(decision, ring_ms=ring_ms)
    return effects + calling.obey(board, dialing, Resolution(dial, resolution.trail))


def _bring_together(
    board: Switchboard, bridge: Bridge, leg: Leg, party: Leg, number: int
) -> Effects:
    other = board.tables.legs.get(number)
    if other is None or other is leg or other.party != leg.party or not board.extension_of(other):
        return [AnswerRefer(leg.id, GONE)]
    owner = board.tables.owners[other.owner]
    call = board.tables.calls[party.call]
    if isinstance(owner, Dialing) and owner.caller == other.id and owner.state == "calling":
        effects = transfer.takes_callers_place(board, owner, party, leg.party)
    elif isinstance(owner, Bridge) and owner.mode in ("talk", "hold") and not owner.keeper:
        third = others(board, owner, other)
        if len(third) != 1 or third[0] is party:
            return [AnswerRefer(leg.id, GONE)]
        board.ledger.mark(party, "transferred")
        call.trail.append(Step("transfer", "taken", f"extensions.{third[0].party}"))
        call.final = third[0].party
        effects = board.bridge("talk", [party, *third])
    else:
        return [AnswerRefer(leg.id, GONE)]
    effects += [*dismiss_ears(board, bridge), AnswerRefer(leg.id, 200)]
    for done in (leg, other):
        effects += board.hang_up(done, causes.TRANSFERRED)
    return effects
