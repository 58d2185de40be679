"""What the administrator decided, as plain immutable data: the input of every decision.

`sysd` builds a `Site` from the configuration and writes it to a file; the exchange and the
resolver only read it.  A change is a new `Site` with a higher version, never an edit.  It holds no
secret, so it may appear in a journal, a snapshot or a bug report.
"""

from __future__ import annotations

from typing import Literal

import msgspec

ToneStep = tuple[int, int, int, int]  # hz, hz or 0, ms on, ms off
Context = Literal["dial", "call", "conference", "menu"]  # where keys are pressed (FCR-04)
Takes = Literal["", "extension", "number", "optional", "time"]  # what follows a code
Strategy = Literal["all", "order", "circular", "random", "longest"]  # DEP-02, GRP-05
Codec = Literal["PCMA", "PCMU", "G722", "opus", "G729", "GSM"]
Dtmf = Literal["rfc4733", "info", "inband"]
Srtp = Literal["off", "optional", "required"]
CODECS: tuple[Codec, ...] = ("PCMA", "PCMU", "G722", "opus", "GSM")


class SipProfile(msgspec.Struct, frozen=True):
    """How the far end of a SIP leg, a telephone or a carrier, is spoken with."""

    codecs: tuple[Codec, ...] = CODECS  # EXT-30: in this order; what is not listed is not offered
    dtmf: Dtmf = "rfc4733"  # EXT-27
    srtp: Srtp = "off"  # EXT-28: keys in the SDP (SDES)


class Extension(msgspec.Struct, frozen=True):
    """A number that rings a telephone: an analog one on port `line`, or a SIP one."""

    number: str
    name: str = ""
    line: int | None = None
    profile: SipProfile = SipProfile()  # of a SIP one
    warn_minutes: int = 0  # FXS-03: a tone tells how long an outside call lasts; 0: never
    max_minutes: int = 0  # EXT-31: a call out is cut after this; 0: never
    monitored: bool = False  # EXT-22: others may listen
    monitors: Literal["", "department", "all"] = ""  # whom it may listen to and cut (SUP-06)
    auto_answer: bool = False  # TON-05: the telephone answers by itself
    hotline: str = ""  # FXS-X1: dialed when the handset is lifted
    hotline_ms: int = 0  # how long the user may begin to dial something else
    off_hook: str = ""  # FXS-06: the outside prefix that counts as dialed; `*` takes it back
    language: str = ""  # of the prompts, EXT-17; empty: the site's
    day_class: str = "local"  # a name in `Site.classes`, or two digits of the table COS-01
    night_class: str = ""  # empty: as by day
    only_attendant: bool = False  # COS-06: may call nobody inside but the attendant
    may_transfer: bool = True  # in-call codes are for those who may (FCR-08)
    dnd: Literal["none", "external", "internal", "both"] = "both"  # what its user may set, FXS-14

    @property
    def sip(self) -> bool:
        return self.line is None


class OutsideLine(msgspec.Struct, frozen=True):
    """A line of the telephone company on FXO port `line`; `number` is the number it is known by."""

    line: int
    name: str = ""
    number: str = ""


class Trunk(msgspec.Struct, frozen=True):
    """A carrier, or another exchange, by SIP.

    Kind `register`: the box signs in there, with the secret kept under the trunk's name.  Kind
    `peer`: calls from its address are its calls; they may go out again only where the address is
    proved, by TLS or by digest.
    """

    name: str
    kind: Literal["register", "peer"]
    host: str
    port: int = 0  # 0: DNS says (SRV), else the usual port of the transport
    transport: Literal["udp", "tcp", "tls"] = "udp"
    user: str = ""  # the account, and the number that calls in are for where they say none
    auth_user: str = ""  # empty: the account
    proxy: str = ""  # "host" or "host:port" that all requests go through
    expiry: int = 300  # seconds that a registration is asked for
    identity: Literal["from", "pai", "ppi", "rpid"] = "from"  # where the carrier reads who calls
    caller: str = ""  # the number shown where the caller has none of his own to show
    channels: int = 0  # calls at once (TRK-05); 0: no limit
    profile: SipProfile = SipProfile()


class OutboundRoute(msgspec.Struct, frozen=True):
    """Numbers that begin with `prefix` leave by the first free of `lines`, the prefix removed."""

    name: str
    prefix: str
    lines: tuple[int, ...]


class Code(msgspec.Struct, frozen=True):
    """A feature code as this site dials it; `core.plans` folds the active plan in.

    What follows the digits is an argument of this kind; `argument` is what a code without one
    stands for (slot 41).  `row` is the code's id in the catalogue ("FC-27").  `rule`: no feature
    of its own but the digits that a rule of the resolver goes by (the `*` of speed dials).
    """

    digits: str
    feature: str
    row: str = ""
    context: Context = "dial"
    takes: Takes = ""
    argument: str = ""
    attendant: bool = False  # only from an attendant's position
    rule: bool = False


class Department(msgspec.Struct, frozen=True):
    """DEP-01; `number` may be empty: then it is a name for pick-up only."""

    name: str
    number: str = ""
    members: tuple[str, ...] = ()
    strategy: Strategy = "all"
    ring_ms: int = 30_000
    no_answer: str = ""  # where to, as an extension would dial it; empty: the call fails
    parent: str = ""  # the department above it (DEP-07)


