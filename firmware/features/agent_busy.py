"""Agent busy by code (FC-41, FC-42): no queue calls, and a direct caller hears "busy" (BSY-01)."""

from __future__ import annotations

from firmware.core.announcing import SAYING, save
from firmware.core.effects import Effects
from firmware.core.feature import Feature
from firmware.core.model import Leg, Session
from firmware.core.switchboard import Switchboard
from firmware.core.userstate import AgentBusy, key


def _on(board: Switchboard, session: Session, leg: Leg) -> Effects:
    return save(board, session, leg, key("busy", leg.party), AgentBusy(), "agent-busy-on")


def _off(board: Switchboard, session: Session, leg: Leg) -> Effects:
    return save(board, session, leg, key("busy", leg.party), None, "agent-busy-off")


ON = Feature("agent-busy-on", _on, SAYING)
OFF = Feature("agent-busy-off", _off, SAYING)
