"""The process `jobs`: stores what the call process hands over, and answers what was.

It may die at any moment: the spool waits for it.  A record is announced only once it is on the
disk.
"""

from __future__ import annotations

import secrets
from pathlib import Path

from firmware.api import jobs as api
from firmware.api.notices import ShowNotices
from firmware.core.record import CallRecord
from firmware.jobs.collect import Collector
from firmware.jobs.lookout import Lookout
from firmware.jobs.notices import Notices
from firmware.jobs.settings import Settings
from firmware.store.calls import Calls, Cursor, Filter
from firmware.store.trouble import trouble_of
from firmware.wire.feed import Feed
from firmware.wire.frames import Refused
from firmware.wire.loop import Loop
from firmware.wire.server import Handlers, Server

SOCKET = "jobs.sock"
SPOOL = "spool"


def run(state: Path) -> None:
    """Keep records until SIGTERM."""
    folder = state / "run"
    folder.mkdir(parents=True, exist_ok=True)
    loop = Loop()
    loop.stop_on_signals()
    jobs = Jobs(loop, state)
    loop.run()
    jobs.finish()


class Jobs:
    def __init__(self, loop: Loop, state: Path) -> None:
        self._calls = Calls(state / "calls.db")
        self.feed = Feed(secrets.token_hex(8), lambda: api.CallsKept(self._calls.count()))
        notices = Notices(self.feed.publish)
        collector = Collector(state / "run" / SPOOL, lambda: self._calls, self._announce)
        self._collector = collector
        self._lookout = Lookout(loop, collector.collect, collector.taken, self._trouble)
        self._settings = Settings(loop, state, notices)
        self._notices = notices
        self._lookout.start()
        Server(loop, state / "run" / SOCKET, self.handlers(), self.feed)

    def finish(self) -> None:
        """The call process stops before us: what it left behind is stored before the power goes."""
        while self._collector.collect():
            pass
        self._calls.close()
        self._settings.finish()

    def _trouble(self, error: Exception) -> Refused:
        trouble = trouble_of(error)
        self._notices.say(trouble, "calls.db", str(error))
        return Refused(trouble, str(error))

    def handlers(self) -> Handlers:
        return {
            api.ListCalls: self._list,
            api.ShowCall: self._show,
            api.Collect: lambda _: self._lookout.poke(),
            ShowNotices: lambda _: self._notices.now(),
        }

    def _list(self, ask: api.ListCalls) -> api.CallPage:
        only = Filter(ask.type, ask.party, ask.line, ask.since, ask.until)
        calls, cursor = self._calls.page(ask.limit, _cursor(ask.before), only)
        following = f"{cursor[0]}.{cursor[1]}" if cursor else ""
        return api.CallPage(tuple(calls), following)

    def _show(self, ask: api.ShowCall) -> CallRecord:
        record = self._calls.find(ask.call)
        if record is None:
            raise Refused("no-such-call", f"there is no record of a call {ask.call}")
        return record

    def _announce(self, record: CallRecord) -> None:
        self.feed.publish(api.CallSaved(record))


def _cursor(text: str) -> Cursor | None:
    if not text:
        return None
    started, _, row = text.partition(".")
    if not (started.isdecimal() and row.isdecimal()):
        raise Refused("bad-cursor", "`before` must be the `next` of an earlier page")
    return int(started), int(row)
