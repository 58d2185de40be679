"""Intercom: the called telephone answers by itself, both hear each other (TON-05, FC-39)."""

from __future__ import annotations

from firmware.core import intercom
from firmware.core.effects import Effects
from firmware.core.feature import Feature
from firmware.core.model import Leg, Session
from firmware.core.switchboard import Switchboard


def _start(board: Switchboard, session: Session, leg: Leg) -> Effects:
    return intercom.call(board, session, leg, "talk")


FEATURE = Feature("intercom", _start, {})
