"""A second call beside the first: by hook flash, or by a code in the call.

`consult` puts the party aside and gives dial tone; `toggle` changes between two parties; `cancel`
ends the second call and goes back.  What hanging up does is in `transfer.py`.
"""

from __future__ import annotations

from firmware.core import calling, causes, dialing, refusal
from firmware.core.effects import Effects
from firmware.core.events import HookFlashed
from firmware.core.holding import others, put_aside
from firmware.core.model import Bridge, Dialing, Leg, Purpose
from firmware.core.switchboard import Switchboard


def flashed(board: Switchboard, bridge: Bridge, event: HookFlashed) -> Effects:
    leg = board.line_leg(event.line)
    assert leg
    if board.held_for(leg):
        return toggle(board, bridge, leg)
    knocker = board.knocker(leg)
    if knocker:
        return take_knocker(board, bridge, leg, knocker)
    return consult(board, bridge, leg, "consult")


def consult(board: Switchboard, bridge: Bridge, leg: Leg, purpose: Purpose) -> Effects:
    """Only who talks with one party that has answered can put it aside."""
    parties = others(board, bridge, leg)
    if len(parties) != 1 or board.held_for(leg) or not leg.answered:
        return []
    return put_aside(board, bridge, leg, "consult") + dialing.begin(board, leg, purpose)


def toggle(board: Switchboard, bridge: Bridge, leg: Leg) -> Effects:
    held = board.held_for(leg)
    if held is None:
        return []
    if bridge.ears:
        return cancel(board, bridge, leg)
    waiting, reason = board.legs_of(held.id), held.reason
    now = others(board, bridge, leg)
    effects = board.switch_call(leg, waiting[0].call, causes.HELD)
    effects += board.bridge("talk" if len(waiting) == 1 else "conference", [leg, *waiting])
    return effects + board.hold(now, leg, reason)


def cancel(board: Switchboard, bridge: Bridge, leg: Leg) -> Effects:
    """The third party is released, the first is back."""
    third = [other for other in board.legs_of(bridge.id) if other is not leg]
    effects = board.rejoin(leg)
    for other in third:
        effects += refusal.release(board, other, causes.NORMAL)
    return effects


def take_knocker(board: Switchboard, bridge: Bridge, leg: Leg, knocker: Dialing) -> Effects:
    caller = board.tables.legs[knocker.caller]
    effects = put_aside(board, bridge, leg, "waiting")
    board.join_call(leg, caller.call)
    return effects + calling.connect(board, knocker, leg)
