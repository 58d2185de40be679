"""What time it is in the house, and whether it is day there.  The zone comes with the `Site`."""

from __future__ import annotations

from typing import Literal

from firmware.core.site import Site
from firmware.core.userstate import UserState

DAY_MS = 86_400_000
MINUTE_MS = 60_000


def local_ms(site: Site, at: int) -> int:
    """The local time as if it were UTC; `zone` lists the clock changes, oldest first."""
    east = 0
    for since, seconds in site.zone:
        if since > at and east:
            break
        east = seconds
        if since > at:  # before the first change that the site knows
            break
    return at + east * 1000


def minute_of_day(site: Site, at: int) -> int:
    return local_ms(site, at) % DAY_MS // MINUTE_MS


def weekday(site: Site, at: int) -> int:
    """0 is Monday; the first of January 1970 was a Thursday."""
    return (local_ms(site, at) // DAY_MS + 3) % 7


def in_window(minute: int, since: int, until: int) -> bool:
    """`since` after `until` passes midnight (DND-09); equal ends are the whole day."""
    if since < until:
        return since <= minute < until
    return minute >= since or minute < until


def in_day_hours(site: Site, at: int) -> bool:
    """Without hours it is always day; a window past midnight belongs to the day it began on."""
    if not site.hours:
        return True
    minute, today = minute_of_day(site, at), weekday(site, at)
    for hours in site.hours:
        overnight = hours.since >= hours.until
        if overnight and minute < hours.until and (today - 1) % 7 in hours.weekdays:
            return True
        begun = today in hours.weekdays and hours.since <= minute
        if begun and (overnight or minute < hours.until):
            return True
    return False


def day_or_night(site: Site, state: UserState, at: int) -> Literal["day", "night"]:
    """DAY-01: what somebody has said (FC-64) goes before the hours."""
    said = state.day.get("box")
    if said:
        return said.mode
    return "day" if in_day_hours(site, at) else "night"
