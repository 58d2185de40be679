"""The simulated box as it is at this moment, and the words that every message uses.

`Front` is the box as people see it: ports by the number printed on it.  `Channels` is the card as
its driver finds it: channels at places of the hardware.  They differ after a card swap, and a box
that goes by the channel number then rings the wrong telephones.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from hal.api import Kind, Lamp, Storage

SOCKET = "sim.sock"
AUDIO_SOCKET = "sim-audio.sock"
PEOPLE_SOCKET = "sim-people.sock"

REFUSALS = (
    "no-such-line",  # the board has no port of that number
    "wrong-kind",  # a handset's order to an outside line, or the other way round
    "on-hook",  # the handset lies on its hook
    "off-hook",  # it is lifted already
    "not-now",  # the outside line is not in a state for that
    "line-cut",  # nothing can happen on it until it is mended
    "hung-up",  # it ended in the middle
    "no-audio",  # nobody takes or gives audio on that line
    "no-setting",  # a port of this kind has no such key
    "no-fault",  # there is none of that name
    "bad-setting",  # a value out of its bounds
    "no-card",  # the driver is gone, or the card has not this port
    "no-part",  # the box has no socket, button or lamp of that name
    "bad-stick",  # the folder that was to be a USB stick cannot be used
    "bad-script",  # a person's script cannot be read
    "not-recording",
    "patched",  # the other end of that cable is another box
    "no-power",  # the simulator was started by hand: it does not know what to cut
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
    shown: str = ""  # FXS: what the display shows
    volts: float = 0.0  # FXO: on the line; FXS: ringing voltage at the bells
    place: str = ""  # where the hardware has it
    plugged: int = 0  # FXO: whose cable is in it, if not its own


class Front(msgspec.Struct, frozen=True):
    """The whole box; also the snapshot of the news.  `line` is the port's number on the box."""

    board: str
    ports: tuple[PortState, ...]
    disks: tuple[Storage, ...] = ()
    lamps: dict[str, Lamp] = {}  # of the box, not of ports
    driver: str = ""  # why there is none
    watchdog: bool = False  # somebody has begun to pet it


class Channel(msgspec.Struct, frozen=True):
    """One port as its driver numbers it, found at a place of the hardware."""

    channel: int
    place: str
    kind: Kind
    up: bool
    off_hook: bool
    ringing: bool = False
    caller: str = ""


class Channels(msgspec.Struct, frozen=True):
    """What a driver finds when it opens the card."""

    channels: tuple[Channel, ...]
