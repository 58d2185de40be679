"""What watchers and lamps must know after an event, derived from the legs that changed.

Nobody sets a lamp or publishes a state by hand, so a lamp cannot disagree with its line (STA-12).
Numbers that can be watched are extensions, and places (park slots) while a call is in them.
"""

from __future__ import annotations

from typing import Literal

from firmware.core.effects import Effects, Lamp, Light, Publish, ShowExtension
from firmware.core.model import Bridge, Leg, Line
from firmware.core.switchboard import Switchboard

Shown = Literal["idle", "ringing", "busy", "held"]


def news(board: Switchboard) -> Effects:
    """Consume the list of changed legs."""
    changed, board.changed = board.changed, {}
    effects: Effects = []
    for leg in changed.values():
        alive = leg.id in board.tables.legs
        effects.append(_publish(board, leg, leg.state if alive else "ended"))
        if leg.line is not None:
            effects += _light(board, board.tables.lines[leg.line])
        if board.extension_of(leg):
            board.touched.add(leg.party)
    for number in sorted(board.touched):
        effects += _show(board, number)
    board.touched.clear()
    return effects


def state_of(board: Switchboard, number: str) -> Shown:
    """A call in a slot waits; an extension whose party waits, and who talks to nobody, too."""
    if number in board.tables.places:
        return "held"
    legs = board.legs_at(number)
    if not legs:
        return "idle"
    if any(leg.state == "ringing" for leg in legs):
        return "ringing"
    return "held" if all(_holds(board, leg) for leg in legs) else "busy"


def _holds(board: Switchboard, leg: Leg) -> bool:
    bridge = board.tables.owners[leg.owner]
    return isinstance(bridge, Bridge) and leg.id in bridge.paused


def _show(board: Switchboard, number: str) -> Effects:
    state = state_of(board, number)
    if state == board.tables.shown.get(number, "idle"):
        return []
    if state == "idle":
        del board.tables.shown[number]
    else:
        board.tables.shown[number] = state
    return [ShowExtension(number, state)]


def _publish(board: Switchboard, leg: Leg, state: str) -> Publish:
    call = f"{board.tables.life}-{leg.call}" if leg.call else ""
    return Publish(leg.id, call, leg.kind, leg.line, leg.party, state)


def lamp_of(board: Switchboard, line: Line) -> Lamp:
    """HWD-01: off idle, steady in use, blinking while it rings."""
    leg = board.tables.legs.get(line.leg)
    if leg is None:
        return "off"
    return "blink" if leg.state == "ringing" else "on"


def _light(board: Switchboard, line: Line) -> Effects:
    lamp = lamp_of(board, line)
    if lamp == line.lamp:
        return []
    line.lamp = lamp
    return [Light(line.line, lamp)]
