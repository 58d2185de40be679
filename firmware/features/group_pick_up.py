"""Group pick-up: take a call that rings in the own department (PKU-02, FC-04, DEP-06).

Of several, the one that has rung longest.
"""

from __future__ import annotations

from firmware.core.effects import Effects
from firmware.core.feature import Feature
from firmware.core.model import Leg, Session
from firmware.core.picking import colleagues, pick_up
from firmware.core.switchboard import Switchboard


def _start(board: Switchboard, _: Session, leg: Leg) -> Effects:
    return pick_up(board, leg, colleagues(board, leg.party))


FEATURE = Feature("group-pick-up", _start, {})
