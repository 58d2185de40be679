"""Says the date and the time of the house (FC-X2)."""

from __future__ import annotations

from firmware.core.announcing import SAYING, say
from firmware.core.effects import Effects
from firmware.core.feature import Feature
from firmware.core.model import Leg, Session
from firmware.core.switchboard import Switchboard
from firmware.prompts import spoken
from firmware.routing.clock import DAY_MS, local_ms, minute_of_day


def _start(board: Switchboard, session: Session, leg: Leg) -> Effects:
    language, site = board.language_of(leg), board.site
    day = spoken.date(language, local_ms(site, board.utc) // DAY_MS)
    time = spoken.time(language, *divmod(minute_of_day(site, board.utc), 60))
    return say(board, session, leg, "time-is", *day, *time)


FEATURE = Feature("speaking-clock", _start, SAYING)
