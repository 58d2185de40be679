"""Blind transfer: the party goes at once to the number that is dialed now (XFR-01, FC-07).

The box gives dial tone and collects; an empty or wrong number returns to the call (FCR-12), and
whoever is not taken comes back to the one who sent him (XFR-02).  The moves are in `core.transfer`.
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
    return consult(board, bridge, leg, "blind")


def _start(board: Switchboard, _: Session, leg: Leg) -> Effects:
    return release(board, leg, causes.NO_SUCH_NUMBER, ("bad-code",))


FEATURE = Feature("blind-transfer", _start, {}, in_call=_in_call)
