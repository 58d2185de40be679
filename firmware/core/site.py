"""What the administrator decided, as plain immutable data: the input of every decision.

`sysd` builds a `Site` from the configuration and writes it to a file; the exchange and the
resolver only read it.  A change is a new `Site` with a higher version, never an edit.  It holds no
secret, so it may appear in a journal, a snapshot or a bug report.
"""

from __future__ import annotations

from typing import Literal

import msgspec

ToneStep = tuple[int, int, int, int]  # hz, hz or 0, ms on, ms off
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
    """A feature code as this site dials it; main folds these in from the feature catalog."""

    digits: str
    feature: str


class Timing(msgspec.Struct, frozen=True):
    """How long the box waits, in ms."""

    first_digit: int = 15_000  # dial tone without a digit
    next_digit: int = 3_000  # FCR-05
    ring: int = 30_000  # FWD-11
    outside_ring: int = 60_000
    charge_delay: int = 5_000  # FXO-08: an outside call counts as answered this long after dialing
    refusal_tone: int = 20_000
    line_release: int = 2_000  # how long a released line rests before it is seized again


class Tones(msgspec.Struct, frozen=True):
    """What callers of this country expect to hear."""

    dial: tuple[ToneStep, ...]
    ringback: tuple[ToneStep, ...]
    busy: tuple[ToneStep, ...]
    congestion: tuple[ToneStep, ...]


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
    emergency: tuple[str, ...] = ("110", "112", "119", "120", "122")
    codes: tuple[Code, ...] = ()
    timing: Timing = Timing()
    zone: tuple[tuple[int, int], ...] = ()  # (UTC ms, seconds east of UTC from then on)

    def extension_on(self, line: int) -> Extension | None:
        """The analog extension of an FXS port."""
        for extension in self.extensions.values():
            if extension.line == line:
                return extension
        return None
