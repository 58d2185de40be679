"""A caller on the way to somebody: the state machine of every call before it is answered.

Theory.  A `Dialing` owns the caller's leg and, once the digits make sense, the legs that ring for
him.  It ends when the caller and one callee move into a bridge, a feature takes the caller, or
the caller leaves.

  collecting  The caller has dial tone or has dialed part of a number.  Every digit asks the
              resolver.  The timer is the patience of the box; when it runs out the digits count
              as finished, exactly as if the caller had pressed `#` (FCR-05).
  calling     At least one callee rings or an outside line is being dialed.  The timer is the
              ringing time.  The first to answer wins, the others are hung up.
  refused     A handset hears why not, until it is hung up.  The timer stops the tone.  Callers who
              cannot hear a tone of ours (SIP phones, outside lines) are hung up instead.

A pair that is not in TABLE cannot matter in that state: the exchange logs it and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from firmware.core import calling, causes, refusal
from firmware.core.decision import Dial, NeedMore, Reject, Resolution, RunFeature
from firmware.core.effects import Effects, PlayTone, StopTone
from firmware.core.events import (
    DigitHeard,
    LegAlerting,
    LegAnswered,
    LegEnded,
    NumberSent,
    TimerFired,
)
from firmware.core.model import Call, Dialing, Leg
from firmware.core.sessions import start_session
from firmware.core.switchboard import Switchboard


def start(board: Switchboard, leg: Leg, digits: str) -> Effects:
    """Give a new caller's leg to a new dialing; digits that came with the call count at once."""
    dialing = Dialing(leg.owner, "collecting", leg.id)
    board.add_owner(dialing)
    if digits:
        return dial(board, dialing, digits)
    return _dial_tone(dialing) + board.start_timer(dialing.id, board.timing.first_digit)


# -- collecting ------------------------------------------------------------------------------------
def _dial_tone(dialing: Dialing) -> Effects:
    dialing.dial_tone = True
    return [PlayTone(dialing.caller, "dial")]


def _digit(board: Switchboard, dialing: Dialing, event: DigitHeard) -> Effects:
    effects: Effects = [StopTone(dialing.caller)] if dialing.dial_tone else []
    dialing.dial_tone = False
    return effects + dial(board, dialing, dialing.digits + event.digit)


def _enough(board: Switchboard, dialing: Dialing, _: TimerFired) -> Effects:
    if not dialing.digits:
        return refusal.refuse(board, dialing, causes.NO_SUCH_NUMBER)
    return dial(board, dialing, dialing.digits + "#")


def dial(board: Switchboard, dialing: Dialing, digits: str) -> Effects:
    """Ask the resolver what these digits mean for this caller, and do it."""
    dialing.digits = digits
    caller = board.tables.legs[dialing.caller]
    resolution = board.resolve(board.site, board.caller_of(caller), digits, board.utc)
    decision = resolution.decision
    if isinstance(decision, NeedMore):
        tone = _dial_tone(dialing) if decision.dial_tone else []
        return tone + board.start_timer(dialing.id, board.timing.next_digit)
    if isinstance(decision, RunFeature):
        return _run(board, dialing, decision, resolution)
    effects: Effects = [StopTone(caller.id)] if caller.kind == "fxs" else []
    call = _open_call(board, caller, digits, resolution)
    if isinstance(decision, Reject):
        return effects + refusal.refuse(board, dialing, decision.cause)
    return effects + calling.call(board, dialing, call, decision)


def _open_call(board: Switchboard, caller: Leg, digits: str, resolution: Resolution) -> Call:
    decision = resolution.decision
    kind = decision.type if isinstance(decision, Dial) else "internal"
    called = decision.called if isinstance(decision, Dial) else digits.rstrip("#")
    call = board.open_call(kind, caller.party, called)
    call.trail.extend(resolution.trail)
    if caller.kind == "fxo":
        call.line = caller.line
    caller.call = call.id
    return call


def _run(
    board: Switchboard, dialing: Dialing, decision: RunFeature, resolution: Resolution
) -> Effects:
    caller = board.tables.legs[dialing.caller]
    call = _open_call(board, caller, dialing.digits, resolution)
    call.final = decision.feature
    ended = board.end_owner(dialing)
    return ended + start_session(board, decision.feature, decision.argument, caller)


TABLE: dict[tuple[str, type], Callable[[Switchboard, Dialing, Any], Effects]] = {
    ("collecting", DigitHeard): _digit,
    ("collecting", TimerFired): _enough,
    ("collecting", LegEnded): calling.left,
    ("calling", LegAlerting): calling.alerting,
    ("calling", LegAnswered): calling.answered,
    ("calling", NumberSent): calling.number_sent,
    ("calling", TimerFired): calling.no_answer,
    ("calling", LegEnded): calling.left,
    ("refused", TimerFired): refusal.silence,
    ("refused", LegEnded): calling.left,
}
