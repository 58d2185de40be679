"""Everything that can happen to the box, in telephone words.

Each event carries the moment twice: `at` in monotonic ns for durations, `utc` in ms for calendars
and records.  Edges translate hardware, SIP and clocks into these; nothing else enters the core.
A leg number in an event was given by the exchange, except in `CallOffered`: there the SIP edge
chose it.  Edges give even numbers, the exchange odd ones, so neither has to ask the other.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from firmware.core.site import Site


class Event(msgspec.Struct, frozen=True, tag=True):
    at: int
    utc: int


# -- the box ---------------------------------------------------------------------------------------
class Booted(Event, frozen=True):
    """First event of a life; `life` makes call ids unique for ever."""

    life: str
    site: Site


class SiteChanged(Event, frozen=True):
    site: Site


class ContactsChanged(Event, frozen=True):
    """Where a SIP extension is registered now: the addresses to call, newest first."""

    extension: str
    contacts: tuple[str, ...]


class TimerFired(Event, frozen=True):
    """A timer of an owner ran out; an old generation is a timer that was stopped too late."""

    owner: int
    name: str
    generation: int


class Stopping(Event, frozen=True):
    """The process is told to end: everybody is hung up, every call is written down."""


class EffectFailed(Event, frozen=True):
    """An effect could not be performed on this leg."""

    leg: int
    effect: str
    why: str


# -- lines -----------------------------------------------------------------------------------------
class LineFound(Event, frozen=True):
    """The hardware has this port."""

    line: int
    kind: Literal["fxs", "fxo"]
    up: bool


class LineCameUp(Event, frozen=True):
    line: int


class LineWentDown(Event, frozen=True):
    line: int
    why: str


class HandsetLifted(Event, frozen=True):
    line: int


class LineReleased(Event, frozen=True):
    """FXS: the handset was hung up.  FXO: the far end left."""

    line: int


class HookFlashed(Event, frozen=True):
    line: int


class LineRang(Event, frozen=True):
    """An outside line rings; `caller` is empty where nobody told us."""

    line: int
    caller: str


class LineQuiet(Event, frozen=True):
    """An outside line stopped ringing before we answered."""

    line: int


class LineReversed(Event, frozen=True):
    """Polarity changed on an outside line."""

    line: int
    reversed: bool


# -- legs ------------------------------------------------------------------------------------------
class CallOffered(Event, frozen=True):
    """A SIP phone calls (`account` has been authenticated), or a trunk does (`account` is empty).

    `caller` and `name` are what a trunk says of its caller, who may want to stay `withheld`, and
    `diverted_by` is the number that sent the call here.  `replaces`: the caller wants the place
    of this leg, not a number.
    """

    leg: int
    account: str
    called: str
    trunk: str = ""
    caller: str = ""
    name: str = ""
    replaces: int = 0
    withheld: bool = False
    diverted_by: str = ""


class DigitHeard(Event, frozen=True):
    leg: int
    digit: str


class NumberSent(Event, frozen=True):
    """The last digit has gone out on the outside line of this leg."""

    leg: int


class LegAlerting(Event, frozen=True):
    """The far phone rings, or (`audio`) the far end has something to hear before it answers."""

    leg: int
    audio: bool = False


class LegAnswered(Event, frozen=True):
    leg: int


class LegHeld(Event, frozen=True):
    """The phone put its party on hold."""

    leg: int


class LegResumed(Event, frozen=True):
    leg: int


class LegRedirected(Event, frozen=True):
    """The phone we called says: call this number instead.  The leg is over."""

    leg: int
    target: str


class ReferAsked(Event, frozen=True):
    """The phone asks that its party be sent to `target`, or to the party of leg `replaces`."""

    leg: int
    target: str
    replaces: int = 0


class PromptEnded(Event, frozen=True):
    """All words of the last `PlayPrompt` have been said."""

    leg: int


class LegEnded(Event, frozen=True):
    """The far end left or refused; `cause` is one of `core.causes`."""

    leg: int
    cause: str


# -- the rest of the world -------------------------------------------------------------------------
class TrunkCameUp(Event, frozen=True):
    trunk: str


class TrunkWentDown(Event, frozen=True):
    trunk: str
    why: str


class StateChanged(Event, frozen=True):
    """What users have set, as it is stored now: (key, JSON), or (key, "") where it was removed."""

    entries: tuple[tuple[str, str], ...]


class StateSaved(Event, frozen=True):
    """The `SaveState` of this number is on the disk; `why` says why it is not."""

    save: int
    why: str = ""


class AddressesChanged(Event, frozen=True):
    """Where the box is: in the house, and as the outside sees it; empty: not known."""

    lan: str
    wan: str


class RecordingEnded(Event, frozen=True):
    """A recording is complete, or broke off because of `why`."""

    name: str
    ms: int
    why: str = ""


AnyEvent = (
    Booted
    | SiteChanged
    | ContactsChanged
    | TimerFired
    | Stopping
    | EffectFailed
    | LineFound
    | LineCameUp
    | LineWentDown
    | HandsetLifted
    | LineReleased
    | HookFlashed
    | LineRang
    | LineQuiet
    | LineReversed
    | CallOffered
    | DigitHeard
    | NumberSent
    | LegAlerting
    | LegAnswered
    | LegHeld
    | LegResumed
    | LegRedirected
    | ReferAsked
    | PromptEnded
    | LegEnded
    | TrunkCameUp
    | TrunkWentDown
    | StateChanged
    | StateSaved
    | AddressesChanged
    | RecordingEnded
)
