"""Silent monitoring: hear both talkers, be heard by nobody, unnoticed (SUP-02, FC-12).

It ends with the call, or when the listener hangs up.
"""

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
    bridge, _ = found
    return board.listen_in(bridge, supervisor, 0)


FEATURE = Feature("monitor", _start, {})
