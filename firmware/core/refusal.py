"""Telling somebody that it did not work, in the way he can notice.

A handset hears words or a tone, then silence, then the howler that asks to hang it up.  A SIP phone
gets the code, after the words if there are any.  Whoever keeps a party waiting goes back to it.  A
caller on an outside line that rings hears nothing: he is offered again.
"""

from __future__ import annotations

from firmware.core import causes
from firmware.core.effects import AnswerRefer, Effects, Progress
from firmware.core.model import Dialing, Leg, Listening
from firmware.core.switchboard import Switchboard

RETRY_MS = 5_000  # a caller on an outside line goes on ringing: he is offered again
BACK_MS = 3_000  # how long a tone tells why, before the caller is back with his party
REFER_CODES = {causes.BUSY: 486, causes.NO_ANSWER: 480, causes.REFUSED: 603}


def refuse(
    board: Switchboard, dialing: Dialing, cause: str, words: tuple[str, ...] = ()
) -> Effects:
    caller = board.tables.legs[dialing.caller]
    if caller.kind != "fxo" or caller.answered:
        board.ledger.blame(caller, cause)
    if dialing.referrer:
        return _back_to_referrer(board, dialing, caller, cause)
    if board.held_for(caller):
        return _back_to_party(board, dialing, caller, cause)
    if caller.kind == "fxo" and not caller.answered:
        dialing.state = "waiting"
        return board.start_timer(dialing.id, "retry", RETRY_MS)
    return release(board, caller, cause, words)


def _back_to_referrer(board: Switchboard, dialing: Dialing, caller: Leg, cause: str) -> Effects:
    """The transfer failed: the phone that asked for it has its party again."""
    referrer = board.tables.legs[dialing.referrer]
    told = AnswerRefer(referrer.id, REFER_CODES.get(cause, 404))
    return [told, *board.bridge("talk", [referrer, caller])]


def _back_to_party(board: Switchboard, dialing: Dialing, caller: Leg, cause: str) -> Effects:
    """FCR-12: hears why not, and is back with who waits for him."""
    dialing.state = "failed"
    tone = board.set_tone(caller, causes.tone_of(cause))
    return tone + board.start_timer(dialing.id, "back", BACK_MS)


def release(board: Switchboard, leg: Leg, cause: str, words: tuple[str, ...] = ()) -> Effects:
    """The call is over for this party, whoever owned it."""
    words = words or causes.WORDS_OF.get(cause, ())
    if board.held_for(leg) and not words:
        return board.rejoin(leg)
    if leg.kind == "fxs":
        return hear_tone(board, leg, cause, words)
    if words and leg.kind == "sip" and (leg.answered or not leg.trunk):
        return _say_and_hang_up(board, leg, cause, words)
    return board.hang_up(leg, cause)


def hear_tone(board: Switchboard, leg: Leg, cause: str, words: tuple[str, ...] = ()) -> Effects:
    """A handset is left alone with words and a tone, until it is hung up."""
    effects = board.leave_call(leg, cause)
    listening = Listening(board.next_owner(), "words" if words else "tone", cause)
    effects += board.move([leg], listening)
    board.set_state(leg, "tone")
    if words:
        return effects + board.say(leg, *words)
    return effects + tone_for(board, listening, leg)


def _say_and_hang_up(board: Switchboard, leg: Leg, cause: str, words: tuple[str, ...]) -> Effects:
    effects = board.move([leg], Listening(board.next_owner(), "words", cause))
    if not leg.answered:
        effects.append(Progress(leg.id))
        board.set_state(leg, "early")
    return effects + board.say(leg, *words)


def tone_for(board: Switchboard, listening: Listening, leg: Leg) -> Effects:
    listening.state = "tone"
    tone = board.set_tone(leg, causes.tone_of(listening.cause))
    return tone + board.start_timer(listening.id, "end", board.timing.refusal_tone)