class Group(msgspec.Struct, frozen=True):
    """An exchange group (GRP): 1 to 8 answer to their digit where `one_key` allows it."""

    number: int
    members: tuple[str, ...] = ()
    strategy: Strategy = "circular"
    one_key: bool = False
    ring_ms: int = 30_000


class SpeedDial(msgspec.Struct, frozen=True):
    """SPD-01: `*` + code dials the number, which contains the outside prefix (SPD-06)."""

    code: str
    number: str
    always: bool = False  # whatever the caller's class says (SPD-05)


class Hours(msgspec.Struct, frozen=True):
    """It is day between these minutes of these weekdays (0 is Monday); DAY-01."""

    weekdays: tuple[int, ...]
    since: int
    until: int


class Diversion(msgspec.Struct, frozen=True):
    """How calls are sent on: the global options of forwards and follow-me."""

    pass_caller: bool = False  # FWD-06: show the target who calls, where the way out can
    tell_caller: bool = False  # FWD-07
    always_accept: bool = True  # FOL-05
    record_name: bool = False  # FOL-06


class Permission(msgspec.Struct, frozen=True):
    """One rule of a service class: the longest prefix that fits decides (COS-16)."""

    prefix: str
    allow: bool = True
    calls: Literal["out", "in", "internal"] = "out"


class ServiceClass(msgspec.Struct, frozen=True):
    """What an extension may dial and who may call it; levels as in COS-01."""

    outgoing: int = 1  # 1 everything ... 5 emergency only, 6 inside only
    incoming: int = 1  # 1 everybody, 2 not from outside, 3 not from inside, 4 nobody
    premium: bool = True  # numbers of the restriction lists 168, 968, 969
    rules: tuple[Permission, ...] = ()  # of a permission group, COS-14
    refused_codes: tuple[str, ...] = ()  # rows of the catalogue that this class may not use


class Restrictions(msgspec.Struct, frozen=True):
    """The lists behind the levels, COS-08: leading digits after the outside prefix."""

    national: tuple[str, ...] = ("00",)  # A
    local: tuple[str, ...] = ("0",)  # B
    opened: tuple[str, ...] = ()  # C
    premium: tuple[str, ...] = ("168", "968", "969")  # in A and B for two-digit classes


class Timing(msgspec.Struct, frozen=True):
    """How long the box waits, in ms."""

    first_digit: int = 15_000  # dial tone without a digit
    next_digit: int = 3_000  # FCR-05
    ring: int = 30_000  # FWD-11
    outside_ring: int = 60_000
    charge_delay: int = 5_000  # FXO-08: an outside call counts as answered this long after dialing
    refusal_tone: int = 20_000
    howler: int = 60_000  # then the line is left silent until the handset is hung up
    transfer_ring: int = 20_000  # XFR-06
    line_release: int = 2_000  # how long a released line rests before it is seized again


class Tones(msgspec.Struct, frozen=True):
    """What callers of this country expect to hear."""

    dial: tuple[ToneStep, ...]
    ringback: tuple[ToneStep, ...]
    busy: tuple[ToneStep, ...]
    congestion: tuple[ToneStep, ...]
    stutter: tuple[ToneStep, ...] = ((450, 0, 400, 40),)
    recall: tuple[ToneStep, ...] = ((450, 0, 100, 100),)
    waiting: tuple[ToneStep, ...] = ((450, 0, 400, 4000),)
    knocking: tuple[ToneStep, ...] = ((450, 0, 1000, 300), (450, 0, 200, 3500))
    warning: tuple[ToneStep, ...] = ((1400, 0, 200, 200),)
    howler: tuple[ToneStep, ...] = ((950, 0, 1000, 0),)


class Site(msgspec.Struct, frozen=True):
    version: int
    name: str
    country: str
    tones: Tones
    ring_cadence: tuple[int, ...]
    extensions: dict[str, Extension]
    lines: dict[int, OutsideLine]
    routes: tuple[OutboundRoute, ...] = ()
    trunks: dict[str, Trunk] = {}
    attendant: str = ""  # the extension that answers for the house
    second_attendant: str = ""  # when the first is busy (ATT-09)
    night_attendant: str = ""  # empty: as by day
    warn_outgoing_only: bool = False  # FXS-04
    cut_after_warning: bool = False  # FXS-05
    barge: Literal["three-way", "hold-other-side"] = "three-way"  # SUP-04
    force_release: Literal["end-call", "take-over"] = "end-call"  # SUP-05
    emergency: tuple[str, ...] = ("110", "112", "119", "120", "122")
    plan: str = "CooVox"  # FCR-01
    changed_codes: dict[str, str] = {}  # plan Custom: row -> code, as the administrator wrote it
    codes: tuple[Code, ...] = ()
    departments: tuple[Department, ...] = ()
    groups: tuple[Group, ...] = ()
    speed_dials: tuple[SpeedDial, ...] = ()
    hours: tuple[Hours, ...] = ()  # when it is day; none: always
    diversion: Diversion = Diversion()
    classes: dict[str, ServiceClass] = {}
    restrictions: Restrictions = Restrictions()
    language: str = "zh"
    timing: Timing = Timing()
    zone: tuple[tuple[int, int], ...] = ()  # (UTC ms, seconds east of UTC from then on)

    def extension_on(self, line: int) -> Extension | None:
        """The analog extension of an FXS port."""
        for extension in self.extensions.values():
            if extension.line == line:
                return extension
        return None
