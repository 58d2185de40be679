"""Bringing two others together, and giving a party back where that fails (XFR).

Theory.  A consultation is: the first party waits in a bridge whose keeper is the consulting leg,
and the keeper dials or talks.  Hanging up completes it at any moment (`keeper_left`): who waits
takes the keeper's place, beside the third party who talks, or as the caller of the telephone that
rings.  A blind transfer puts him there as soon as the digits make sense.  Whoever transferred
somebody gets him back when nobody takes him (XFR-02, XFR-06), and the attendant when he does not
answer either: that is a chain of `Dial`s like a forward, added to what the resolver decided.
"""

from __future__ import annotations

from firmware.core import calling, causes, refusal
from firmware.core.decision import Dial, Reject, Resolution
from firmware.core.effects import Effects
from firmware.core.model import Bridge, Dialing, Leg, Owner
from firmware.core.record import Step
from firmware.core.returning import give_back, returning
from firmware.core.switchboard import Switchboard


# -- the moves -------------------------------------------------------------------------------------
def blind(board: Switchboard, dialing: Dialing, resolution: Resolution) -> Effects:
    """The digits are complete: who waits goes there, by the rights of who dialed."""
    leg = board.tables.legs[dialing.caller]
    held = board.held_for(leg)
    decision = resolution.decision
    if held is None:  # he has given up meanwhile
        return refusal.release(board, leg, causes.NORMAL)
    if isinstance(decision, Reject):
        return refusal.refuse(board, dialing, decision.cause, decision.words)
    if not isinstance(decision, Dial):
        return refusal.refuse(board, dialing, causes.NO_SUCH_NUMBER)
    parties = board.legs_of(held.id)
    effects = send(board, parties[0], resolution, leg.party)
    return effects + refusal.release(board, leg, causes.TRANSFERRED)


def send(board: Switchboard, party: Leg, resolution: Resolution, back_to: str) -> Effects:
    """This party calls whom the resolution names; if nobody takes him, `back_to` gets him."""
    call = board.tables.calls[party.call]
    board.ledger.mark(party, "transferred")
    call.trail.append(Step("transfer", "taken", f"extensions.{back_to}"))
    call.trail.extend(resolution.trail)
    decision = resolution.decision
    assert isinstance(decision, Dial)
    back = give_back(board, call, back_to)
    dialing = Dialing(board.next_owner(), "calling", party.id)
    effects = board.move([party], dialing)
    dial = returning(decision, back, board.timing.transfer_ring)
    return effects + calling.call(board, dialing, call, dial)


def ring_back(board: Switchboard, party: Leg, number: str) -> Effects:
    """Nobody is with this party any more: the one he talked with last gets him back."""
    call = board.tables.calls[party.call]
    back = give_back(board, call, number)
    if back is None:
        return refusal.release(board, party, causes.NORMAL)
    dialing = Dialing(board.next_owner(), "calling", party.id)
    return board.move([party], dialing) + calling.obey(board, dialing, back)


# -- the keeper hangs up ---------------------------------------------------------------------------
def completes(board: Switchboard, keeper: Leg, owner: Owner) -> bool:
    """Does who leaves this owner leave his place in it to the one who waits for him?"""
    held = board.held_for(keeper)
    if held is None or held.reason != "consult" or len(board.legs_of(held.id)) > 1:
        return False
    if all(leg is keeper for leg in board.legs_of(owner.id)):
        return False
    if isinstance(owner, Dialing):
        return owner.state == "calling"
    return isinstance(owner, Bridge) and owner.mode == "talk"


def complete(board: Switchboard, keeper: Leg, owner: Owner) -> Effects:
    """The keeper is gone."""
    held = board.held_for(keeper)
    assert held
    [party] = board.legs_of(held.id)
    if isinstance(owner, Dialing):
        return takes_callers_place(board, owner, party, keeper.party)
    return _joins(board, owner, party)


def left_alone(board: Switchboard, held: Bridge, keeper: Leg) -> Effects:
    """The keeper is gone; those who wait must not wait for ever."""
    waiting = board.legs_of(held.id)
    if held.reason == "barge":
        return _release(board, waiting)
    if len(waiting) > 1:
        return board.bridge("talk" if len(waiting) == 2 else "conference", waiting)
    return ring_back(board, waiting[0], keeper.party)


def takes_callers_place(board: Switchboard, dialing: Dialing, party: Leg, back_to: str) -> Effects:
    """Who waited hears the telephone ring that was called for him."""
    call = board.tables.calls[party.call]
    board.ledger.mark(party, "transferred")
    call.trail.append(Step("transfer", "taken", f"extensions.{back_to}"))
    dialing.caller, dialing.purpose, dialing.alerted = party.id, "", False
    if dialing.decision:
        back = give_back(board, call, back_to)
        dialing.decision = returning(dialing.decision, back, board.timing.transfer_ring)
    effects = board.move([party], dialing) + board.set_tone(party, "ringback")
    return effects + board.start_timer(dialing.id, "answer", board.timing.transfer_ring)


def _joins(board: Switchboard, bridge: Owner, party: Leg) -> Effects:
    third = board.legs_of(bridge.id)
    call = board.tables.calls.get(party.call)
    if call:
        board.ledger.mark(party, "transferred")
        call.trail.append(Step("transfer", "taken", f"extensions.{third[0].party}"))
        call.final = third[0].party
    return board.bridge("talk", [party, *third])


def _release(board: Switchboard, legs: list[Leg]) -> Effects:
    effects: Effects = []
    for leg in legs:
        effects += refusal.release(board, leg, causes.NORMAL)
    return effects
