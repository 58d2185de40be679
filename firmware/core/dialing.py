"""A caller on the way to somebody: the state machine of every call before it is answered.

Theory.  A `Dialing` owns the caller's leg and, once the digits make sense, the legs that ring for
him.  It ends when the caller and one callee move into a bridge, a feature takes the caller, the
caller is left with a tone, or he leaves.

  collecting  The caller has dial tone or has dialed part of a number.  Every digit asks the
              resolver.  The timer `patience` is the box's; when it runs out the digits count as
              finished, exactly as if the caller had pressed `#` (FCR-05).
  prompting, naming   The caller says his name (`naming.py`).
  telling     The caller hears something before anybody rings.
  calling     At least one callee rings or an outside line is being dialed.  The timer `answer` is
              the ringing time.  The first to answer wins, the others are hung up.
  waiting     Nobody took a call from an outside line, which goes on ringing: the timer `retry`
              offers it again, until the outside caller gives up.
  failed      A caller whose party waits for him hears why it did not work, then is back (FCR-12).

A caller whose own party waits (`purpose`) comes back to it by flash or, while somebody rings, `*`.
A pair that is not in TABLE cannot matter in that state: the exchange counts it, nothing changes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from firmware.core import calling, causes, naming, refusal, transfer
from firmware.core.decision import Caller, Dial, NeedMore, Reject, Resolution, RunFeature
from firmware.core.effects import Effects, Tone
from firmware.core.events import (
    DigitHeard,
    HookFlashed,
    LegAlerting,
    LegAnswered,
    LegRedirected,
    LineReversed,
    NumberSent,
    PromptEnded,
    RecordingEnded,
    TimerFired,
)
from firmware.core.model import Dialing, Left, Leg, Purpose
from firmware.core.record import CallType
from firmware.core.sessions import start_session
from firmware.core.switchboard import Switchboard


def begin(board: Switchboard, leg: Leg, purpose: Purpose = "") -> Effects:
    """This leg is to dial: it gets dial tone, whoever owned it."""
    dialing = Dialing(board.next_owner(), "collecting", leg.id, purpose=purpose)
    effects = board.move([leg], dialing)
    board.set_state(leg, "dialing")
    return effects + invite_digits(board, dialing)


def invite_digits(board: Switchboard, dialing: Dialing) -> Effects:
    """Dial tone; a telephone with a number of its own dials that (FXS-06, FXS-X1)."""
    caller = board.tables.legs[dialing.caller]
    extension = board.extension_of(caller)
    dialing.digits = extension.off_hook if extension else ""
    if extension and extension.hotline and not dialing.purpose:
        if not extension.hotline_ms:
            return dial(board, dialing, extension.hotline + "#")
        waiting = board.start_timer(dialing.id, "hotline", extension.hotline_ms)
    else:
        waiting = board.start_timer(dialing.id, "patience", board.timing.first_digit)
    return board.set_tone(caller, _dial_tone(board, caller)) + waiting


def _dial_tone(board: Switchboard, caller: Leg) -> Tone:
    """Who is not reached as usual hears it, so that he does not forget."""
    if board.held_for(caller):
        return "recall"
    state, number = board.tables.state, caller.party
    forwards = state.forward.get(number)
    diverts = forwards is not None and any(
        forward and forward.on for forward in msgspec.structs.astuple(forwards)
    )
    return "stutter" if diverts or number in state.dnd else "dial"


# -- collecting ------------------------------------------------------------------------------------
def _digit(board: Switchboard, dialing: Dialing, event: DigitHeard) -> Effects:
    caller = board.tables.legs[dialing.caller]
    effects = board.silence(caller) + board.stop_timer(dialing.id, "hotline")
    extension = board.extension_of(caller)
    if extension and dialing.digits == extension.off_hook != "" and event.digit == "*":
        dialing.digits = ""  # FXS-07: inside after all
        tone = board.set_tone(caller, "dial")
        return effects + tone + board.start_timer(dialing.id, "patience", board.timing.first_digit)
    return effects + dial(board, dialing, dialing.digits + event.digit)


def _hotline(board: Switchboard, dialing: Dialing, _: TimerFired) -> Effects:
    caller = board.tables.legs[dialing.caller]
    extension = board.extension_of(caller)
    quiet = board.silence(caller)
    return quiet + dial(board, dialing, (extension.hotline if extension else "") + "#")


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
    patience = board.stop_timer(dialing.id, "patience")
    if dialing.purpose == "blind":
        return patience + transfer.blind(board, dialing, resolution)
    if caller.call not in board.tables.calls:
        _open_call(board, caller, who, digits, resolution)
    else:
        board.tables.calls[caller.call].trail = list(resolution.trail)  # offered again
    return patience + _obey(board, dialing, decision)


def _obey(board: Switchboard, dialing: Dialing, decision: Dial | RunFeature | Reject) -> Effects:
    caller = board.tables.legs[dialing.caller]
    call = board.tables.calls[caller.call]
    match decision:
        case RunFeature(feature, argument):
            call.final = feature
            if not dialing.digits.endswith("#"):
                caller.hash_until = board.at + board.timing.next_digit * 1_000_000
            return start_session(board, feature, argument, caller)
        case Reject(cause, words):
            return refusal.refuse(board, dialing, cause, words)
        case Dial():
            return calling.call(board, dialing, call, decision)


def _open_call(
    board: Switchboard, caller: Leg, who: Caller, digits: str, resolution: Resolution
) -> None:
    decision = resolution.decision
    kind: CallType = "incoming" if who.outside else "internal"
    called = digits.rstrip("#")
    line = board.site.lines.get(who.line) if who.line is not None else None
    if isinstance(decision, Dial):
        kind, called = decision.type, decision.called or called
    elif line:
        called = line.number
    call = board.ledger.open(kind, caller.party, called, board.site.version, board.utc)
    call.trail.extend(resolution.trail)
    call.name = caller.name
    if who.outside:
        call.line, call.trunk = who.line, who.trunk or board.name_of(who.line)
    board.join_call(caller, call.id)


# -- giving up what was dialed, with somebody waiting ----------------------------------------------
def _flash_collecting(board: Switchboard, dialing: Dialing, _: HookFlashed) -> Effects:
    """Back to the party; who has none starts over, or is told that there is nothing to hold."""
    caller = board.tables.legs[dialing.caller]
    if board.held_for(caller):
        return board.rejoin(caller)
    if dialing.digits not in ("", _off_hook(board, caller)):
        return board.silence(caller) + invite_digits(board, dialing)
    stopped = board.stop_timer(dialing.id, "patience") + board.stop_timer(dialing.id, "hotline")
    return stopped + board.say(caller, "nothing-to-hold")


def _told_nothing_held(board: Switchboard, dialing: Dialing, _: PromptEnded) -> Effects:
    return invite_digits(board, dialing)


def _off_hook(board: Switchboard, caller: Leg) -> str:
    extension = board.extension_of(caller)
    return extension.off_hook if extension else ""


def _give_up(board: Switchboard, dialing: Dialing, _: HookFlashed) -> Effects:
    caller = board.tables.legs[dialing.caller]
    if board.held_for(caller) is None:
        return []
    return calling.drop_callees(board, dialing, causes.CANCELED) + board.rejoin(caller)


def _name_over(board: Switchboard, dialing: Dialing, _: TimerFired) -> Effects:
    return naming.close(board, dialing)


def _give_up_naming(board: Switchboard, dialing: Dialing, event: HookFlashed) -> Effects:
    caller = board.tables.legs[dialing.caller]
    if board.held_for(caller) is None:
        return []
    return board.drop_recordings(caller) + _give_up(board, dialing, event)


def _key(board: Switchboard, dialing: Dialing, event: DigitHeard) -> Effects:
    """FCR-09: `*` cancels a consultation; a callee who is asked answers with a key."""
    if event.leg != dialing.caller:
        return calling.key_of_asked(board, dialing, event)
    if event.digit != "*" or board.held_for(board.tables.legs[dialing.caller]) is None:
        return []
    return _give_up(board, dialing, HookFlashed(event.at, event.utc, 0))


def _back(board: Switchboard, dialing: Dialing, _: object) -> Effects:
    caller = board.tables.legs[dialing.caller]
    if board.held_for(caller) is None:  # who waited has given up meanwhile
        return refusal.release(board, caller, dialing.cause or causes.NORMAL)
    return board.rejoin(caller)


# -- waiting ---------------------------------------------------------------------------------------
def _again(board: Switchboard, dialing: Dialing, _: TimerFired) -> Effects:
    dialing.hops = 0
    return dial(board, dialing, dialing.digits)


TABLE: dict[tuple[str, type | str], Callable[[Switchboard, Dialing, Any], Effects]] = {
    ("collecting", DigitHeard): _digit,
    ("collecting", "patience"): _enough,
    ("collecting", "hotline"): _hotline,
    ("collecting", HookFlashed): _flash_collecting,
    ("collecting", PromptEnded): _told_nothing_held,
    ("prompting", PromptEnded): naming.beep,
    ("prompting", "beep"): naming.speak,
    ("prompting", Left): calling.left,
    ("prompting", HookFlashed): _give_up,
    ("naming", DigitHeard): naming.said,
    ("naming", "name"): _name_over,
    ("naming", "closing"): calling.named,
    ("naming", RecordingEnded): calling.named,
    ("naming", Left): calling.left,
    ("naming", HookFlashed): _give_up_naming,
    ("telling", PromptEnded): calling.told,
    ("telling", Left): calling.left,
    ("telling", HookFlashed): _give_up,
    ("calling", LegAlerting): calling.alerting,
    ("calling", LegAnswered): calling.answered,
    ("calling", LegRedirected): calling.redirected,
    ("calling", NumberSent): calling.number_sent,
    ("calling", DigitHeard): _key,
    ("calling", PromptEnded): calling.asked_again,
    ("calling", HookFlashed): _give_up,
    ("calling", "answer"): calling.no_answer,
    ("calling", LineReversed): calling.counts_as_answered,
    ("calling", "charge"): calling.counts_as_answered,
    ("calling", Left): calling.left,
    ("waiting", "retry"): _again,
    ("failed", "back"): _back,
    ("failed", DigitHeard): _back,
    ("failed", HookFlashed): _back,
}
