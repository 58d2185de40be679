"""The process `jobs`: stores what the call process hands over, and answers what was.

It may die at any moment: the spool waits for it.  A record is announced only once it is on the
disk.  A disk that is full, read-only or broken does not end it: it says so and tries again.
"""

from __future__ import annotations

import logging
import secrets
from pathlib import Path

from firmware.api import jobs as api
from firmware.api.backup import TakeRestored
from firmware.api.noticeboard import Notices
from firmware.api.notices import ShowNotices
from firmware.core.record import CallRecord
from firmware.jobs.applied import Applied
from firmware.jobs.collect import Collector
from firmware.jobs.exports import Exports
from firmware.jobs.lookout import LOOK_SECONDS, Lookout
from firmware.jobs.records import Records
from firmware.jobs.restoring import Restorer
from firmware.jobs.settings import Settings
from firmware.jobs.sweeping import Sweeper
from firmware.store.database import NOT_SAVED
from firmware.wire.feed import Feed
from firmware.wire.frames import Refused
from firmware.wire.loop import Loop
from firmware.wire.server import Handlers, Server

SOCKET = "jobs.sock"
SPOOL = "spool"
IDLE_SECONDS = 0.05  # between two pieces of work that nobody waits for

log = logging.getLogger("jobs")


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
        self._loop = loop
        self.feed = Feed(secrets.token_hex(8), lambda: api.CallsKept(self._records.count()))
        self._notices = Notices(self.feed.publish)
        self._records = Records(state, self._notices)
        self._collector = Collector(state / "run" / SPOOL, self._records.calls, self._announce)
        collect, taken = self._collector.collect, self._collector.taken
        self._lookout = Lookout(loop, collect, taken, self._records.trouble)
        self._settings = Settings(loop, state, self._notices)
        self._exports = Exports(loop, state, self.feed)
        trouble = self._records.trouble
        sweeper = Sweeper(loop, self._records.calls, trouble)
        self._applied = Applied(loop, state, sweeper.keep)
        restorer = Restorer(loop, state, self._settings.become, self._records.calls)
        self._restorer = restorer
        loop.after(0, restorer.look)
        self._lookout.start()
        loop.after(0, self._idle)
        Server(loop, state / "run" / SOCKET, self.handlers(), self.feed)

    def finish(self) -> None:
        """The call process stops before us: what it left behind is stored before the power goes."""
        try:
            while self._collector.collect():
                pass
        except (Refused, *NOT_SAVED) as error:
            log.error("records are left in the spool: %s", error)
        self._exports.finish()
        self._records.close()
        self._settings.finish()

    def handlers(self) -> Handlers:
        return {
            **self._records.handlers(),
            **self._exports.handlers(),
            api.Collect: lambda _: self._lookout.poke(),
            TakeRestored: lambda _: self._restorer.look(),
            ShowNotices: lambda _: self._notices.now(),
        }

    def _announce(self, record: CallRecord) -> None:
        self._records.well()
        self.feed.publish(api.CallSaved(record))

    def _idle(self) -> None:
        """What nobody waits for, little by little."""
        try:
            more = self._records.idle()
        except NOT_SAVED as error:
            self._records.trouble(error)
            more = False
        except Refused:
            more = False  # has its notice
        self._loop.after(IDLE_SECONDS if more else LOOK_SECONDS, self._idle)
