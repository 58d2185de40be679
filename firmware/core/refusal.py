"""Telling somebody that it did not work: the state `refused` of `dialing.TABLE`."""

from __future__ import annotations

from firmware.core import causes
from firmware.core.effects import Effects, PlayTone, StopTone
from firmware.core.events import TimerFired
from firmware.core.model import Dialing, Leg
from firmware.core.switchboard import Switchboard


def refuse(board: Switchboard, dialing: Dialing, cause: str) -> Effects:
    """The call failed: write it down and tell the caller in the way he can hear."""
    caller = board.tables.legs[dialing.caller]
    if caller.kind != "fxs":
        number = caller.call
        hung_up = board.hang_up(caller, cause)
        return hung_up + board.close_call(number, cause) + board.end_owner(dialing)
    dialing.state = "refused"
    board.set_state(caller, "tone")
    effects = board.close_call(caller.call, cause)
    effects += [PlayTone(caller.id, causes.tone_of(cause))]
    return effects + board.start_timer(dialing.id, board.timing.refusal_tone)


def hear_tone(board: Switchboard, leg: Leg, cause: str) -> Effects:
    """A handset that is left alone hears why, until it is hung up."""
    dialing = Dialing(board.next_owner(), "refused", leg.id)
    board.add_owner(dialing)
    leg.owner = dialing.id
    return refuse(board, dialing, cause)


def silence(_: Switchboard, dialing: Dialing, __: TimerFired) -> Effects:
    return [StopTone(dialing.caller)]
