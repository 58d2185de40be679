"""What the resolver can say about a string of digits, and the shape of the resolver itself.

The exchange asks and obeys; it never looks at digits.  `routing.resolve` is the only answer there
is: handset, SIP phone, dry run and the emergency proof all go through it.
"""

from __future__ import annotations

from typing import Protocol

import msgspec

from firmware.core.record import CallType, Step
from firmware.core.site import Context, Site, Strategy
from firmware.core.userstate import UserState


class Caller(msgspec.Struct, frozen=True):
    """Who asks: an extension, an outside line that rang in, or a trunk."""

    number: str
    line: int | None = None  # set for an outside line
    trunk: str = ""  # set for a trunk
    context: Context = "dial"  # where the keys are pressed (FCR-04)

    @property
    def outside(self) -> bool:
        return self.line is not None or bool(self.trunk)


class ToExtension(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    number: str


class ToLines(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """The first free of these outside lines, and the digits to send on it.

    `take_over`: where none is free, somebody else's call gives its line up (COS-X1).
    """

    lines: tuple[int, ...]
    digits: str
    take_over: bool = False


class ToTrunk(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """A number by a trunk."""

    trunk: str
    digits: str


class ToGroup(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """A department or an extension group: its members in their order, those left out who refuse.

    `all` rings them together; the others one at a time: `order` begins with the first, `circular`
    after the one who rang first last time, `random` anywhere, `longest` with the one whose last
    call was the longest ago.
    """

    name: str  # "departments.300" or "groups.8": whose turn it is, is remembered under this
    members: tuple[str, ...]
    strategy: Strategy = "all"


class ToSeveral(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """All of these together, inside and outside; who takes the call first has it."""

    targets: tuple[ToExtension | ToLines | ToTrunk, ...]


Target = ToExtension | ToLines | ToTrunk | ToGroup | ToSeveral


class NeedMore(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """Not decided yet; after an outside prefix the user hears dial tone again (FCX-06).

    `then` is what keys pressed in a call mean if no more follow within the gap (FCR-08).
    """

    dial_tone: bool = False
    then: RunFeature | None = None


class Dial(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """Ring somebody, and what comes next where that fails (forwards, follow-me, second attendant).

    `on_no_answer` also serves a target that cannot be reached, `on_busy` only a busy one; where
    `busy_as_no_answer` is set, a busy target is one that does not answer.  `ring_ms` 0: as long as
    the site says.
    """

    type: CallType
    called: str
    to: Target
    emergency: bool = False
    ring_ms: int = 0
    on_busy: Resolution | None = None
    on_no_answer: Resolution | None = None
    busy_as_no_answer: bool = False
    diverted_by: str = ""  # the extension that sent the call on
    caller_id: str = ""  # shown instead of the caller's own number; FWD-06
    withheld: bool = False  # the caller does not want to be known
    tell_caller: tuple[str, ...] = ()  # words for the caller before it rings (FWD-07)
    ask: bool = False  # the answerer is asked whether he wants the call (FOL-05)
    ask_name: bool = False  # the caller says his name first (FOL-06)


class RunFeature(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """`argument`: the digits after the code, or what the code itself stands for."""

    feature: str
    argument: str


class Reject(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """`words` are said to the caller before the tone; an outside line that rings hears nothing."""

    cause: str
    words: tuple[str, ...] = ()


Decision = NeedMore | Dial | RunFeature | Reject


class Resolution(msgspec.Struct, frozen=True):
    decision: Decision
    trail: tuple[Step, ...]


class Resolver(Protocol):
    def __call__(
        self, site: Site, state: UserState, caller: Caller, digits: str, at: int
    ) -> Resolution:
        """`digits` as dialed so far; a final `#` means that no more will come.  `at`: UTC ms."""
