"""Call waiting by code (FC-X2): may a second caller knock while the user talks (TON-02)?"""

from __future__ import annotations

from firmware.core.announcing import SAYING, save
from firmware.core.effects import Effects
from firmware.core.feature import Feature
from firmware.core.model import Leg, Session
from firmware.core.switchboard import Switchboard
from firmware.core.userstate import CallWaiting, key


def _on(board: Switchboard, session: Session, leg: Leg) -> Effects:
    return save(board, session, leg, key("waiting", leg.party), CallWaiting(True), "waiting-on")


def _off(board: Switchboard, session: Session, leg: Leg) -> Effects:
    return save(board, session, leg, key("waiting", leg.party), CallWaiting(False), "waiting-off")


ON = Feature("call-waiting-on", _on, SAYING)
OFF = Feature("call-waiting-off", _off, SAYING)
