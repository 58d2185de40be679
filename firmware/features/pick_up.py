"""Directed pick-up: take the call that rings at a named extension (PKU-01, FC-03).

That telephone stops ringing, and the caller talks to the one who dialed (PKU-05).
"""

from __future__ import annotations

from firmware.core.effects import Effects
from firmware.core.feature import Feature
from firmware.core.model import Leg, Session
from firmware.core.picking import pick_up
from firmware.core.switchboard import Switchboard


def _start(board: Switchboard, session: Session, leg: Leg) -> Effects:
    return pick_up(board, leg, (session.argument,))


FEATURE = Feature("pick-up", _start, {})
