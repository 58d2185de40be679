"""Echo test: the caller hears himself (FC-X2).

An installer's first question about a line is whether audio goes both ways; this answers it with
one handset.  The session has one state and ends with its only leg, so its table is empty.
"""

from __future__ import annotations

from firmware.core.effects import Echo, Effects
from firmware.core.feature import Feature
from firmware.core.model import Leg, Session
from firmware.core.switchboard import Switchboard


def _start(_: Switchboard, session: Session, leg: Leg) -> Effects:
    session.state = "echoing"
    return [Echo(leg.id)]


FEATURE = Feature("echo", _start, {})
