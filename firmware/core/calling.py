"""Ringing callees and dialing outside lines: the state `calling` of `dialing.TABLE`."""

from __future__ import annotations

from firmware.core import causes, refusal
from firmware.core.decision import Dial, ToExtension, ToLines
from firmware.core.effects import (
    Alert,
    Effects,
    Invite,
    OpenLine,
    Progress,
    RingLine,
    SeizeLine,
    StopRinging,
)
from firmware.core.events import LegAlerting, LegAnswered, NumberSent, TimerFired
from firmware.core.model import Call, Dialing, Left, Leg
from firmware.core.record import Step
from firmware.core.site import Extension
from firmware.core.switchboard import Switchboard


def call(board: Switchboard, dialing: Dialing, call: Call, decision: Dial) -> Effects:
    """Ring whoever the decision names."""
    dialing.state, dialing.cause = "calling", ""
    if isinstance(decision.to, ToExtension):
        extension = board.site.extensions[decision.to.number]
        effects, cause = _ring(board, dialing, call, extension)
        patience = board.timing.ring
    elif not isinstance(decision.to, ToLines):
        effects, cause, patience = [], causes.UNREACHABLE, 0
    else:
        effects, cause = _seize(board, dialing, call, decision.to.lines, decision.to.digits)
        patience = board.timing.outside_ring
    if not callees(board, dialing):
        return refusal.refuse(board, dialing, cause)
    return effects + board.start_timer(dialing.id, "answer", patience)


def callees(board: Switchboard, dialing: Dialing) -> list[Leg]:
    return [leg for leg in board.legs_of(dialing.id) if leg.id != dialing.caller]


def _ring(
    board: Switchboard, dialing: Dialing, call: Call, extension: Extension
) -> tuple[Effects, str]:
    if extension.line is None:
        return _invite(board, dialing, call, extension)
    line = board.tables.lines.get(extension.line)
    if line is None or not line.up:
        return [], causes.UNREACHABLE
    if line.leg or line.off_hook:
        return [], causes.BUSY
    number = extension.number
    leg = board.add_leg("fxs", number, dialing, "ringing", line=line.line, call=call.id)
    ring = RingLine(leg.id, line.line, board.site.ring_cadence)
    return [ring, *_alert(board, dialing)], ""


def _invite(
    board: Switchboard, dialing: Dialing, call: Call, extension: Extension
) -> tuple[Effects, str]:
    """One leg for each place where the extension is registered."""
    calls = board.site.extensions.get(call.caller)
    name = calls.name if calls else ""
    effects: Effects = []
    for contact in board.tables.contacts.get(extension.number, ()):
        leg = board.add_leg("sip", extension.number, dialing, "ringing", call=call.id)
        effects.append(Invite(leg.id, extension.number, contact, call.caller, name))
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
    leg = board.add_leg("fxo", digits, dialing, "dialing", line=line.line, call=call.id)
    return [SeizeLine(leg.id, line.line, digits, board.rest_ms(line))], ""


def alerting(board: Switchboard, dialing: Dialing, _: LegAlerting) -> Effects:
    return _alert(board, dialing)


def _alert(board: Switchboard, dialing: Dialing) -> Effects:
    """Tell the caller that it rings; an outside caller hears that from his own exchange."""
    caller = board.tables.legs[dialing.caller]
    if dialing.alerted or caller.kind == "fxo":
        return []
    dialing.alerted = True
    return [Alert(caller.id)] if caller.kind == "sip" else board.set_tone(caller, "ringback")


def answered(board: Switchboard, dialing: Dialing, event: LegAnswered) -> Effects:
    """The first to answer gets the caller."""
    caller, callee = board.tables.legs[dialing.caller], board.tables.legs[event.leg]
    if callee is caller:
        return []
    effects = _drop_callees(board, dialing, causes.ELSEWHERE, besides=callee)
    if callee.kind == "fxs" and callee.line is not None:
        effects += [StopRinging(callee.id, callee.line), OpenLine(callee.id, callee.line)]
    board.note_answer(callee)
    return effects + board.answer(caller) + board.bridge("talk", [caller, callee])


def number_sent(board: Switchboard, dialing: Dialing, event: NumberSent) -> Effects:
    """The caller may listen to the outside line now; it counts as answered later (FXO-08)."""
    caller, callee = board.tables.legs[dialing.caller], board.tables.legs[event.leg]
    if callee is caller:
        return []
    effects = _drop_callees(board, dialing, causes.ELSEWHERE, besides=callee)
    for leg in (caller, callee):
        board.set_state(leg, "early")
    if caller.kind == "sip":
        effects.append(Progress(caller.id))
    effects += board.bridge("talk", [caller, callee])
    return effects + board.start_timer(callee.owner, "charge", board.timing.charge_delay)


def no_answer(board: Switchboard, dialing: Dialing, _: TimerFired) -> Effects:
    effects = _drop_callees(board, dialing, causes.NO_ANSWER)
    return effects + refusal.refuse(board, dialing, causes.NO_ANSWER)


def left(board: Switchboard, dialing: Dialing, event: Left) -> Effects:
    """The caller gave up, or a callee refused; the most telling refusal is the caller's answer."""
    if event.leg.id == dialing.caller:
        return _drop_callees(board, dialing, causes.CANCELED)
    dialing.cause = causes.more_telling(dialing.cause, event.cause)
    if callees(board, dialing):
        return []
    stopped = board.stop_timer(dialing.id, "answer")
    return stopped + refusal.refuse(board, dialing, dialing.cause)


def _drop_callees(
    board: Switchboard, dialing: Dialing, cause: str, besides: Leg | None = None
) -> Effects:
    effects: Effects = []
    for leg in callees(board, dialing):
        if leg is not besides:
            effects += board.hang_up(leg, cause)
    return effects
