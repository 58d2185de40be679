"""Barge: join somebody else's call (SUP-04, FC-14).

By the site's setting all three talk, or the other side waits while the supervisor talks with the
extension and has it back when he hangs up.
"""

from __future__ import annotations

from firmware.core.effects import Effects
from firmware.core.feature import Feature
from firmware.core.holding import others, put_aside
from firmware.core.model import Leg, Session
from firmware.core.supervision import chosen
from firmware.core.switchboard import Switchboard


def _start(board: Switchboard, session: Session, supervisor: Leg) -> Effects:
    found = chosen(board, supervisor, session.argument)
    if isinstance(found, list):
        return found
    bridge, leg = found
    aside = board.site.barge == "hold-other-side"
    if aside and board.held_for(leg) is None and others(board, bridge, leg):
        effects = put_aside(board, bridge, leg, "barge")
        board.join_call(leg, supervisor.call)
        return effects + board.bridge("talk", [supervisor, leg])
    board.ledger.mark(leg, "conference")
    effects = board.move([supervisor], bridge)
    if bridge.ears:
        return effects
    return effects + board.change(bridge, "conference")


FEATURE = Feature("barge", _start, {})
