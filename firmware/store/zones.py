"""Time zones as plain data: the moments at which a place changes its clocks.

The pure core has no time zone files; a site carries the changes of its zone for the years to come.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

YEARS = 20

Changes = tuple[tuple[int, int], ...]  # (UTC ms, seconds east of UTC from then on)


def exists(zone: str) -> bool:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


@lru_cache(maxsize=8)
def changes(zone: str, year: int) -> Changes:
    """From the first of January of `year` on; the first entry is what held before."""
    place = ZoneInfo(zone)
    moment = datetime(year, 1, 1, tzinfo=UTC)
    end = datetime(year + YEARS, 1, 1, tzinfo=UTC)
    found = [(0, _offset(place, moment))]
    while moment < end:
        following = moment + timedelta(days=1)
        if _offset(place, following) != _offset(place, moment):
            exact = _exact(place, moment, following)
            found.append((int(exact.timestamp()) * 1000, _offset(place, exact)))
        moment = following
    return tuple(found)


def _exact(place: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The second between these two at which the clocks change."""
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=int((after - before).total_seconds()) // 2)
        if _offset(place, middle) == _offset(place, before):
            before = middle
        else:
            after = middle
    return after


def _offset(place: ZoneInfo, moment: datetime) -> int:
    offset = moment.astimezone(place).utcoffset()
    return int(offset.total_seconds()) if offset else 0
