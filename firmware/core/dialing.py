"""A caller on the way to somebody: the state machine of every call before it is answered.

Theory.  A `Dialing` owns the caller's leg and, once the digits make sense, the legs that ring for
him.  It ends when the caller and one callee move into a bridge, a feature takes the caller, the
caller is left with a tone, or he leaves.

  collecting  The caller has dial tone or has dialed part of a number.  Every digit asks the
              resolver.  The timer `patience` is the box's; when it runs out the digits count as
              finished, exactly as if the caller had pressed `#` (FCR-05).
  calling     At least one callee rings or an outside line is being dialed.  The timer `answer` is
              the ringing time.  The first to answer wins, the others are hung up.
  waiting     Nobody took a call from an outside line, which goes on ringing: the timer `retry`
              offers it again, until the outside caller gives up.

A pair that is not in TABLE cannot matter in that state: the exchange counts it, nothing changes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from firmware.core import calling, causes, refusal
from firmware.core.decision import Caller, Dial, NeedMore, Reject, Resolution, RunFeature
from firmware.core.effects import Effects
from firmware.core.events import DigitHeard, LegAlerting, LegAnswered, NumberSent, TimerFired
from firmware.core.model import Call, Dialing, Left, Leg
from firmware.core.record import CallType
from firmware.core.sessions import start_session
from firmware.core.switchboard import Switchboard


def invite_digits(board: Switchboard, dialing: Dialing) -> Effects:
    """A handset was lifted: dial tone."""
    caller = board.tables.legs[dialing.caller]
    waiting = board.start_timer(dialing.id, "patience", board.timing.first_digit)
    return board.set_tone(caller, "dial") + waiting


# -- collecting ------------------------------------------------------------------------------------
def _digit(board: Switchboard, dialing: Dialing, event: DigitHeard) -> Effects:
    quiet = board.set_tone(board.tables.legs[dialing.caller], "")
    return quiet + dial(board, dialing, dialing.digits + event.digit)


def _enough(board: Switchboard, dialing: Dialing, _: TimerFired) -> Effects:
    if not dialing.digits:
        return refusal.refuse(board, dialing, causes.NO_SUCH_NUMBER)
    return dial(board, dialing, dialing.digits + "#")


def dial(board: Switchboard, dialing: Dialing, digits: str) -> Effects:
    """Ask the resolver what these digits mean for this caller, and do it."""
    dialing.digits = digits
    caller = board.tables.legs[dialing.caller]
    who = board.caller_of(caller)
    resolution = board.ask(who, digits)
    decision = resolution.decision
    if isinstance(decision, NeedMore):
        tone = board.set_tone(caller, "dial") if decision.dial_tone else []
        return tone + board.start_timer(dialing.id, "patience", board.timing.next_digit)
    call = board.tables.calls.get(caller.call) or _open_call(board, caller, who, digits, resolution)
    patience = board.stop_timer(dialing.id, "patience")
    if isinstance(decision, RunFeature):
        call.final = decision.feature
        return patience + start_session(board, decision.feature, decision.argument, caller)
    if isinstance(decision, Reject):
        return patience + refusal.refuse(board, dialing, decision.cause)
    return patience + calling.call(board, dialing, call, decision)


def _open_call(
    board: Switchboard, caller: Leg, who: Caller, digits: str, resolution: Resolution
) -> Call:
    decision = resolution.decision
    kind: CallType = "incoming" if who.outside else "internal"
    called = digits.rstrip("#")
    if isinstance(decision, Dial):
        kind, called = decision.type, decision.called
    call = board.ledger.open(kind, caller.party, called, board.site.version, board.utc)
    call.trail.extend(resolution.trail)
    if who.outside:
        call.line = who.line
    board.join_call(caller, call.id)
    return call


# -- waiting ---------------------------------------------------------------------------------------
def _again(board: Switchboard, dialing: Dialing, _: TimerFired) -> Effects:
    return dial(board, dialing, dialing.digits)


TABLE: dict[tuple[str, type | str], Callable[[Switchboard, Dialing, Any], Effects]] = {
    ("collecting", DigitHeard): _digit,
    ("collecting", "patience"): _enough,
    ("calling", LegAlerting): calling.alerting,
    ("calling", LegAnswered): calling.answered,
    ("calling", NumberSent): calling.number_sent,
    ("calling", "answer"): calling.no_answer,
    ("calling", Left): calling.left,
    ("waiting", "retry"): _again,
}
