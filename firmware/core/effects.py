"""Everything the core can ask of the world.  Small frozen data; `edges/perform.py` does them.

Effects of one event are performed in order, before the next event is handled.  One that fails
comes back as `EffectFailed`; it never raises into the core.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from firmware.core.record import CallRecord

Tone = Literal[
    "dial",
    "stutter",  # dial tone of a telephone that refuses calls or sends them on
    "recall",  # dial tone while somebody waits on hold
    "ringback",
    "busy",
    "congestion",
    "waiting",  # a second caller knocks
    "knocking",  # the second caller hears that he does
    "warning",  # the call has lasted long
    "howler",  # the handset was left off its hook
]
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
    withheld: bool = False  # the caller does not want to be known
    diverted_by: str = ""  # the extension that forwarded the call here
    auto_answer: Literal["", "talk", "listen"] = ""  # the phone answers by itself
    ring: Literal["", "internal", "outside", "group"] = ""  # which ring the phone should make


class InviteTrunk(Effect, frozen=True):
    """Call a number by a trunk."""

    leg: int
    trunk: str
    number: str
    caller: str
    name: str
    withheld: bool = False
    diverted_by: str = ""


class AnswerRefer(Effect, frozen=True):
    """Tell a phone how the transfer that it asked for goes: 180, 200, 486, ..."""

    leg: int
    code: int


class Alert(Effect, frozen=True):
    """Tell a SIP caller that it rings."""

    leg: int


class Progress(Effect, frozen=True):
    """Let a SIP caller hear what the far end plays before anybody answers."""

    leg: int


class Answer(Effect, frozen=True):
    """Accept the call of a SIP phone, in the codec of leg `like` if it can be had."""

    leg: int
    like: int = 0


# -- any leg ---------------------------------------------------------------------------------------
class Hangup(Effect, frozen=True):
    leg: int
    cause: str


class PlayTone(Effect, frozen=True):
    leg: int
    tone: Tone


class StopTone(Effect, frozen=True):
    leg: int


class PlayPrompt(Effect, frozen=True):
    """Say these words one after the other; `PromptEnded` follows.

    A word is a key of the prompt catalogue, or `recording:` and the name of a recording.
    """

    leg: int
    language: str
    words: tuple[str, ...]


class StopPrompt(Effect, frozen=True):
    leg: int


class PlayMusic(Effect, frozen=True):
    """Music for somebody who waits, until `StopMusic`; empty is the music of the house."""

    leg: int
    music: str = ""


class StopMusic(Effect, frozen=True):
    leg: int


class SendDigits(Effect, frozen=True):
    """Keys for the far end of this leg, in the way that it understands."""

    leg: int
    digits: str


class Record(Effect, frozen=True):
    """Write down what these legs say until `StopRecord`; `RecordingEnded` follows."""

    name: str
    legs: tuple[int, ...]


class StopRecord(Effect, frozen=True):
    name: str


class DropRecording(Effect, frozen=True):
    """Nobody wants this recording any more; it ends if it has not."""

    name: str


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


class ShowExtension(Effect, frozen=True):
    """What keys and lamps that watch this number show."""

    number: str
    state: Literal["idle", "ringing", "busy", "held"]


class ShowMessages(Effect, frozen=True):
    """The message lamp of an extension."""

    number: str
    new: int
    old: int


class SaveState(Effect, frozen=True):
    """Store what a user has set (JSON; empty removes it); `StateSaved` follows."""

    save: int
    key: str
    value: str


class PublishEmergency(Effect, frozen=True):
    """Somebody calls for help; `cut` is the call that had to give up its line for it."""

    call: str
    caller: str
    number: str
    line: int | None
    cut: str = ""


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
    | InviteTrunk
    | AnswerRefer
    | Answer
    | Hangup
    | PlayTone
    | StopTone
    | PlayPrompt
    | StopPrompt
    | PlayMusic
    | StopMusic
    | SendDigits
    | Record
    | StopRecord
    | DropRecording
    | Join
    | Echo
    | StartTimer
    | StopTimer
    | WriteRecord
    | Publish
    | PublishLine
    | PublishEmergency
    | ShowExtension
    | ShowMessages
    | SaveState
)

Effects = list[AnyEffect]
