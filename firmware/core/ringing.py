"""Making telephones ring and outside lines dial: what becomes of one target of a `Dial`.

Each function adds the legs that it can, owned by the dialing, and says why where it can add none.
"""

from __future__ import annotations

from firmware.core import causes, emergency, waiting
from firmware.core.decision import Dial, ToExtension, ToGroup, ToLines, ToTrunk
from firmware.core.effects import (
    Alert,
    Effects,
    Invite,
    InviteTrunk,
    RingLine,
    SeizeLine,
)
from firmware.core.groups import in_turn
from firmware.core.model import Call, Dialing
from firmware.core.record import Step
from firmware.core.site import Extension
from firmware.core.switchboard import Switchboard

Rung = tuple[Effects, str]  # what to do; why nobody could be rung, if that is so


def ring(board: Switchboard, dialing: Dialing, call: Call, decision: Dial) -> Rung:
    match decision.to:
        case ToExtension(number):
            return ring_number(board, dialing, call, number)
        case ToGroup():
            return _ring_group(board, dialing, call, decision.to)
        case ToLines(lines, digits):
            return _seize(board, dialing, call, lines, digits)
        case ToTrunk(trunk, digits):
            return _by_trunk(board, dialing, call, trunk, digits)


# -- extensions ------------------------------------------------------------------------------------
def ring_number(board: Switchboard, dialing: Dialing, call: Call, number: str) -> Rung:
    extension = board.site.extensions.get(number)
    if extension is None:
        return [], causes.NO_SUCH_NUMBER
    if waiting.in_a_call(board, number):
        return waiting.knock(board, dialing, extension)
    if extension.line is None:
        return _invite(board, dialing, call, extension)
    if dialing.auto_answer:
        return [], causes.REFUSED  # an analog telephone cannot answer by itself
    return _ring_line(board, dialing, call, extension, extension.line)


def _ring_line(
    board: Switchboard, dialing: Dialing, call: Call, extension: Extension, number: int
) -> Rung:
    line = board.tables.lines.get(number)
    if line is None or not line.up:
        return [], causes.UNREACHABLE
    if line.leg or line.off_hook:
        return [], causes.BUSY
    leg = board.add_leg("fxs", extension.number, dialing, "ringing", line=number, call=call.id)
    ring = RingLine(leg.id, number, board.site.ring_cadence)
    return [ring, *alert(board, dialing)], ""


def _invite(board: Switchboard, dialing: Dialing, call: Call, extension: Extension) -> Rung:
    """One leg for each place where the extension is registered."""
    caller, name = shown(board, dialing)
    decision = dialing.decision
    effects: Effects = []
    for contact in board.tables.contacts.get(extension.number, ()):
        leg = board.add_leg("sip", extension.number, dialing, "ringing", call=call.id)
        effects.append(
            Invite(
                leg.id,
                extension.number,
                contact,
                caller,
                name,
                withheld=bool(decision and decision.withheld),
                diverted_by=decision.diverted_by if decision else "",
                auto_answer=dialing.auto_answer,
            )
        )
    return effects, causes.UNREACHABLE


def shown(board: Switchboard, dialing: Dialing) -> tuple[str, str]:
    """The number and name that the called telephone shows."""
    caller = board.tables.legs[dialing.caller]
    extension = board.extension_of(caller)
    return caller.party, extension.name if extension else ""


def alert(board: Switchboard, dialing: Dialing) -> Effects:
    """Tell the caller that it rings; an outside caller hears that from his own exchange."""
    caller = board.tables.legs[dialing.caller]
    if dialing.alerted or (caller.kind == "fxo" and not caller.answered):
        return []
    dialing.alerted = True
    if caller.kind == "sip" and not caller.answered:
        return [Alert(caller.id)]
    return board.set_tone(caller, "knocking" if dialing.knocked else "ringback")


# -- groups ----------------------------------------------------------------------------------------
def _ring_group(board: Switchboard, dialing: Dialing, call: Call, group: ToGroup) -> Rung:
    members = in_turn(board, group, call.id)
    if group.strategy != "all":
        dialing.queue = members
        return next_member(board, dialing, call)
    effects: Effects = []
    cause = causes.UNREACHABLE
    for number in members:
        rung, why = ring_number(board, dialing, call, number)
        effects += rung
        cause = causes.more_telling(cause, why)
    return effects, cause


def next_member(board: Switchboard, dialing: Dialing, call: Call) -> Rung:
    """One after the other; who cannot ring is left out."""
    cause = causes.UNREACHABLE
    while dialing.queue:
        effects, why = ring_number(board, dialing, call, dialing.queue.pop(0))
        if effects:
            return effects, ""
        cause = causes.more_telling(cause, why)
    return [], cause


# -- the outside -----------------------------------------------------------------------------------
def _seize(
    board: Switchboard, dialing: Dialing, call: Call, lines: tuple[int, ...], digits: str
) -> Rung:
    usable = tuple(line for line in lines if line not in dialing.tried)
    effects: Effects = []
    line, cut = board.free_outside_line(usable), 0
    if line is None and call.emergency:
        effects, line, cut = emergency.take_over(board, usable)
    if line is None:
        call.trail.append(Step("line", "refused", "lines"))
        return effects, causes.LINES_BUSY
    call.trail.append(Step("line", "taken", f"lines.{line.line}"))
    call.line = line.line
    leg = board.add_leg("fxo", digits, dialing, "dialing", line=line.line, call=call.id)
    if call.emergency:
        effects += emergency.announce(board, call, cut)
    return [*effects, SeizeLine(leg.id, line.line, digits, board.rest_ms(line))], ""


def _by_trunk(board: Switchboard, dialing: Dialing, call: Call, trunk: str, digits: str) -> Rung:
    decision = dialing.decision
    caller, name = shown(board, dialing)
    own = decision.caller_id if decision else ""
    call.trail.append(Step("trunk", "taken", f"trunks.{trunk}"))
    leg = board.add_leg("sip", digits, dialing, "ringing", call=call.id, trunk=trunk)
    return [
        InviteTrunk(
            leg.id,
            trunk,
            digits,
            own or caller,
            name,
            withheld=bool(decision and decision.withheld),
            diverted_by=decision.diverted_by if decision else "",
        )
    ], ""
