"""How digits meet numbers: complete, on the way, or neither.

`#` ends dialing: digits that end with it are all there will be (FCR-05).  Without it a complete
number may still be the beginning of a longer one, and the resolver waits (FCR-06).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from firmware.core.decision import Caller, Dial, Reject, RunFeature
from firmware.core.site import Code, Site
from firmware.core.userstate import UserState
from firmware.routing.directory import Directory, directory

Fit = Literal["complete", "partial", "no"]


class Asked(msgspec.Struct, frozen=True):
    """The question: by whose numbers and settings, who, and when (UTC ms)."""

    site: Site
    state: UserState
    caller: Caller
    at: int

    @property
    def directory(self) -> Directory:
        return directory(self.site)


class Instead(msgspec.Struct, frozen=True):
    """Go on as if this had been dialed (a speed dial, a redial)."""

    digits: str
    unchecked: bool = False  # SPD-05: whatever the caller's class says
    withheld: bool = False


class Match(msgspec.Struct, frozen=True):
    """What one rule says: what it would do now, and whether more digits could change that."""

    rule: str
    subject: str
    outcome: Dial | RunFeature | Reject | Instead | None = None
    more: bool = False
    dial_tone: bool = False
    detail: str = ""
    code: Code | None = None


def fit(digits: str, number: str) -> Fit:
    if digits == number:
        return "complete"
    return "partial" if number.startswith(digits) else "no"


def begins_one_of(digits: str, numbers: Iterable[str]) -> bool:
    """Could these digits still become one of the numbers?"""
    return any(number != digits and number.startswith(digits) for number in numbers)


LINE_KEYS = frozenset("0123456789*#")
LINE_LIMIT = 64


def fits_a_line(number: str) -> bool:
    """Can an analog line be sent these digits?  (A SIP phone may dial `+` or a whole novel.)"""
    return len(number) <= LINE_LIMIT and LINE_KEYS.issuperset(number)
