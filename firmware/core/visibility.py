"""Who may see which calls, and hear which recordings: one pure function of whoever looks.

Administrators and operators see and hear everything (CDR-01, REC-03).  Auditors see everything and
hear nothing.  Everybody else sees the own calls (REC-03), and who manages departments also those
of their members (ORG-03, RPT-07).  A call is a number's own if it took part in it: called, was
called, answered, or its telephone rang.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Literal

import msgspec

from firmware.core.record import CallRecord
from firmware.core.site import Department


class Viewer(msgspec.Struct, frozen=True):
    """`manages` names departments; `extension` may be empty."""

    role: Literal["administrator", "operator", "auditor", "user"]
    extension: str = ""
    manages: tuple[str, ...] = ()


class Sight(msgspec.Struct, frozen=True):
    """The numbers whose calls may be seen and whose recordings may be heard; None: all."""

    calls: tuple[str, ...] | None = None
    recordings: tuple[str, ...] | None = None


ALL = Sight()


def sight(viewer: Viewer, departments: Iterable[Department]) -> Sight:
    if viewer.role in ("administrator", "operator"):
        return ALL
    if viewer.role == "auditor":
        return Sight(None, ())
    own = [viewer.extension] if viewer.extension else []
    for department in departments:
        if department.name in viewer.manages:
            own += department.members
    numbers = tuple(dict.fromkeys(own))
    return Sight(numbers, numbers)


def parties(record: CallRecord) -> tuple[str, ...]:
    """Everybody whose call this is; whose telephone only rang has missed it (MIS-03)."""
    named = (record.caller, record.called, record.final, *(leg.party for leg in record.legs))
    return tuple(dict.fromkeys(filter(None, named)))


def shown(record: CallRecord, seen: Sight) -> CallRecord | None:
    """The record as this viewer may have it; None: not at all."""
    took_part = parties(record)
    if not _any(seen.calls, took_part):
        return None
    if record.recordings and not _any(seen.recordings, took_part):
        return msgspec.structs.replace(record, recordings=())
    return record


def _any(allowed: Collection[str] | None, numbers: tuple[str, ...]) -> bool:
    return allowed is None or any(number in allowed for number in numbers)
