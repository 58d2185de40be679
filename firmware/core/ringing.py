"""Making telephones ring and outside lines dial: what becomes of one target of a `Dial`.

Each function adds the legs that it can, owned by the dialing, and says why where it can add none.
"""

from __future__ import annotations

import msgspec

from firmware.core import causes, emergency, phones, waiting
from firmware.core.decision import Dial, ToExtension, ToGroup, ToLines, ToSeveral, ToTrunk
from firmware.core.effects import (
    Alert,
    Effects,
    InviteTrunk,
    SeizeLine,
)
from firmware.core.groups import in_turn
from firmware.core.model import Call, Dialing
from firmware.core.phones import Rung, Shown
from firmware.core.record import Step
from firmware.core.switchboard import Switchboard


def ring(board: Switchboard, dialing: Dialing, call: Call, decision: Dial) -> Rung:
    match decision.to:
        case ToExtension(number):
            return ring_number(board, dialing, call, number)
        case ToGroup():
            return _ring_group(board, dialing, call, decision.to)
        case ToLines():
            return _seize(board, dialing, call, decision.to)
        case ToTrunk(trunk, digits):
            return _by_trunk(board, dialing, call, trunk, digits)
        case ToSeveral(targets):
            return _ring_several(board, dialing, call, decision, targets)


def _ring_several(
    board: Switchboard,
    dialing: Dialing,
    call: Call,
    decision: Dial,
    targets: tuple[ToExtension | ToLines | ToTrunk, ...],
) -> Rung:
    effects: Effects = []
    cause = causes.UNREACHABLE
    for target in targets:
        rung, why = ring(board, dialing, call, msgspec.structs.replace(decision, to=target))
        effects += rung
        cause = causes.more_telling(cause, why)
    return effects, cause


# -- extensions ------------------------------------------------------------------------------------
def ring_number(board: Switchboard, dialing: Dialing, call: Call, number: str) -> Rung:
    extension = board.site.extensions.get(number)
    if extension is None:
        return [], causes.NO_SUCH_NUMBER
    if waiting.in_a_call(board, number):
        return waiting.knock(board, dialing, extension)
    effects, cause = phones.ring(board, dialing, extension, shown(board, dialing), call.id)
    return effects + (alert(board, dialing) if effects and not extension.sip else []), cause


def shown(board: Switchboard, dialing: Dialing) -> Shown:
    """What the called telephone shows."""
    caller, decision = board.tables.legs[dialing.caller], dialing.decision
    extension = board.extension_of(caller)
    return Shown(
        caller.party,
        extension.name if extension else caller.name,
        withheld=bool(decision and decision.withheld),
        diverted_by=decision.diverted_by if decision else "",
        auto_answer=dialing.auto_answer,
    )


def alert(board: Switchboard, dialing: Dialing) -> Effects:
    """Tell the caller that it rings; an outside caller hears that from his own exchange."""
    caller = board.tables.legs[dialing.caller]
    if dialing.alerted or (caller.kind == "fxo" and not caller.answered):
        return []
    dialing.alerted = True
    if caller.kind == "sip" and not caller.answered and caller.state != "early":
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
def _seize(board: Switchboard, dialing: Dialing, call: Call, to: ToLines) -> Rung:
    usable = tuple(line for line in to.lines if line not in dialing.tried)
    effects: Effects = []
    line, cut = board.free_outside_line(usable), 0
    if line is None and to.take_over:
        effects, line, cut = emergency.take_over(board, usable)
    if line is None:
        call.trail.append(Step("line", "refused", "lines"))
        return effects, causes.LINES_BUSY
    call.trail.append(Step("line", "taken", f"lines.{line.line}"))
    call.line = line.line
    call.trunk = board.name_of(line.line)
    leg = board.add_leg("fxo", to.digits, dialing, "dialing", line=line.line, call=call.id)
    effects.append(SeizeLine(leg.id, line.line, to.digits, board.rest_ms(line)))
    return effects + _announce(board, dialing, call, cut), ""


def _announce(board: Switchboard, dialing: Dialing, call: Call, cut: int = 0) -> Effects:
    """Once, and again if another call had to give way after all."""
    if "emergency" not in call.flags or (dialing.announced and not cut):
        return []
    dialing.announced = True
    return emergency.announce(board, call, board.tables.legs[dialing.caller], cut)


def _by_trunk(board: Switchboard, dialing: Dialing, call: Call, trunk: str, digits: str) -> Rung:
    own = dialing.decision.caller_id if dialing.decision else ""
    show = shown(board, dialing)
    call.trail.append(Step("trunk", "taken", f"trunks.{trunk}"))
    call.trunk = trunk
    call.line = None if call.type == "outgoing" else call.line  # one may have been tried in vain
    leg = board.add_leg("sip", digits, dialing, "ringing", call=call.id, trunk=trunk)
    invite = InviteTrunk(
        leg.id,
        trunk,
        digits,
        own or show.caller,
        show.name,
        withheld=show.withheld,
        diverted_by=show.diverted_by,
    )
    return [invite, *_announce(board, dialing, call)], ""
