"""The tables of the exchange: plain data, so that they can be copied, compared and replayed.

A **leg** is one party's connection; its number never changes.  Every leg has exactly one
**owner**: a dialing (somebody is on the way to somebody), a bridge (they hear each other) or a
session (a feature does something with them).  Owners share one numbering, so `leg.owner` is one
number and a timer belongs to one owner.  A **call** is what becomes one record: it outlives its
owners and may pass through several.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from firmware.core.effects import Lamp, Mode
from firmware.core.record import CallType, LegRecord, Step

LegState = Literal["dialing", "ringing", "up", "tone"]
DialingState = Literal["collecting", "calling", "refused"]


class Leg(msgspec.Struct):
    id: int
    kind: Literal["fxs", "fxo", "sip"]
    line: int | None
    party: str  # extension number, or the outside party's
    owner: int
    call: int  # 0: belongs to no call (a lifted handset, or one hearing busy tone)
    state: LegState
    started: int
    answered: int = 0


class Dialing(msgspec.Struct, tag=True):
    """A caller on the way: collecting digits, ringing callees, or hearing why not."""

    id: int
    state: DialingState
    caller: int
    digits: str = ""
    callees: list[int] = []
    dial_tone: bool = False  # the caller hears it now
    alerted: bool = False  # the caller knows that it rings


class Bridge(msgspec.Struct, tag=True):
    id: int
    mode: Mode
    legs: list[int]


class Session(msgspec.Struct, tag=True):
    """A feature at work; the feature's own table gives `state` its meaning."""

    id: int
    feature: str
    state: str
    legs: list[int]
    argument: str = ""


Owner = Dialing | Bridge | Session


class Call(msgspec.Struct):
    """A record in the making."""

    id: int
    type: CallType
    caller: str
    called: str
    started: int
    site: int
    final: str = ""
    line: int | None = None
    answered: int = 0
    trail: list[Step] = []
    legs: list[LegRecord] = []


class Line(msgspec.Struct):
    line: int
    kind: Literal["fxs", "fxo"]
    up: bool
    leg: int = 0
    free_at: int = 0  # monotonic ns: an outside line needs a rest after release
    lamp: Lamp = "off"


class Tables(msgspec.Struct):
    """Everything the exchange remembers."""

    life: str = ""
    legs: dict[int, Leg] = {}
    owners: dict[int, Owner] = {}
    calls: dict[int, Call] = {}
    lines: dict[int, Line] = {}
    contacts: dict[str, int] = {}
    timers: dict[int, int] = {}  # owner -> generation that counts
    last_leg: int = -1
    last_owner: int = 0
    last_call: int = 0
    last_generation: int = 0
