"""What watchers and lamps must know after an event, derived from the legs that changed.

Nobody sets a lamp or publishes a state by hand, so a lamp cannot disagree with its line (STA-12).
"""

from __future__ import annotations

from firmware.core.effects import Effects, Lamp, Light, Publish
from firmware.core.model import Leg, Line
from firmware.core.switchboard import Switchboard


def news(board: Switchboard) -> Effects:
    """Consume the list of changed legs."""
    changed, board.changed = board.changed, {}
    effects: Effects = []
    for leg in changed.values():
        alive = leg.id in board.tables.legs
        effects.append(_publish(board, leg, leg.state if alive else "ended"))
        if leg.line is not None:
            effects += _light(board, board.tables.lines[leg.line])
    return effects


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
