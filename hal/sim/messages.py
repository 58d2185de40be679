"""What is said on the simulator's socket, in three parts kept apart.

Card messages come from callproc's member of the HAL and do what a driver does to a card.  People
messages come from the command line and the Simulator page and do what hands, mouths and the
telephone company do.  News tell everybody what happened: `FromCard` is for the HAL, the rest is for
whoever watches.  A question that cannot be obeyed is refused with a code (see `REFUSALS`).
"""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta

from firmware.wire.frames import Ask
from hal.api import Cadence, Kind, Lamp, LineEvent

SOCKET = "sim.sock"
AUDIO_SOCKET = "sim-audio.sock"

REFUSALS = (
    "no-such-line",  # the board has no port of that number
    "wrong-kind",  # a handset's order to an outside line, or the other way round
    "on-hook",  # the handset lies on its hook
    "off-hook",  # it is lifted already
    "not-now",  # the outside line is not in a state for that
    "line-cut",  # nothing can happen on it until it is mended
    "hung-up",  # it ended in the middle
    "no-audio",  # nobody takes or gives audio on that line
)

Line = int  # whether there is such a port is for the card to say
Ms = Annotated[int, Meta(ge=0, le=3_600_000)]
CadenceMs = Annotated[tuple[Annotated[int, Meta(ge=0, le=60_000)], ...], Meta(max_length=16)]
Keys = Annotated[str, Meta(pattern="^[0-9*#A-D]{1,64}$")]
CallerId = Annotated[str, Meta(max_length=32)]
Sound = Annotated[bytes, Meta(max_length=2_900_000)]  # three minutes


class PortState(msgspec.Struct, frozen=True):
    """One port, as the card and as people see it."""

    line: int
    kind: Kind
    up: bool
    off_hook: bool  # FXS: as reported to the box; FXO: as the box set it
    lifted: bool  # FXS: as the hand left it
    state: str  # FXS: on-hook, ringing, off-hook; FXO: a state of `outside.py`
    lamp: Lamp
    audio: bool  # the box has opened it
    caller: str = ""
    number: str = ""  # FXO: what the box has dialed


class Front(msgspec.Struct, frozen=True):
    """The whole box; also the snapshot of the news."""

    board: str
    ports: tuple[PortState, ...]


# -- card messages: callproc -> card -------------------------------------------------------------
class OpenCard(Ask[Front], frozen=True, tag=True):
    """A driver opens the card: bells stop, lines are released, lamps go out."""

    answer: ClassVar[type] = Front


class RingBell(Ask[None], frozen=True, tag=True):
    line: Line
    cadence: CadenceMs


class SetHook(Ask[None], frozen=True, tag=True):
    line: Line
    off: bool


class TapHook(Ask[None], frozen=True, tag=True):
    line: Line


class SetLamp(Ask[None], frozen=True, tag=True):
    line: Line
    lamp: Lamp


CARD_MESSAGES = (OpenCard, RingBell, SetHook, TapHook, SetLamp)


# -- people messages: command line, page -> handsets and the telephone company ---------------------
class Lift(Ask[None], frozen=True, tag=True):
    line: Line


class Hang(Ask[None], frozen=True, tag=True):
    """Answered when the box has been told: a hook that comes back sooner is a flash."""

    line: Line


class Tap(Ask[None], frozen=True, tag=True):
    line: Line
    ms: Annotated[int, Meta(ge=1, le=5000)] = 300


class Dial(Ask[None], frozen=True, tag=True):
    """Answered when the last digit has gone into the line."""

    line: Line
    digits: Keys
    pulse: bool = False
    on_ms: Annotated[int, Meta(ge=20, le=5000)] = 80
    off_ms: Annotated[int, Meta(ge=20, le=5000)] = 80
    level: Annotated[float, Meta(ge=-40, le=0)] = -7.0


class Say(Ask[None], frozen=True, tag=True):
    """Answered when the last sample has gone into the line."""

    line: Line
    sound: Sound


class Hum(Ask[None], frozen=True, tag=True):
    """A test tone; without `ms` it lasts until something else is said, and is answered at once."""

    line: Line
    hz: Annotated[int, Meta(ge=50, le=3800)]
    ms: Ms | None = None
    level: Annotated[float, Meta(ge=-60, le=0)] = -10.0


class Heard(msgspec.Struct, frozen=True):
    sound: bytes


class Hear(Ask[Heard], frozen=True, tag=True):
    """Answered with the next `ms` of what arrives at that ear."""

    answer: ClassVar[type] = Heard
    line: Line
    ms: Annotated[int, Meta(ge=20, le=60_000)]


class RingIn(Ask[None], frozen=True, tag=True):
    line: Line
    caller: CallerId = ""


class StopRing(Ask[None], frozen=True, tag=True):
    line: Line


class Answer(Ask[None], frozen=True, tag=True):
    """The called party picks up."""

    line: Line


class AnswerLater(Ask[None], frozen=True, tag=True):
    """Whoever is called on that line picks up after so much ringback, or never by themselves."""

    line: Line
    ms: Ms | None


class Drop(Ask[None], frozen=True, tag=True):
    """The far end hangs up."""

    line: Line


class Cut(Ask[None], frozen=True, tag=True):
    line: Line


class Mend(Ask[None], frozen=True, tag=True):
    line: Line


class Show(Ask[Front], frozen=True, tag=True):
    answer: ClassVar[type] = Front


# -- news ----------------------------------------------------------------------------------------
class FromCard(msgspec.Struct, frozen=True, tag=True):
    """What the card reports to its driver."""

    event: LineEvent


class HookMoved(msgspec.Struct, frozen=True, tag=True):
    line: int
    lifted: bool


class HookTapped(msgspec.Struct, frozen=True, tag=True):
    """FXS: by the hand; FXO: by the box."""

    line: int


class BellRings(msgspec.Struct, frozen=True, tag=True):
    line: int
    cadence: Cadence


class BellStops(msgspec.Struct, frozen=True, tag=True):
    line: int


class LampChanged(msgspec.Struct, frozen=True, tag=True):
    line: int
    lamp: Lamp


class AudioOpened(msgspec.Struct, frozen=True, tag=True):
    line: int


class AudioClosed(msgspec.Struct, frozen=True, tag=True):
    line: int


class Seized(msgspec.Struct, frozen=True, tag=True):
    """FXO: the box went off hook."""

    line: int


class Released(msgspec.Struct, frozen=True, tag=True):
    line: int


class DigitArrived(msgspec.Struct, frozen=True, tag=True):
    """FXO: the far side decoded a digit from the box's audio."""

    line: int
    digit: str


class NumberDialed(msgspec.Struct, frozen=True, tag=True):
    """FXO: the telephone company has the whole number and rings the called party."""

    line: int
    number: str


class Answered(msgspec.Struct, frozen=True, tag=True):
    """FXO: both ends are connected."""

    line: int


class Dropped(msgspec.Struct, frozen=True, tag=True):
    """FXO: the far end hung up."""

    line: int


class CableCut(msgspec.Struct, frozen=True, tag=True):
    line: int


class CableMended(msgspec.Struct, frozen=True, tag=True):
    line: int


SimNews = (
    FromCard
    | HookMoved
    | HookTapped
    | BellRings
    | BellStops
    | LampChanged
    | AudioOpened
    | AudioClosed
    | Seized
    | Released
    | DigitArrived
    | NumberDialed
    | Answered
    | Dropped
    | CableCut
    | CableMended
)
