"""The tables of the exchange: plain data, so that they can be copied, compared and replayed.

A **leg** is one party's connection; its number never changes.  Every leg has exactly one
**owner**: a dialing (somebody is on the way to somebody), a bridge (they hear each other, or wait
for somebody), a session (a feature does something with them) or a listening (a handset alone with
a tone).  `leg.owner` is the only place where that is written; an owner without legs ends.  A
**call** is what becomes one record: legs belong to it for a while, and it ends with the last.  A
timer belongs to one owner, or to a call (under the negative number of the call).
"""

from __future__ import annotations

from typing import Literal

import msgspec

from firmware.core.decision import Dial
from firmware.core.effects import Lamp, Mode, Tone
from firmware.core.record import CallType, Flag, LegRecord, Step
from firmware.core.site import Code
from firmware.core.userstate import UserState

LegState = Literal["dialing", "ringing", "early", "up", "tone"]
DialingState = Literal[
    "collecting", "prompting", "naming", "telling", "calling", "waiting", "failed"
]
Purpose = Literal["", "consult", "blind", "three"]  # what a caller dials for while his party waits
Reason = Literal["", "consult", "waiting", "barge"]  # why somebody waits for the keeper
Sound = Tone | Literal["", "words", "music"]


class Leg(msgspec.Struct):
    """`state` "early" hears the far end before anybody has answered; "tone" hears only the box."""

    id: int
    kind: Literal["fxs", "fxo", "sip"]
    line: int | None
    party: str  # extension number, or the outside party's
    owner: int
    state: LegState
    started: int
    call: int = 0  # 0: belongs to no call (a lifted handset, or one hearing busy tone)
    joined: int = 0  # when it left the call before this one; 0: this is its first
    answered: int = 0
    hears: Sound = ""  # what the box plays to it
    trunk: str = ""
    name: str = ""  # the party's, where somebody told it
    hash_until: int = 0  # monotonic ns: a `#` before this only ends what was dialed (FCR-05)


class Dialing(msgspec.Struct, tag=True):
    """A caller on the way: collecting digits, ringing callees, or waiting to try again."""

    id: int
    state: DialingState
    caller: int
    digits: str = ""
    alerted: bool = False  # the caller knows that it rings
    cause: str = ""  # the best reason any callee gave so far
    purpose: Purpose = ""
    decision: Dial | None = None  # what is being tried
    queue: list[str] = []  # members of a group that have not rung yet
    tried: list[int] = []  # outside lines that could not be seized
    knocked: list[int] = []  # legs that talk and hear that somebody knocks
    asked: list[int] = []  # legs that answered and are asked whether they take the call
    referrer: int = 0  # the leg whose phone asked for this call, and wants to know how it goes
    hops: int = 0  # how often the call was sent on
    heard: int = 0  # the callee whom the caller hears before anybody answers
    named: bool = False  # he has been asked for his name
    announced: bool = False  # the attendant knows that he calls for help
    one_way: bool = False  # who answers only listens
    auto_answer: Literal["", "talk", "listen"] = ""


class Listening(msgspec.Struct, tag=True):
    """Somebody alone with what the box tells him, until he hangs up or is hung up."""

    id: int
    state: Literal["words", "tone", "howling"] = "tone"
    cause: str = ""


class Bridge(msgspec.Struct, tag=True):
    """People together; the mode says who of them hears whom.

    "hold": they wait, for the leg `keeper` that is elsewhere, or for those of them who paused.
    """

    id: int
    mode: Mode
    keeper: int = 0
    reason: Reason = ""
    paused: list[int] = []  # legs whose phones put the others on hold
    ears: dict[int, int] = {}  # legs that only listen -> the one leg that hears them, or 0
    keys: dict[int, str] = {}  # leg -> what it pressed within the gap


class Session(msgspec.Struct, tag=True):
    """A feature at work; the feature's own table gives `state` its meaning."""

    id: int
    feature: str
    state: str
    argument: str = ""
    by: str = ""  # the extension that began it
    digits: str = ""  # what the caller has keyed in since he was asked


Owner = Dialing | Listening | Bridge | Session


class Left(msgspec.Struct):
    """What an owner is told when one of its legs has gone and others are still with it."""

    leg: Leg
    cause: str


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
    trunk: str = ""
    answered: int = 0
    cause: str = ""  # why it ended, once somebody knows
    name: str = ""  # of the caller
    recorded: str = ""  # a recording that is thrown away with the call
    spoken: str = ""  # the one in which the caller says his name
    flags: list[Flag] = []
    trail: list[Step] = []
    legs: list[LegRecord] = []


class Line(msgspec.Struct):
    """A port: facts about it, and the leg that uses it."""

    line: int
    kind: Literal["fxs", "fxo"]
    up: bool
    off_hook: bool = False  # FXS: the handset is in somebody's hand, call or no call
    ringing: bool = False  # FXO: somebody calls in, whether we have an answer for him or not
    leg: int = 0
    free_at: int = 0  # monotonic ns: an outside line needs a rest after release
    lamp: Lamp = "off"


class Saving(msgspec.Struct):
    """A `SaveState` on its way: what it will be once it is on the disk, and who is told."""

    key: str
    value: str
    leg: int
    owner: int  # whoever has moved on meanwhile is not told
    words: tuple[str, ...]


class Tables(msgspec.Struct):
    """Everything the exchange remembers."""

    life: str = ""
    legs: dict[int, Leg] = {}
    owners: dict[int, Owner] = {}
    calls: dict[int, Call] = {}
    lines: dict[int, Line] = {}
    contacts: dict[str, tuple[str, ...]] = {}  # extension -> where it is registered, newest first
    trunks_down: dict[str, str] = {}  # carrier -> why no call goes there
    timers: dict[int, dict[str, int]] = {}  # owner -> name -> generation that counts
    turns: dict[str, str] = {}  # group -> who rang first last time
    called: dict[str, int] = {}  # extension -> when its last call ended
    places: dict[str, int] = {}  # park slot -> the session that holds the call
    shown: dict[str, str] = {}  # number -> what its lamps show, where they are not dark
    state: UserState = msgspec.field(default_factory=UserState)
    codes: dict[int, tuple[Code, ...]] = {}  # of older sites that calls still go by
    saving: dict[int, Saving] = {}
    recording: dict[str, int] = {}  # name -> the leg whose owner waits for its end
    lan: str = ""  # the box's addresses, as its edge sees them
    wan: str = ""
    last_save: int = 0
    last_leg: int = -1
    last_owner: int = 0
    last_call: int = 0
    last_generation: int = 0
