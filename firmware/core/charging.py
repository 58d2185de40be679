"""What runs with a call, whoever holds, parks or transfers it: when it counts, warns, and is cut.

An outside line does not say when the far phone answers; either a change of polarity does (FXO-07)
or the timer `charge` (FXO-08), whichever comes first, and only then a SIP caller is told that he
talks. From then on the timers `warning` (FXS-03) and `limit` (EXT-31, FXS-05) of the call may run.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from firmware.core import causes
from firmware.core.effects import Effects
from firmware.core.events import TimerFired
from firmware.core.model import Call, Leg
from firmware.core.switchboard import Switchboard

MINUTE = 60_000
BEEP_MS = 1_000


def wait(board: Switchboard, line: Leg) -> Effects:
    return board.start_timer(-line.call, "charge", board.timing.charge_delay)


def counts(board: Switchboard, call: Call, _: TimerFired | None = None) -> Effects:
    """The called party first: he is who took it."""
    effects = board.stop_timer(-call.id, "charge")
    legs = [board.tables.legs[leg] for leg in reversed(board.ledger.legs_of(call.id))]
    for leg in legs:
        if not leg.answered and leg.kind == "sip" and (not leg.trunk or leg.state == "early"):
            effects += board.answer(leg)  # a carrier's leg is early only where it calls us
        elif not leg.answered and leg.state == "early":
            board.note_answer(leg)
    return effects + _limits(board, call)


def begin(board: Switchboard, callee: Leg) -> Effects:
    """A party has answered."""
    call = board.tables.calls.get(callee.call)
    return _limits(board, call) if call and call.answered == board.utc else []


def _limits(board: Switchboard, call: Call) -> Effects:
    """TON-04: for all calls with the outside; the extension that makes or takes it counts."""
    if call.type == "internal" or "emergency" in call.flags:
        return []
    number = call.caller if call.type == "outgoing" else call.final
    extension = board.site.extensions.get(number)
    if extension is None:
        return []
    effects: Effects = []
    outgoing = call.type == "outgoing"
    if extension.warn_minutes and (outgoing or not board.site.warn_outgoing_only):
        effects += board.start_timer(-call.id, "warning", extension.warn_minutes * MINUTE)
    if extension.max_minutes and outgoing:
        effects += board.start_timer(-call.id, "limit", extension.max_minutes * MINUTE)
    return effects


def _warn(board: Switchboard, call: Call, _: TimerFired) -> Effects:
    effects: Effects = []
    for leg in _inside(board, call):
        if not leg.hears:
            effects += board.set_tone(leg, "warning")
    if board.site.cut_after_warning:
        effects += board.start_timer(-call.id, "limit", MINUTE)
    return effects + board.start_timer(-call.id, "beep", BEEP_MS)


def _warned(board: Switchboard, call: Call, _: TimerFired) -> Effects:
    effects: Effects = []
    for leg in _inside(board, call):
        if leg.hears == "warning":
            effects += board.silence(leg)
    return effects


def _time_up(board: Switchboard, call: Call, _: TimerFired) -> Effects:
    """The outside party is cut off; whoever was with him hears why."""
    effects: Effects = []
    for number in list(board.ledger.legs_of(call.id)):
        leg = board.tables.legs[number]
        if board.extension_of(leg) is None:
            effects += board.take_away(leg, causes.TIME_UP)
    return effects


def _inside(board: Switchboard, call: Call) -> list[Leg]:
    """The extensions that talk in this call, whichever call they came from (TON-04)."""
    owners = dict.fromkeys(board.tables.legs[leg].owner for leg in board.ledger.legs_of(call.id))
    legs = (leg for owner in owners for leg in board.legs_of(owner))
    return [leg for leg in legs if leg.answered and board.extension_of(leg)]


TABLE: dict[str, Callable[[Switchboard, Call, Any], Effects]] = {
    "charge": counts,
    "warning": _warn,
    "beep": _warned,
    "limit": _time_up,
}
