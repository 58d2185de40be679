"""Questions to the call process, and the views it answers with.

A view is a copy for people and pages: plain words and numbers, no secret, nothing to act on.
Names of states and rules are stable keys; the reader's language is chosen where they are shown.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import msgspec

from firmware.core.plans import Chosen
from firmware.core.record import Quality, Step
from firmware.wire.frames import Ask


class LineView(msgspec.Struct, frozen=True):
    line: int
    kind: Literal["fxs", "fxo"]
    state: Literal["down", "idle", "dialing", "ringing", "talking", "tone"]
    number: str  # the extension of an FXS port, the outside number of an FXO port
    lamp: Literal["off", "on", "blink"]


class ExtensionView(msgspec.Struct, frozen=True):
    number: str
    name: str
    kind: Literal["fxs", "sip"]
    line: int | None
    state: Literal["offline", "idle", "ringing", "busy"]
    contacts: int


class CallView(msgspec.Struct, frozen=True):
    call: str
    state: Literal["dialing", "ringing", "talking"]
    type: Literal["internal", "incoming", "outgoing"]
    caller: str
    called: str
    line: int | None
    started: int  # UTC ms
    answered: int


class StatusView(msgspec.Struct, frozen=True):
    version: str
    site: int
    started: int  # UTC ms
    legs: int
    calls: int
    sip: tuple[str, ...]
    events: int
    clock: dict[str, int]


class DryRunView(msgspec.Struct, frozen=True):
    """What would happen, and what next where that fails.

    `target` is an extension, the members of a group, an outside number, a feature or a cause.
    """

    outcome: Literal["dial", "group", "outside", "trunk", "feature", "more", "reject"]
    target: str
    lines: tuple[int, ...]  # outside lines that would be tried, in order
    trail: tuple[Step, ...]
    way: str = ""  # the trunk, the strategy of a group, or the argument of a feature
    seconds: float = 0.0  # of ringing, where it is not the usual time
    busy: DryRunView | None = None
    no_answer: DryRunView | None = None
    busy_as_no_answer: bool = False


class LegNews(msgspec.Struct, frozen=True, tag="leg"):
    """A leg came, changed or went (`state` "ended")."""

    leg: int
    call: str
    kind: Literal["fxs", "fxo", "sip"]
    line: int | None
    party: str
    state: str


class LineNews(msgspec.Struct, frozen=True, tag="line"):
    """A port went down or came up."""

    line: int
    up: bool


class EmergencyNews(msgspec.Struct, frozen=True, tag="emergency"):
    """Somebody calls for help; `cut` is the call that had to give up its line for it."""

    call: str
    caller: str
    number: str
    line: int | None
    cut: str


class BanNews(msgspec.Struct, frozen=True, tag="ban"):
    """An address guessed passwords: it is not listened to for so long; 0: again."""

    address: str
    seconds: int


class TrunkNews(msgspec.Struct, frozen=True, tag="trunk"):
    """A carrier came up, or went down because of `why`."""

    name: str
    up: bool
    why: str


class Snapshot(msgspec.Struct, frozen=True, tag="snapshot"):
    legs: tuple[LegNews, ...]


class ShowStatus(Ask[StatusView], frozen=True, tag="status"):
    answer: ClassVar[Any] = StatusView


class ShowLines(Ask[tuple[LineView, ...]], frozen=True, tag="lines"):
    answer: ClassVar[Any] = tuple[LineView, ...]


class ShowExtensions(Ask[tuple[ExtensionView, ...]], frozen=True, tag="extensions"):
    answer: ClassVar[Any] = tuple[ExtensionView, ...]


class ShowCalls(Ask[tuple[CallView, ...]], frozen=True, tag="calls"):
    answer: ClassVar[Any] = tuple[CallView, ...]


class ShowPlan(Ask[Chosen], frozen=True, tag="plan"):
    """Which feature codes are in force."""

    answer: ClassVar[Any] = Chosen


class DryRun(Ask[DryRunView], frozen=True, tag="dryrun"):
    """`caller` is an extension or "line N"; `at` is UTC ms, 0 for now."""

    caller: str
    digits: str
    at: int = 0
    answer: ClassVar[Any] = DryRunView


class SaveJournal(Ask[str], frozen=True, tag="journal"):
    """Write the journal to a file below the state folder; the answer is its path."""

    answer: ClassVar[Any] = str


class AddressAdded(Ask[bool], frozen=True, tag="address-added"):
    """SIP is to listen on this local address, too; True when it does."""

    host: str
    port: int = 5060
    answer: ClassVar[Any] = bool


class AddressGone(Ask[bool], frozen=True, tag="address-gone"):
    """This local address is no longer ours; calls on the others go on."""

    host: str
    answer: ClassVar[Any] = bool


class TrunkView(msgspec.Struct, frozen=True):
    name: str
    up: bool
    why: str  # what the last attempt met, empty when up
    address: str  # of ours, that it is reached from
    calls: int


class ShowTrunks(Ask[tuple[TrunkView, ...]], frozen=True, tag="trunks"):
    answer: ClassVar[Any] = tuple[TrunkView, ...]


class ShowBans(Ask[tuple[BanNews, ...]], frozen=True, tag="bans"):
    answer: ClassVar[Any] = tuple[BanNews, ...]


class Unban(Ask[bool], frozen=True, tag="unban"):
    """Listen to this address again; True when it was banned."""

    address: str
    answer: ClassVar[Any] = bool


class AudioView(msgspec.Struct, frozen=True):
    """How a leg's audio travels now.  `relay`: past the bridge, from phone to phone."""

    leg: int
    relay: bool
    quality: Quality | None  # of a SIP leg


class ShowAudio(Ask[tuple[AudioView, ...]], frozen=True, tag="audio"):
    answer: ClassVar[Any] = tuple[AudioView, ...]


class OpenAudio(Ask[str], frozen=True, tag="open-audio"):
    """A ticket for `audio.sock`: once, within ten seconds, it is a telephone on this leg's line.

    `kind`: a handset hears what the leg hears and speaks for it; an ear hears both sides.  The
    ticket is the first packet; from then on each packet is 20 ms of linear PCM, 16 bits, 8 kHz.
    """

    leg: int
    kind: Literal["handset", "ear"] = "handset"
    answer: ClassVar[Any] = str


CallNews = LegNews | LineNews | EmergencyNews | BanNews | TrunkNews
