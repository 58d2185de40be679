"""Takes over what sysd has unpacked and checked: what users set, and call records.

It lies in `STATE/restore`, where only sysd can write; whoever tells us to look there can do no more
than that.  What users set becomes as it was, in one transaction.  Call records are added to those
that are there, a few hundred at a time; killed in between, we begin again, as each is stored once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from firmware.core.record import CallRecord
from firmware.store.archive import BackupError, read_rows
from firmware.store.backup import StateRow
from firmware.store.calls import Calls
from firmware.store.database import NOT_SAVED, transaction
from firmware.wire.frames import Refused
from firmware.wire.loop import Loop

FOLDER = "restore"
BATCH = 500
PAUSE_SECONDS = 0.01
RETRY_SECONDS = 10.0

log = logging.getLogger("restoring")


class Restorer:
    """`put_state` makes what users set as it is told; `calls` gives the database."""

    def __init__(
        self,
        loop: Loop,
        state: Path,
        put_state: Callable[[dict[str, str]], None],
        calls: Callable[[], Calls],
    ) -> None:
        self._loop, self._folder = loop, state / FOLDER
        self._put_state, self._calls = put_state, calls
        self._rows: Iterator[CallRecord] | None = None

    def look(self) -> None:
        """Also after a start: we may have been killed in the middle."""
        try:
            self._take_state(self._folder / "state.rows")
            file = self._folder / "calls.rows"
            if file.exists() and self._rows is None:
                self._rows = read_rows(file, CallRecord)
                self._take_calls()
        except (BackupError, Refused, *NOT_SAVED) as error:
            log.error("nothing is put back yet: %s", error)
            self._rows = None
            self._loop.after(RETRY_SECONDS, self.look)

    def _take_state(self, file: Path) -> None:
        if file.exists():
            wanted = {row.key: row.value for row in read_rows(file, StateRow)}
            self._put_state(wanted)
            file.unlink()
            log.info("%d settings of users are put back", len(wanted))

    def _take_calls(self) -> None:
        try:
            if self._rows and self._add(self._rows):
                self._loop.after(PAUSE_SECONDS, self._take_calls)
                return
            (self._folder / "calls.rows").unlink()
            self._rows = None
            log.info("all call records are put back")
        except (BackupError, Refused, *NOT_SAVED) as error:
            log.error("the rest of the call records waits: %s", error)
            self._rows = None
            self._loop.after(RETRY_SECONDS, self.look)

    def _add(self, rows: Iterator[CallRecord]) -> bool:
        batch, calls = list(islice(rows, BATCH)), self._calls()
        with transaction(calls.database):
            for record in batch:
                calls.add(record)
        return bool(batch)
