"""Force-release: end somebody else's call (SUP-05).

By the site's setting the whole call ends, or only the far side is cut off and the supervisor talks
with the extension.
"""

from __future__ import annotations

from firmware.core import causes
from firmware.core.effects import Effects
from firmware.core.feature import Feature
from firmware.core.holding import dismiss_ears, others
from firmware.core.model import Leg, Session
from firmware.core.refusal import release
from firmware.core.supervision import chosen
from firmware.core.switchboard import Switchboard


def _start(board: Switchboard, session: Session, supervisor: Leg) -> Effects:
    found = chosen(board, supervisor, session.argument)
    if isinstance(found, list):
        return found
    bridge, leg = found
    effects: Effects = []
    for other in others(board, bridge, leg):
        effects += release(board, other, causes.CUT_OFF)
    effects += dismiss_ears(board, bridge)
    if board.site.force_release == "take-over":
        return effects + board.bridge("talk", [supervisor, leg])
    effects += release(board, leg, causes.CUT_OFF)
    return effects + release(board, supervisor, causes.NORMAL, ("call-released",))


FEATURE = Feature("force-release", _start, {})
