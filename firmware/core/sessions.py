"""Handing a caller to a feature."""

from __future__ import annotations

from firmware.core.effects import Effects
from firmware.core.model import Leg, Session
from firmware.core.switchboard import Switchboard


def start_session(board: Switchboard, feature: str, argument: str, leg: Leg) -> Effects:
    """The feature owns the leg from here on and answers for it."""
    session = Session(board.next_owner(), feature, "", argument)
    effects = board.move([leg], session) + board.answer(leg)
    return effects + board.features[feature].start(board, session, leg)
