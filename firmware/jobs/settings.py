"""What users set: from the spool and from pages into `state.db`, and the news of it to everybody.

A change is announced, and answered, only after it is on the disk.  A disk that does not take it is
a refusal and a notice: calls go on, and so does this process.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

from firmware.api import state as api
from firmware.api.noticeboard import Notices
from firmware.core.userstate import checked
from firmware.jobs.lookout import Lookout
from firmware.jobs.vault import EVERYTHING, Vault
from firmware.store import spool
from firmware.store.database import NOT_SAVED
from firmware.store.state import Change, Entry, well_formed
from firmware.wire.feed import Feed
from firmware.wire.frames import Refused
from firmware.wire.loop import Loop
from firmware.wire.server import Handlers, Server

log = logging.getLogger("settings")
R = TypeVar("R")
BAD_VALUE = "bad-value"

_decode: Callable[[bytes], api.Line] = msgspec.json.Decoder(api.Line).decode


class Settings:
    def __init__(self, loop: Loop, state: Path, notices: Notices) -> None:
        self._lane = state / "run" / api.LANE
        self._vault = Vault(state, notices, self._opened)
        self.feed = Feed(secrets.token_hex(8), self._is)
        self._lookout = Lookout(loop, self.collect, self._refused, self._vault.trouble)
        self._lookout.start()
        Server(loop, state / "run" / api.SOCKET, self.handlers(), self.feed)

    def handlers(self) -> Handlers:
        return {
            api.GetState: lambda ask: self._careful(lambda: self._vault.store.get(ask.key)),
            api.ListState: lambda ask: self._careful(lambda: self._list(ask)),
            api.StateSince: lambda ask: self._careful(lambda: self._since(ask)),
            api.SetState: lambda ask: self._careful(lambda: self._set(ask)),
            api.CollectState: lambda _: self._lookout.poke(),
        }

    def finish(self) -> None:
        """The call process stops before us: what it left behind is stored before the power goes."""
        try:
            while self.collect():
                pass
        except (Refused, *NOT_SAVED) as error:
            log.error("settings are left in the spool: %s", error)
        self._vault.close()

    def _careful(self, work: Callable[[], R]) -> R:
        """Trouble with the disk is a refusal."""
        try:
            return work()
        except NOT_SAVED as error:
            raise self._vault.trouble(error) from None

    # -- the spool ---------------------------------------------------------------------------------
    def collect(self) -> bool:
        """Store one batch; True if there is more to do at once."""
        store = self._vault.store
        for segment in spool.segments(self._lane):
            chunk = spool.read(segment, store.marks.offset(segment.name), _decode)
            if chunk.garbled:
                log.error("%s: %d lines are no setting: skipped", segment.name, chunk.garbled)
            if chunk.lines or chunk.garbled:
                self._take(chunk, segment.name)
                return True
            if spool.discard_if_finished(segment, chunk.next):
                log.info("%s is stored and gone", segment.name)
        store.forget_gone({segment.name for segment in spool.segments(self._lane)})
        return False

    def _take(self, chunk: spool.Chunk[api.Line], segment: str) -> None:
        withdrawn = {line.save for line in chunk.lines if isinstance(line, api.Withdraw)}
        with self._vault.store.change() as change:
            for line in chunk.lines:
                if isinstance(line, api.Withdraw):
                    change.withdraw(line.save)
                elif line.save not in withdrawn:
                    self._put(change, line, segment)
            change.mark(segment, chunk.next)
        self._announce(change.entries)

    def _put(self, change: Change, line: api.Put, segment: str) -> None:
        if _may_be(line.key, line.value):
            change.put(line.key, line.value, line.save)
        else:
            log.error("save=%s key=%s is no setting: refused", line.save, line.key)
            change.refuse(line.save, BAD_VALUE, segment)

    def _refused(self) -> dict[str, str]:
        return self._vault.store.refused()

    # -- questions ---------------------------------------------------------------------------------
    def _list(self, ask: api.ListState) -> api.StatePage:
        prefix = f"{ask.kind}." if ask.kind else ""
        entries = self._vault.store.page(prefix, ask.owner, ask.after, ask.limit + 1)
        return _page(entries, ask.limit)

    def _since(self, ask: api.StateSince) -> api.StatePage:
        return _page(self._vault.store.since(ask.revision, ask.limit + 1), ask.limit)

    def _set(self, ask: api.SetState) -> int:
        for key, value in ask.entries:
            if not _may_be(key, value):
                raise Refused(BAD_VALUE, f"{key} may not be {value}")
        with self._vault.store.change() as change:
            for key, value in ask.entries:
                change.put(key, value)
        log.info("who=%s sets %s", ask.who, ", ".join(entry.key for entry in change.entries))
        self._announce(change.entries)
        return self._vault.revision

    def become(self, wanted: dict[str, str]) -> None:
        """What a backup says, and nothing else."""
        now = {entry.key for entry in self._vault.store.page("", "", "", EVERYTHING)}
        with self._vault.store.change() as change:
            for key in now - wanted.keys():
                change.put(key, "")
            for key, value in wanted.items():
                if _may_be(key, value):
                    change.put(key, value)
        self._announce(change.entries)

    # -- news --------------------------------------------------------------------------------------
    def _is(self) -> api.StateIs:
        return api.StateIs(self._vault.lineage, self._vault.revision)

    def _opened(self) -> None:
        self.feed.publish(self._is())

    def _announce(self, entries: Sequence[Entry]) -> None:
        self._vault.well()
        self._vault.changed(entries)
        for start in range(0, len(entries), api.PAGE_LIMIT):
            self.feed.publish(api.StateNews(_views(entries[start : start + api.PAGE_LIMIT])))


def _may_be(key: str, value: str) -> bool:
    """Anything well-formed may be removed, also what older firmware knew."""
    return well_formed(key, value) and (not value or checked(key, value) is not None)


def _page(entries: list[Entry], limit: int) -> api.StatePage:
    return api.StatePage(_views(entries[:limit]), len(entries) > limit)


def _views(entries: Iterable[Entry]) -> tuple[api.EntryView, ...]:
    return tuple(api.EntryView(entry.revision, entry.key, entry.value) for entry in entries)
