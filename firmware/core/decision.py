"""What the resolver can say about a string of digits, and the shape of the resolver itself.

The exchange asks and obeys; it never looks at digits.  `routing.resolve` is the only answer there
is: handset, SIP phone, dry run and the emergency proof all go through it.
"""

from __future__ import annotations

from typing import Protocol

import msgspec

from firmware.core.record import CallType, Step
from firmware.core.site import Site


class Caller(msgspec.Struct, frozen=True):
    """Who asks: an extension, or an outside line that rang in."""

    number: str
    line: int | None = None  # set for an outside line

    @property
    def outside(self) -> bool:
        return self.line is not None


class ToExtension(msgspec.Struct, frozen=True):
    number: str


class ToLines(msgspec.Struct, frozen=True):
    """The first free of these outside lines, and the digits to send on it."""

    lines: tuple[int, ...]
    digits: str


class NeedMore(msgspec.Struct, frozen=True):
    """Not decided yet; after an outside prefix the user hears dial tone again (FCX-06)."""

    dial_tone: bool = False


class Dial(msgspec.Struct, frozen=True):
    type: CallType
    called: str
    to: ToExtension | ToLines
    emergency: bool = False


class RunFeature(msgspec.Struct, frozen=True):
    feature: str
    argument: str


class Reject(msgspec.Struct, frozen=True):
    cause: str


Decision = NeedMore | Dial | RunFeature | Reject


class Resolution(msgspec.Struct, frozen=True):
    decision: Decision
    trail: tuple[Step, ...]


class Resolver(Protocol):
    def __call__(self, site: Site, caller: Caller, digits: str, at: int) -> Resolution:
        """`digits` as dialed so far; a final `#` means that no more will come."""
