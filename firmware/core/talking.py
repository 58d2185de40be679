"""A bridge at work: what happens to people who hear each other.

Theory.  In mode `talk` two legs hear each other.  When one leaves, the call is over: the other is
released in the way he notices (busy tone on a handset, hang-up elsewhere).  An outside line does
not say when the far phone answers; either a change of polarity does (FXO-07) or the timer `charge`
(FXO-08), whichever comes first, and only then a SIP caller is told that he is talking.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from firmware.core import causes
from firmware.core.effects import Effects
from firmware.core.events import LineReversed, TimerFired
from firmware.core.model import Bridge, Left
from firmware.core.refusal import hear_tone
from firmware.core.switchboard import Switchboard


def _left(board: Switchboard, bridge: Bridge, _: Left) -> Effects:
    effects: Effects = []
    for other in board.legs_of(bridge.id):
        if other.kind == "fxs":
            effects += hear_tone(board, other, causes.NORMAL)
        else:
            effects += board.hang_up(other, causes.NORMAL)
    return effects


def _counts_as_answered(
    board: Switchboard, bridge: Bridge, _: TimerFired | LineReversed
) -> Effects:
    effects = board.stop_timer(bridge.id, "charge")
    for leg in reversed(board.legs_of(bridge.id)):  # the called party first: he is who took it
        if not leg.answered and leg.kind == "sip":
            effects += board.answer(leg)
        elif not leg.answered:
            board.note_answer(leg)
    return effects


TABLE: dict[tuple[str, type | str], Callable[[Switchboard, Bridge, Any], Effects]] = {
    ("talk", Left): _left,
    ("talk", "charge"): _counts_as_answered,
    ("talk", LineReversed): _counts_as_answered,
}
