"""Exports of call lists: started, watched, and thrown away when nobody wants them any more.

One runs at a time; its file lies in `STATE/exports` under a name that cannot be guessed, for an
hour.
"""

from __future__ import annotations

import logging
import secrets
from functools import partial
from pathlib import Path

import msgspec

from firmware.api import jobs as api
from firmware.jobs.export import Wanted
from firmware.jobs.records import filter_of
from firmware.wire.child import Child
from firmware.wire.feed import Feed
from firmware.wire.frames import Refused
from firmware.wire.loop import Loop
from firmware.wire.server import Handlers

KEEP_SECONDS = 3600.0
log = logging.getLogger("exports")


class Exports:
    def __init__(self, loop: Loop, state: Path, feed: Feed) -> None:
        self._loop, self._state, self._feed = loop, state, feed
        self._folder = state / "exports"
        self._known: dict[str, api.ExportView] = {}
        self._child: Child | None = None
        for old in self._folder.glob("*"):
            old.unlink()  # nobody knows any more who wanted it

    def handlers(self) -> Handlers:
        return {
            api.ExportCalls: self._begin,
            api.ShowExport: lambda ask: self._view(ask.id),
            api.CancelExport: self._cancel,
        }

    def finish(self) -> None:
        if self._child:
            self._child.kill()

    # -- questions ---------------------------------------------------------------------------------
    def _begin(self, ask: api.ExportCalls) -> api.ExportView:
        if self._child:
            raise Refused("export-runs", "another export is being written: wait, or cancel it")
        self._folder.mkdir(mode=0o750, exist_ok=True)
        name = secrets.token_hex(8)
        file = self._folder / f"{name}.{ask.format}"
        wanted = Wanted(
            self._state,
            file,
            ask.format,
            ask.lang,
            filter_of(ask.filter, ask.sight),
            ask.order,
            ask.descending,
            ask.sight,
            ask.limit,
        )
        view = api.ExportView(name, "running", 0, str(file))
        self._known[name] = view
        self._start(name, wanted)
        return view

    def _view(self, name: str) -> api.ExportView:
        if name not in self._known:
            raise Refused("no-such-export", "there is no such export (any more)")
        return self._known[name]

    def _cancel(self, ask: api.CancelExport) -> None:
        view = self._view(ask.id)
        if view.state == "running" and self._child:
            self._child.kill()  # the rest is done when its pipe ends
        else:
            self._forget(ask.id)

    # -- the child ---------------------------------------------------------------------------------
    def _start(self, name: str, wanted: Wanted) -> None:
        line = msgspec.json.encode(wanted, enc_hook=str)
        module = "firmware.jobs.export"
        self._child = Child(
            self._loop, module, line, partial(self._hear, name), partial(self._ended, name)
        )

    def _hear(self, name: str, line: bytes) -> None:
        done, _, rows = line.rpartition(b" ")
        self._is(name, "done" if done else "running", int(rows))

    def _ended(self, name: str, code: int) -> None:
        self._child = None
        if self._known[name].state != "done":
            log.error("export %s ended with %d", name, code)
            self._is(name, "canceled" if code < 0 else "failed", self._known[name].rows)
            Path(self._known[name].file).with_suffix(".draft").unlink(missing_ok=True)
        self._loop.after(KEEP_SECONDS, lambda: self._forget(name))

    def _is(self, name: str, state: api.ExportState, rows: int) -> None:
        view = msgspec.structs.replace(self._known[name], state=state, rows=rows)
        self._known[name] = view
        self._feed.publish(view)

    def _forget(self, name: str) -> None:
        view = self._known.pop(name, None)
        if view:
            Path(view.file).unlink(missing_ok=True)
