"""Three-way call: a third party joins the two who talk (TWC-01).

The party waits while the third is dialed; when he answers, all three hear each other.  Until then
it is a consultation like any other: `*` or a flash goes back, hanging up transfers.
"""

from __future__ import annotations

from firmware.core import causes
from firmware.core.effects import Effects
from firmware.core.feature import Feature
from firmware.core.model import Bridge, Leg, Session
from firmware.core.recall import consult
from firmware.core.refusal import release
from firmware.core.switchboard import Switchboard


def _in_call(board: Switchboard, bridge: Bridge, leg: Leg, _: str) -> Effects:
    return consult(board, bridge, leg, "three")


def _start(board: Switchboard, _: Session, leg: Leg) -> Effects:
    return release(board, leg, causes.NO_SUCH_NUMBER, ("bad-code",))


FEATURE = Feature("three-way", _start, {}, in_call=_in_call)
