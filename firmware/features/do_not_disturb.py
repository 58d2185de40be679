"""Do not disturb by code (FC-33, FC-34).

`*74` refuses all calls, all day (DND-02); where the administrator lets this extension refuse only
some of them (FXS-14), it refuses those, and where it may refuse none, the code says so.
"""

from __future__ import annotations

from firmware.core.announcing import SAYING, save, say
from firmware.core.effects import Effects
from firmware.core.feature import Feature
from firmware.core.model import Leg, Session
from firmware.core.switchboard import Switchboard
from firmware.core.userstate import Dnd, key


def _on(board: Switchboard, session: Session, leg: Leg) -> Effects:
    extension = board.extension_of(leg)
    if extension is None or extension.dnd == "none":
        return say(board, session, leg, "not-allowed")
    return save(board, session, leg, key("dnd", leg.party), Dnd(extension.dnd), "dnd-on")


def _off(board: Switchboard, session: Session, leg: Leg) -> Effects:
    return save(board, session, leg, key("dnd", leg.party), None, "dnd-off")


ON = Feature("dnd-on", _on, SAYING)
OFF = Feature("dnd-off", _off, SAYING)
