"""A bridge at work: what happens to people who hear each other.

Theory.  In mode `talk` two legs hear each other.  When one leaves, the call is over: it is written
down, and the other is released in the way he notices (busy tone on a handset, hang-up elsewhere).
An outside line does not say when the far phone answers; either a change of polarity does
(FXO-07) or the bridge's timer (FXO-08), whichever comes first, and only then a SIP caller is
told that he is talking.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from firmware.core import causes
from firmware.core.effects import Effects, Join
from firmware.core.events import LegEnded, LineReversed, TimerFired
from firmware.core.model import Bridge, Leg
from firmware.core.refusal import hear_tone
from firmware.core.switchboard import Switchboard


def _left(board: Switchboard, bridge: Bridge, event: LegEnded) -> Effects:
    leg = board.tables.legs[event.leg]
    call = leg.call
    board.drop_leg(leg, event.cause)
    effects: Effects = [Join(bridge.id, bridge.mode, ()), *board.end_owner(bridge)]
    others = [board.tables.legs[number] for number in bridge.legs if number != leg.id]
    effects += board.close_call(call, event.cause)
    for other in others:
        effects += _release(board, other, causes.NORMAL)
    return effects


def _release(board: Switchboard, leg: Leg, cause: str) -> Effects:
    if leg.kind == "fxs":
        return hear_tone(board, leg, cause)
    return board.hang_up(leg, cause)


def _counts_as_answered(
    board: Switchboard, bridge: Bridge, _: TimerFired | LineReversed
) -> Effects:
    effects = board.stop_timer(bridge.id)
    for leg in [board.tables.legs[number] for number in reversed(bridge.legs)]:  # callee first
        if not leg.answered and leg.kind == "sip":
            effects += board.answer(leg)
        elif not leg.answered:
            board.note_answer(leg)
    return effects


TABLE: dict[tuple[str, type], Callable[[Switchboard, Bridge, Any], Effects]] = {
    ("talk", LegEnded): _left,
    ("talk", TimerFired): _counts_as_answered,
    ("talk", LineReversed): _counts_as_answered,
}
