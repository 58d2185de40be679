"""Questions to jobs about calls that ended, and the news it publishes about them."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

import msgspec

from firmware.api.notices import Notice
from firmware.core.record import CallRecord
from firmware.wire.frames import Ask

PAGE_LIMIT = 500


class CallPage(msgspec.Struct, frozen=True):
    """Newest first.  `next` is what to ask with for the page after this one; empty: no more."""

    calls: tuple[CallRecord, ...]
    next: str = ""


class ListCalls(Ask[CallPage], frozen=True, tag="list-calls"):
    """Filters that are empty let everything through; times are UTC ms, `until` not included."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=PAGE_LIMIT)] = 50
    before: str = ""
    type: Literal["", "internal", "incoming", "outgoing"] = ""
    party: str = ""  # caller, called or who took it
    line: int | None = None
    since: int = 0
    until: int = 0
    answer: ClassVar[Any] = CallPage


class ShowCall(Ask[CallRecord], frozen=True, tag="show-call"):
    """Refused with `no-such-call` when there is none."""

    call: str
    answer: ClassVar[Any] = CallRecord


class Collect(Ask[int], frozen=True, tag="collect"):
    """The spool grew.  Answered when everything in it is on the disk, with how many were new."""

    answer: ClassVar[Any] = int


class CallSaved(msgspec.Struct, frozen=True, tag="call-saved"):
    """Published only after the record is on the disk."""

    call: CallRecord


class CallsKept(msgspec.Struct, frozen=True, tag="calls-kept"):
    """The snapshot of the feed: how many records there are."""

    count: int


JobsNews = CallSaved | CallsKept | Notice
