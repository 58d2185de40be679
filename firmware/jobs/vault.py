"""`state.db` and its snapshot, opened as soon as the disk lets us, and begun anew if it is damaged.

A damaged database is set aside; what the snapshot knows goes into the new one.  Nothing here ends
the process: trouble is a notice, and whoever asked is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from firmware.api.noticeboard import Notices
from firmware.store import snapshot
from firmware.store.database import NOT_SAVED, StoreError
from firmware.store.rescue import DAMAGED, open_or_set_aside, set_aside
from firmware.store.state import Entry, StateStore
from firmware.store.trouble import trouble_of
from firmware.wire.frames import Refused

DATABASE = "state.db"
SNAPSHOT = "state.snapshot"
EVERYTHING = 1 << 31


class Vault:
    """`on_open` is called whenever a database was opened: it may be another than before."""

    def __init__(self, state: Path, notices: Notices, on_open: Callable[[], None]) -> None:
        self._path, self._copy_path = state / DATABASE, state / SNAPSHOT
        self._notices, self._on_open = notices, on_open
        self._opened: StateStore | None = None
        self._copy = snapshot.Writer(self._copy_path, "")

    @property
    def lineage(self) -> str:
        return self._opened.lineage if self._opened else ""

    @property
    def revision(self) -> int:
        return self._opened.revision if self._opened else 0

    @property
    def store(self) -> StateStore:
        """Raises what the disk says; `Refused` for a database of newer firmware."""
        if self._opened is None:
            self._opened = self._open()
            self._copy = snapshot.Writer(self._copy_path, self._opened.lineage)
            self.refresh_copy()
            self._on_open()
        return self._opened

    def close(self) -> None:
        if self._opened:
            self._opened.close()
            self._opened = None

    def _open(self) -> StateStore:
        try:
            store, aside = open_or_set_aside(self._path, StateStore)
        except StoreError as error:
            self._notices.say("newer", DATABASE, str(error))
            raise Refused("newer", str(error)) from None
        if aside:
            self._notices.say("damaged", DATABASE, aside.name)
        if store.revision == 0:
            known = snapshot.read(self._copy_path).entries
            with store.change() as change:
                change.merge(Entry(0, key, value) for key, value in known.items())
        return store

    # -- trouble -----------------------------------------------------------------------------------
    def trouble(self, error: Exception) -> Refused:
        """To be called with everything of NOT_SAVED; gives what to tell whoever asked."""
        if isinstance(error, DAMAGED) and self._opened:
            self.close()
            self._notices.say("damaged", DATABASE, set_aside(self._path).name)
        elif not isinstance(error, DAMAGED):
            self._notices.say(trouble_of(error), DATABASE, str(error))
        return Refused(trouble_of(error), str(error))

    def well(self) -> None:
        """Something was stored: what was full or locked is not so any more."""
        self._notices.over(DATABASE, "disk-full", "read-only", "busy", "disk-error")

    # -- the copy ----------------------------------------------------------------------------------
    def changed(self, entries: Sequence[Entry]) -> None:
        try:
            self._copy.append(entries)
        except OSError as error:
            self._notices.say(trouble_of(error), SNAPSHOT, str(error))
        self.refresh_copy()

    def refresh_copy(self) -> None:
        """An old copy is still a true one: not being able to write it is no reason to stop."""
        if not self._copy.stale or self._opened is None:
            return
        try:
            self._copy.rewrite(self._opened.page("", "", "", EVERYTHING))
            self._notices.over(SNAPSHOT)
        except NOT_SAVED as error:
            self._notices.say(trouble_of(error), SNAPSHOT, str(error))
