"""Says the set-up code, twice (FC-62): on port 1 only, and only while no administrator exists.

The code is a secret: it never enters the core, its journal or a record.  The core speaks the word
`secret.setup-code`; the edge that plays prompts says the digits in its place, or that there are
none any more.
"""

from __future__ import annotations

from firmware.core.announcing import SAYING, say
from firmware.core.effects import Effects
from firmware.core.feature import Feature
from firmware.core.model import Leg, Session
from firmware.core.switchboard import Switchboard

PORT = 1
SECRET = "secret.setup-code"


def _start(board: Switchboard, session: Session, leg: Leg) -> Effects:
    if leg.kind != "fxs" or leg.line != PORT:
        return say(board, session, leg, "setup-code-elsewhere")
    return say(board, session, leg, SECRET)


FEATURE = Feature("setup-code", _start, SAYING)
