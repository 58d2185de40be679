"""`calls.db`: opened as soon as the disk lets us, and the questions that lists ask.

A damaged database is set aside; what can be read of it is brought over little by little, while new
calls are stored and lists answer.  Nothing here ends the process: trouble is a notice.
"""

from __future__ import annotations

import base64
import binascii
import logging
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import TypeVar

import msgspec

from firmware.api import jobs as api
from firmware.api.noticeboard import Notices
from firmware.core.record import CallRecord
from firmware.core.visibility import Sight, shown
from firmware.store.calls import Calls
from firmware.store.calls_filter import COLUMNS, Filter
from firmware.store.calls_page import Pages
from firmware.store.database import NOT_SAVED, StoreError, transaction
from firmware.store.rescue import DAMAGED, open_or_set_aside, set_aside
from firmware.store.salvage import readable
from firmware.store.trouble import trouble_of
from firmware.wire.frames import UNREADABLE, Refused
from firmware.wire.server import Handlers

log = logging.getLogger("records")
R = TypeVar("R")
DATABASE = "calls.db"
BATCH = 500


class Records:
    def __init__(self, state: Path, notices: Notices) -> None:
        self.path, self._notices = state / DATABASE, notices
        self._opened: Calls | None = None
        self._pages: Pages | None = None
        self._salvage: Iterator[CallRecord] | None = None

    def handlers(self) -> Handlers:
        return {
            api.ListCalls: lambda ask: self._careful(lambda: self._list(ask)),
            api.CountCalls: lambda ask: self._careful(lambda: self._count(ask)),
            api.ShowCall: lambda ask: self._careful(lambda: self._show(ask)),
        }

    # -- the database ------------------------------------------------------------------------------
    def calls(self) -> Calls:
        """Raises what the disk says; `Refused` for a database of newer firmware."""
        if self._opened is None:
            try:
                opened, aside = open_or_set_aside(self.path, Calls)
            except StoreError as error:
                self._notices.say("newer", DATABASE, str(error))
                raise Refused("newer", str(error)) from None
            if aside:
                self._notices.say("damaged", DATABASE, aside.name)
            self._opened, self._pages = opened, Pages(opened.database)
        return self._opened

    def count(self) -> int:
        try:
            return self.calls().count()
        except (Refused, *NOT_SAVED):
            return 0

    def trouble(self, error: Exception) -> Refused:
        """To be called with everything of NOT_SAVED; gives what to tell whoever asked."""
        if isinstance(error, DAMAGED) and self._opened:
            self.close()
            self._notices.say("damaged", DATABASE, set_aside(self.path).name)
        elif not isinstance(error, DAMAGED):
            self._notices.say(trouble_of(error), DATABASE, str(error))
        return Refused(trouble_of(error), str(error))

    def well(self) -> None:
        """Something was stored: what was full or locked is not so any more."""
        self._notices.over(DATABASE, "disk-full", "read-only", "busy", "disk-error")

    def idle(self) -> bool:
        """Bring over a piece of what lies beside: rows of an older form, rows of a damaged
        database.  True while there is more."""
        calls = self.calls()
        if calls.bring_over():
            return True
        damaged = sorted(self.path.parent.glob(f"{DATABASE}.damaged-*[0-9]"))
        if not damaged:
            return False
        if self._salvage is None:
            self._salvage = readable(damaged[-1])
        batch = list(islice(self._salvage, BATCH))
        with transaction(calls.database):
            for record in batch:
                calls.add(record)
        if not batch:
            self._salvage = None
            name = damaged[-1].name.replace("damaged", "salvaged")
            damaged[-1].rename(damaged[-1].with_name(name))
            self._notices.over(DATABASE, "damaged")
            self._notices.say("salvaged", DATABASE, str(calls.count()))
        return True

    def close(self) -> None:
        if self._opened:
            self._opened.close()
        self._opened = self._pages = None

    def _careful(self, work: Callable[[], R]) -> R:
        try:
            return work()
        except NOT_SAVED as error:
            raise self.trouble(error) from None

    # -- questions ---------------------------------------------------------------------------------
    def _list(self, ask: api.ListCalls) -> api.CallPage:
        calls = self.calls()
        assert self._pages
        cursor = _cursor(ask.before, len(COLUMNS[ask.order]))
        only = filter_of(ask.filter, ask.sight)
        page = self._pages.page(only, ask.limit, ask.order, ask.descending, cursor)
        views = (shown(record, ask.sight) for record in calls.records(page.ids))
        return api.CallPage(tuple(view for view in views if view), _text(page.cursor))

    def _count(self, ask: api.CountCalls) -> api.CallCount:
        self.calls()
        assert self._pages
        return api.CallCount(*self._pages.count(filter_of(ask.filter, ask.sight)))

    def _show(self, ask: api.ShowCall) -> CallRecord:
        record = self.calls().find(ask.call)
        view = shown(record, ask.sight) if record else None
        if view is None:
            raise Refused("no-such-call", f"there is no record of a call {ask.call}")
        return view


def filter_of(asked: api.CallFilter, seen: Sight) -> Filter:
    return Filter(**msgspec.structs.asdict(asked), only=seen.calls)


def _text(cursor: tuple[object, ...] | None) -> str:
    """A cursor as people may pass it on; what is in it is nobody's business."""
    return base64.urlsafe_b64encode(msgspec.json.encode(cursor)).decode() if cursor else ""


def _cursor(text: str, length: int) -> tuple[object, ...] | None:
    if not text:
        return None
    kinds = tuple[str, int, int] if length == 3 else tuple[int, int]
    try:
        key: tuple[object, ...] = msgspec.json.decode(base64.urlsafe_b64decode(text), type=kinds)
    except (binascii.Error, ValueError, *UNREADABLE):
        raise Refused("bad-cursor", "`before` must be the `next` of an earlier page") from None
    return key
