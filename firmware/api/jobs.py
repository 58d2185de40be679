"""Questions to jobs about calls that ended, and the news it publishes about them."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

import msgspec

from firmware.api.notices import Notice
from firmware.core.record import CallRecord
from firmware.core.visibility import ALL, Sight
from firmware.wire.frames import Ask

PAGE_LIMIT = 500


Number = Annotated[str, msgspec.Meta(max_length=64)]


class CallFilter(msgspec.Struct, frozen=True):
    """CDR-02.  What is empty lets everything through; times are UTC ms, `until` not included.

    A number may end with `*`: whatever begins so.  `party` took part in any way.
    """

    type: Literal["", "internal", "incoming", "outgoing"] = ""
    state: Literal["", "answered", "failed"] = ""
    caller: Number = ""
    called: Number = ""
    party: Number = ""
    trunk: Number = ""  # a part of its name
    pin: Number = ""
    since: int = 0
    until: int = 0
    recorded: bool = False


Order = Literal["started", "duration", "caller", "called"]


class CallPage(msgspec.Struct, frozen=True):
    """`next` is what to ask with for the page after this one; empty: no more.

    A page may be short, even empty, and still have a next one: the search had taken long enough.
    """

    calls: tuple[CallRecord, ...]
    next: str = ""


class ListCalls(Ask[CallPage], frozen=True, tag="list-calls"):
    limit: Annotated[int, msgspec.Meta(ge=1, le=PAGE_LIMIT)] = 50
    before: str = ""  # the `next` of the page before
    filter: CallFilter = CallFilter()
    order: Order = "started"
    descending: bool = True
    sight: Sight = ALL  # of whoever wants to see it
    answer: ClassVar[Any] = CallPage


class CallCount(msgspec.Struct, frozen=True):
    """`exact` is false where there are more, or nobody can tell quickly how many."""

    count: int
    exact: bool


class CountCalls(Ask[CallCount], frozen=True, tag="count-calls"):
    filter: CallFilter = CallFilter()
    sight: Sight = ALL
    answer: ClassVar[Any] = CallCount


class ShowCall(Ask[CallRecord], frozen=True, tag="show-call"):
    """Refused with `no-such-call` when there is none, or none that the asker may see."""

    call: str
    sight: Sight = ALL
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


# -- exports ---------------------------------------------------------------------------------------
ExportState = Literal["running", "done", "failed", "canceled"]


class ExportView(msgspec.Struct, frozen=True, tag="export"):
    """Also published, as it goes on.  `file` is complete when the state is "done"."""

    id: str
    state: ExportState
    rows: int
    file: str


class ExportCalls(Ask[ExportView], frozen=True, tag="export-calls"):
    """Answered at once; refused with `export-runs` while another one is being written."""

    format: Literal["csv", "xlsx"]
    filter: CallFilter = CallFilter()
    order: Order = "started"
    descending: bool = True
    sight: Sight = ALL
    limit: Annotated[int, msgspec.Meta(ge=0)] = 0  # rows; 0: the whole result (CDR-08)
    lang: Literal["en", "zh"] = "en"
    answer: ClassVar[Any] = ExportView


class ShowExport(Ask[ExportView], frozen=True, tag="show-export"):
    id: str
    answer: ClassVar[Any] = ExportView


class CancelExport(Ask[None], frozen=True, tag="cancel-export"):
    """Also to throw away a file that nobody needs any more."""

    id: str
    answer: ClassVar[Any] = None


JobsNews = CallSaved | CallsKept | Notice | ExportView
