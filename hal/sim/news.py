"""What the simulator tells everybody who watches.

`FromCard` and `FromChassis` are what the box's own drivers hear of it; the rest is for whoever
watches the box from outside: what hands, telephones and the telephone company see and do.
"""

from __future__ import annotations

import msgspec

from hal.api import Button, Cadence, Lamp, LineEvent, Storage


class FromCard(msgspec.Struct, frozen=True, tag=True):
    """What the card reports to its driver."""

    event: LineEvent


class FromChassis(msgspec.Struct, frozen=True, tag=True):
    """What the box around the card reports to its driver."""

    event: Storage | Button


class CardGone(msgspec.Struct, frozen=True, tag=True):
    """The driver of the card went away."""

    why: str


class CardBack(msgspec.Struct, frozen=True, tag=True):
    """A driver is there again: open the card."""


class SettingsChanged(msgspec.Struct, frozen=True, tag=True):
    line: int
    changes: dict[str, str]


class RingBurst(msgspec.Struct, frozen=True, tag=True):
    """FXS: ringing voltage comes or goes, as the telephone gets it."""

    line: int
    on: bool


class CallerShown(msgspec.Struct, frozen=True, tag=True):
    """FXS: the telephone shows a caller, decoded from the sound on its line."""

    line: int
    number: str
    name: str
    date: str


class CallerUnreadable(msgspec.Struct, frozen=True, tag=True):
    """FXS: caller ID came, incomplete or damaged; nothing is shown."""

    line: int


class CurrentCut(msgspec.Struct, frozen=True, tag=True):
    """FXS: the box took the loop current away for so long."""

    line: int
    ms: int


class BatteryTurned(msgspec.Struct, frozen=True, tag=True):
    """The polarity changed: FXS by the box, FXO by the company."""

    line: int
    reversed: bool


class CallComes(msgspec.Struct, frozen=True, tag=True):
    """FXO: the company has a call for the box; what the box notices of it comes `FromCard`."""

    line: int
    caller: str


class CallEnds(msgspec.Struct, frozen=True, tag=True):
    """FXO: the company stopped ringing."""

    line: int


class CallWaits(msgspec.Struct, frozen=True, tag=True):
    line: int
    caller: str


class WaitingCallTold(msgspec.Struct, frozen=True, tag=True):
    """FXO: a telephone answered the alerting tones, and caller ID is sent to it."""

    line: int


class NumberRefused(msgspec.Struct, frozen=True, tag=True):
    """FXO: the company has the whole number, and a tone for it."""

    line: int
    number: str
    why: str


class BoxLampChanged(msgspec.Struct, frozen=True, tag=True):
    name: str
    lamp: Lamp


class WatchdogBit(msgspec.Struct, frozen=True, tag=True):
    """Nobody petted it in time: the power of the box is cut."""


class PowerCut(msgspec.Struct, frozen=True, tag=True):
    """So many processes were killed."""

    processes: int


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
    | FromChassis
    | CardGone
    | CardBack
    | SettingsChanged
    | HookMoved
    | HookTapped
    | BellRings
    | BellStops
    | RingBurst
    | CallerShown
    | CallerUnreadable
    | CurrentCut
    | BatteryTurned
    | LampChanged
    | BoxLampChanged
    | AudioOpened
    | AudioClosed
    | Seized
    | Released
    | CallComes
    | CallEnds
    | CallWaits
    | WaitingCallTold
    | DigitArrived
    | NumberDialed
    | NumberRefused
    | Answered
    | Dropped
    | CableCut
    | CableMended
    | WatchdogBit
    | PowerCut
)
