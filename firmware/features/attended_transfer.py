"""Attended transfer: ask a third party first (XFR-03, FC-08).

The party waits with music while the third is dialed and asked.  Hanging up brings the two together,
`*` goes back to the party.  The same begins with a hook flash; the moves are in `core.recall` and
`core.transfer`.
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
    return consult(board, bridge, leg, "consult")


def _start(board: Switchboard, _: Session, leg: Leg) -> Effects:
    return release(board, leg, causes.NO_SUCH_NUMBER, ("bad-code",))


FEATURE = Feature("attended-transfer", _start, {}, in_call=_in_call)
