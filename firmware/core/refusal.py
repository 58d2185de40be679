"""Telling somebody that it did not work, in the way he can notice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from firmware.core import causes
from firmware.core.effects import Effects
from firmware.core.events import TimerFired
from firmware.core.model import Dialing, Leg, Listening
from firmware.core.switchboard import Switchboard

RETRY_MS = 5_000  # a caller on an outside line goes on ringing: he is offered again


def refuse(board: Switchboard, dialing: Dialing, cause: str) -> Effects:
    """A handset hears why not, a SIP phone gets the code, an outside caller goes on ringing."""
    caller = board.tables.legs[dialing.caller]
    if caller.kind == "fxo":
        dialing.state = "waiting"
        return board.start_timer(dialing.id, "retry", RETRY_MS)
    board.ledger.blame(caller, cause)
    if caller.kind == "fxs":
        return hear_tone(board, caller, cause)
    return board.hang_up(caller, cause)


def hear_tone(board: Switchboard, leg: Leg, cause: str) -> Effects:
    """A handset is left alone with a tone, until it is hung up."""
    left = board.leave_call(leg, cause)
    moved = board.move([leg], Listening(board.next_owner()))
    board.set_state(leg, "tone")
    tone = board.set_tone(leg, causes.tone_of(cause))
    return left + moved + tone + board.start_timer(leg.owner, "end", board.timing.refusal_tone)


def _silence(board: Switchboard, listening: Listening, _: TimerFired) -> Effects:
    [leg] = board.legs_of(listening.id)
    return board.set_tone(leg, "")


LISTENING: dict[tuple[str, type | str], Callable[[Switchboard, Listening, Any], Effects]] = {
    ("tone", "end"): _silence,
}
