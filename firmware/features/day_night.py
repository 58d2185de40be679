"""Day and night by hand (FC-64): day, night, by the clock, in turn; says which it is now."""

from __future__ import annotations

from collections.abc import Mapping

from firmware.core.announcing import SAYING, save
from firmware.core.effects import Effects
from firmware.core.feature import Feature
from firmware.core.model import Leg, Session
from firmware.core.switchboard import Switchboard
from firmware.core.userstate import DayNight, key

BOX = "box"
TURN: Mapping[str, tuple[DayNight | None, str]] = {
    "": (DayNight("day"), "day-now"),
    "day": (DayNight("night"), "night-now"),
    "night": (None, "automatic-now"),
}


def _start(board: Switchboard, session: Session, leg: Leg) -> Effects:
    said = board.tables.state.day.get(BOX)
    value, word = TURN[said.mode if said else ""]
    return save(board, session, leg, key("day", BOX), value, word)


FEATURE = Feature("day-night", _start, SAYING)
