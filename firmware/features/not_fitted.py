"""What a code answers whose feature this box does not have yet: it says so.

The caller learns that he dialed correctly, and that it is not his telephone that is broken.
"""

from __future__ import annotations

from firmware.core.announcing import SAYING, say
from firmware.core.effects import Effects
from firmware.core.feature import Feature
from firmware.core.model import Leg, Session
from firmware.core.plans import NOT_FITTED
from firmware.core.switchboard import Switchboard


def _start(board: Switchboard, session: Session, leg: Leg) -> Effects:
    return say(board, session, leg, "not-fitted")


FEATURE = Feature(NOT_FITTED, _start, SAYING)
