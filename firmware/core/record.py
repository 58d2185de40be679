"""The record of one call, and the trail of the rules that decided where it went.

A trail step names the rule, the object of the configuration it looked at, and the outcome; words
in the reader's language are made from it at the edge, so the record stays language-free.
"""

from __future__ import annotations

from typing import Literal

import msgspec

CallType = Literal["internal", "incoming", "outgoing"]
Flag = Literal["forwarded", "picked-up", "parked", "conference", "transferred", "emergency"]


class Step(msgspec.Struct, frozen=True):
    """`rule` looked at `subject` ("extensions.102", "routes.Outside", ...) and said `verdict`.

    `detail` is the value that mattered (a prefix, a number), never a sentence.
    """

    rule: str
    verdict: Literal["taken", "passed", "refused"]
    subject: str = ""
    detail: str = ""


class Quality(msgspec.Struct, frozen=True):
    """How one leg's audio arrived here; `mos` by the E-model, 1.0 to 4.5."""

    codec: str
    packets: int
    lost: int
    jitter_ms: float
    delay_ms: float  # round trip by RTCP; 0: the far end told nothing
    mos: float


class LegRecord(msgspec.Struct, frozen=True):
    """One party's part of a call; times are UTC ms, 0 where it did not happen."""

    leg: int
    party: str
    kind: Literal["fxs", "fxo", "sip"]
    line: int | None
    started: int
    answered: int
    ended: int
    cause: str
    quality: Quality | None = None  # the edge adds it as the record is written


class CallRecord(msgspec.Struct, frozen=True):
    """Columns CDR-03, CDR-04 and CDR-15; `answered` is 0 for a call that failed (CDR-07)."""

    call: str  # unique for ever: <box life>-<number>
    type: CallType
    caller: str
    called: str  # the number meant: without `#`, and without the prefix of a way out
    final: str  # who took it
    line: int | None  # the outside line
    started: int
    answered: int
    ended: int
    cause: str
    site: int  # version of the configuration that decided
    trail: tuple[Step, ...]
    legs: tuple[LegRecord, ...]
    name: str = ""  # of the caller, as the outside or the configuration says
    trunk: str = ""  # name of the outside line or trunk; empty for an internal call (CDR-06)
    pin: str = ""  # whose PIN or password let it out: a name, never its digits (CDR-06, CDR-16)
    flags: tuple[Flag, ...] = ()
    recordings: tuple[str, ...] = ()  # names of what was recorded of it
