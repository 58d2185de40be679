"""Ringing callees and dialing outside lines: the state `calling` of `dialing.TABLE`."""

from __future__ import annotations

from firmware.core import causes, refusal
from firmware.core.decision import Dial, ToExtension
from firmware.core.effects import (
    Alert,
    Effects,
    Invite,
    OpenLine,
    PlayTone,
    Progress,
    RingLine,
    SeizeLine,
    StopRinging,
    StopTone,
)
from firmware.core.events import LegAlerting, LegAnswered, LegEnded, NumberSent, TimerFired
from firmware.core.model import Call, Dialing, Leg
from firmware.core.record import Step
from firmware.core.site import Extension
from firmware.core.switchboard import Switchboard


def call(board: Switchboard, dialing: Dialing, call: Call, decision: Dial) -> Effects:
    """Ring whoever the decision names."""
    dialing.state = "calling"
    if isinstance(decision.to, ToExtension):
        extension = board.site.extensions[decision.to.number]
        effects, cause = _ring(board, dialing, call, extension)
        patience = board.timing.ring
    else:
        effects, cause = _seize(board, dialing, call, decision.to.lines, decision.to.digits)
        patience = board.timing.outside_ring
    if not dialing.callees:
        return refusal.refuse(board, dialing, cause)
    return effects + board.start_timer(dialing.id, patience)


def _ring(
    board: Switchboard, dialing: Dialing, call: Call, extension: Extension
) -> tuple[Effects, str]:
    if extension.line is None:
        return _invite(board, dialing, call, extension)
    line = board.tables.lines.get(extension.line)
    if line is None or not line.up:
        return [], causes.UNREACHABLE
    if line.leg:
        return [], causes.BUSY
    leg = board.add_leg("fxs", extension.number, dialing.id, line=line.line, call=call.id)
    dialing.callees.append(leg.id)
    ring = RingLine(leg.id, line.line, board.site.ring_cadence)
    return [ring, *_alert(board, dialing)], ""


def _invite(
    board: Switchboard, dialing: Dialing, call: Call, extension: Extension
) -> tuple[Effects, str]:
    """One leg for each place where the extension is registered."""
    name = board.site.extensions.get(call.caller)
    effects: Effects = []
    for contact in range(board.tables.contacts.get(extension.number, 0)):
        leg = board.add_leg("sip", extension.number, dialing.id, call=call.id)
        dialing.callees.append(leg.id)
        shown = name.name if name else ""
        effects.append(Invite(leg.id, extension.number, contact, call.caller, shown))
    return effects, causes.UNREACHABLE


def _seize(
    board: Switchboard, dialing: Dialing, call: Call, lines: tuple[int, ...], digits: str
) -> tuple[Effects, str]:
    line = board.free_outside_line(lines)
    if line is None:
        call.trail.append(Step("line", "refused", "lines"))
        return [], causes.LINES_BUSY
    call.trail.append(Step("line", "taken", f"lines.{line.line}"))
    call.line = line.line
    leg = board.add_leg("fxo", digits, dialing.id, line=line.line, call=call.id)
    board.set_state(leg, "up")  # the line is in use from here on, answered or not
    dialing.callees.append(leg.id)
    return [SeizeLine(leg.id, line.line, digits, board.rest_ms(line))], ""


def alerting(board: Switchboard, dialing: Dialing, _: LegAlerting) -> Effects:
    return _alert(board, dialing)


def _alert(board: Switchboard, dialing: Dialing) -> Effects:
    """Tell the caller that it rings; an outside caller hears that from his own exchange."""
    caller = board.tables.legs[dialing.caller]
    if dialing.alerted or caller.kind == "fxo":
        return []
    dialing.alerted = True
    return [Alert(caller.id)] if caller.kind == "sip" else [PlayTone(caller.id, "ringback")]


def answered(board: Switchboard, dialing: Dialing, event: LegAnswered) -> Effects:
    """The first to answer gets the caller."""
    if event.leg not in dialing.callees:
        return []
    caller, callee = board.tables.legs[dialing.caller], board.tables.legs[event.leg]
    effects = _drop_callees(board, dialing, causes.ELSEWHERE, besides=callee.id)
    if callee.kind == "fxs" and callee.line is not None:
        effects += [StopRinging(callee.id, callee.line), OpenLine(callee.id, callee.line)]
    board.note_answer(callee)
    effects += board.answer(caller)
    return effects + _join(board, dialing, caller, callee)


def number_sent(board: Switchboard, dialing: Dialing, event: NumberSent) -> Effects:
    """The caller may listen to the outside line now; it counts as answered later (FXO-08)."""
    if event.leg not in dialing.callees:
        return []
    caller, callee = board.tables.legs[dialing.caller], board.tables.legs[event.leg]
    board.set_state(caller, "up")
    effects = _drop_callees(board, dialing, causes.ELSEWHERE, besides=callee.id)
    if caller.kind == "sip":
        effects.append(Progress(caller.id))
    effects += _join(board, dialing, caller, callee)
    return effects + board.start_timer(callee.owner, board.timing.charge_delay)


def _join(board: Switchboard, dialing: Dialing, caller: Leg, callee: Leg) -> Effects:
    """Caller and callee leave the dialing for a bridge."""
    quiet: Effects = [StopTone(caller.id)] if caller.kind == "fxs" else []
    ended = board.end_owner(dialing)
    return quiet + ended + board.bridge("talk", [caller, callee])


def no_answer(board: Switchboard, dialing: Dialing, _: TimerFired) -> Effects:
    effects = _drop_callees(board, dialing, causes.NO_ANSWER)
    return effects + refusal.refuse(board, dialing, causes.NO_ANSWER)


def left(board: Switchboard, dialing: Dialing, event: LegEnded) -> Effects:
    """The caller gives up, or a callee refuses; the last refusal is the caller's answer."""
    leg = board.tables.legs[event.leg]
    board.drop_leg(leg, event.cause)
    if leg.id == dialing.caller:
        effects = _drop_callees(board, dialing, causes.CANCELED)
        return effects + board.close_call(leg.call, causes.CANCELED) + board.end_owner(dialing)
    dialing.callees.remove(leg.id)
    if dialing.callees:
        return []
    return refusal.refuse(board, dialing, event.cause)


def _drop_callees(board: Switchboard, dialing: Dialing, cause: str, besides: int = 0) -> Effects:
    effects: Effects = []
    for number in dialing.callees:
        if number != besides:
            effects += board.hang_up(board.tables.legs[number], cause)
    dialing.callees = []
    return effects
