"""Whisper: hear both talkers, be heard by the monitored extension only (SUP-03, FC-13)."""

from __future__ import annotations

from firmware.core.effects import Effects
from firmware.core.feature import Feature
from firmware.core.model import Leg, Session
from firmware.core.supervision import chosen
from firmware.core.switchboard import Switchboard


def _start(board: Switchboard, session: Session, supervisor: Leg) -> Effects:
    found = chosen(board, supervisor, session.argument)
    if isinstance(found, list):
        return found
    bridge, leg = found
    return board.listen_in(bridge, supervisor, leg.id)


FEATURE = Feature("whisper", _start, {})
