"""Echo test: the caller hears himself (FC-X2).

An installer's first question about a line is whether audio goes both ways; this answers it with
one handset.  It ends when the caller hangs up.

| state   | LegEnded           |
|---------|--------------------|
| echoing | close the call     |
"""

from __future__ import annotations

from firmware.core.effects import Echo, Effects
from firmware.core.events import LegEnded
from firmware.core.feature import Feature
from firmware.core.model import Leg, Session
from firmware.core.sessions import end_session
from firmware.core.switchboard import Switchboard


def _start(_: Switchboard, session: Session, leg: Leg) -> Effects:
    session.state = "echoing"
    return [Echo(leg.id)]


def _left(board: Switchboard, session: Session, event: LegEnded) -> Effects:
    return end_session(board, session, board.tables.legs[event.leg], event.cause)


FEATURE = Feature("echo", _start, {("echoing", LegEnded): _left})
