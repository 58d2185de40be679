"""Everything the core can ask of the world.  Small frozen data; `edges/perform.py` does them.

Effects of one event are performed in order, before the next event is handled.  One that fails
comes back as `EffectFailed`; it never raises into the core.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from firmware.core.record import CallRecord

Tone = Literal["dial", "ringback", "busy", "congestion"]
Mode = Literal["talk", "hold", "conference", "listen"]
Lamp = Literal["off", "on", "blink"]


class Effect(msgspec.Struct, frozen=True, tag=True):
    pass


# -- lines -----------------------------------------------------------------------------------------
class OpenLine(Effect, frozen=True):
    """A handset is in somebody's hand: carry its audio, hear its digits."""

    leg: int
    line: int


class RingLine(Effect, frozen=True):
    leg: int
    line: int
    cadence: tuple[int, ...]


class StopRinging(Effect, frozen=True):
    leg: int
    line: int


class SeizeLine(Effect, frozen=True):
    """Take an outside line, after its rest, and send a number on it; `NumberSent` follows."""

    leg: int
    line: int
    digits: str
    rest_ms: int


class AnswerLine(Effect, frozen=True):
    """Accept the call on an outside line that rings."""

    leg: int
    line: int


class Light(Effect, frozen=True):
    line: int
    lamp: Lamp


# -- SIP -------------------------------------------------------------------------------------------
class Invite(Effect, frozen=True):
    """Call one place where an extension is registered."""

    leg: int
    extension: str
    contact: str
    caller: str
    name: str


class Alert(Effect, frozen=True):
    """Tell a SIP caller that it rings."""

    leg: int


class Progress(Effect, frozen=True):
    """Let a SIP caller hear what the far end plays before anybody answers."""

    leg: int


class Answer(Effect, frozen=True):
    """Accept the call of a SIP phone."""

    leg: int


# -- any leg ---------------------------------------------------------------------------------------
class Hangup(Effect, frozen=True):
    leg: int
    cause: str


class PlayTone(Effect, frozen=True):
    leg: int
    tone: Tone


class StopTone(Effect, frozen=True):
    leg: int


class Join(Effect, frozen=True):
    """Who hears whom in this bridge from now on, as (speaker, listener); none means nobody."""

    bridge: int
    links: tuple[tuple[int, int], ...]


class Echo(Effect, frozen=True):
    """Send a leg's own audio back to it, until it ends."""

    leg: int


# -- the box ---------------------------------------------------------------------------------------
class StartTimer(Effect, frozen=True):
    """A running timer of the same owner and name is replaced."""

    owner: int
    name: str
    generation: int
    ms: int


class StopTimer(Effect, frozen=True):
    owner: int
    name: str


class WriteRecord(Effect, frozen=True):
    record: CallRecord


class Publish(Effect, frozen=True):
    """A leg came, changed or went (`state` "ended"): tell whoever watches."""

    leg: int
    call: str
    kind: Literal["fxs", "fxo", "sip"]
    line: int | None
    party: str
    state: str


class PublishLine(Effect, frozen=True):
    """A port went down or came up."""

    line: int
    up: bool


AnyEffect = (
    OpenLine
    | RingLine
    | StopRinging
    | SeizeLine
    | AnswerLine
    | Light
    | Invite
    | Alert
    | Progress
    | Answer
    | Hangup
    | PlayTone
    | StopTone
    | Join
    | Echo
    | StartTimer
    | StopTimer
    | WriteRecord
    | Publish
    | PublishLine
)

Effects = list[AnyEffect]
