"""What users set, on its way from the call processor to the disk and back.

A change goes into the spool (memory-backed, safe from the death of either process), jobs is told,
and `StateSaved` follows only after jobs has it on the disk; `StateChanged` comes before it, here as
for changes made on pages.  While jobs is dead a change waits for it, for a bounded time: then the
core is told why it was not saved, and the change is withdrawn, so that "not saved" stays true.

What the box notes for itself goes the same way, but once a minute (`held.py`).

At start the core is told what the snapshot file says, so the box works with jobs dead; when jobs
is there, what has changed since follows.
"""

from __future__ import annotations

import logging
from pathlib import Path

import msgspec

from firmware.api import state as api
from firmware.core.effects import SaveState
from firmware.core.events import StateChanged, StateSaved
from firmware.edges.held import Held, may_wait
from firmware.edges.inbox import Inbox
from firmware.edges.spool import Lane
from firmware.store import snapshot
from firmware.wire.client import Remote
from firmware.wire.frames import News, Refused
from firmware.wire.loop import Loop, Timer

WAIT_SECONDS = 5.0  # somebody listens with the handset in his hand
SNAPSHOT = "state.snapshot"
LATE = "jobs-away"
SPOOL_FULL = "spool-full"

log = logging.getLogger("state")


class UserState:
    """`life` makes the numbers of this life's changes unique for ever."""

    def __init__(self, loop: Loop, inbox: Inbox, state: Path, life: str) -> None:
        self._loop, self._inbox, self._life = loop, inbox, life
        self._lane = Lane(state / "run" / api.LANE)
        self._waiting: dict[int, Timer] = {}
        self._asking = False
        self._snapshot = state / SNAPSHOT
        self._held = Held(loop, self._append)
        self._copy = _Copy(inbox, self._held)
        self._jobs = Remote(loop, state / "run" / api.SOCKET, self._news, on_up=self._poke)

    def start(self) -> None:
        """The first thing that the core is told after `Booted`."""
        self._copy.start(snapshot.read(self._snapshot))

    # -- to the disk -------------------------------------------------------------------------------
    def save(self, effect: SaveState) -> None:
        if may_wait(effect.key):
            self._held.hold(effect)
            return
        if not self._append(effect):
            self._inbox.post(StateSaved, effect.save, SPOOL_FULL)
            return
        late = self._loop.after(WAIT_SECONDS, lambda: self._fail(effect.save, LATE))
        self._waiting[effect.save] = late
        self._poke()

    def finish(self) -> None:
        """jobs stops after us, and stores it."""
        self._held.flush()

    def _append(self, effect: SaveState) -> bool:
        try:
            self._lane.append(api.Put(self._name(effect.save), effect.key, effect.value))
        except OSError as error:
            log.error("save=%d %s: %s", effect.save, effect.key, error)
            return False
        return True

    def _poke(self) -> None:
        """All that waits is in the spool: the answer to this question settles it."""
        if self._waiting and not self._asking:
            self._asking = True
            asked = tuple(self._waiting)
            self._jobs.ask(api.CollectState(), lambda answer: self._collected(asked, answer))

    def _collected(self, asked: tuple[int, ...], answer: dict[str, str] | Refused) -> None:
        self._asking = False
        if isinstance(answer, Refused) and answer.code == "away":
            return  # asked again when it is back
        for save in asked:
            if isinstance(answer, Refused):
                self._fail(save, answer.code)
            elif save in self._waiting:
                self._end(save, answer.get(self._name(save), ""))
        self._poke()  # for those that came meanwhile

    def _fail(self, save: int, why: str) -> None:
        if save not in self._waiting:
            return
        try:
            self._lane.append(api.Withdraw(self._name(save)))
        except OSError as error:
            log.error("save=%d cannot be withdrawn: %s", save, error)
        self._end(save, why)

    def _end(self, save: int, why: str) -> None:
        self._loop.cancel(self._waiting.pop(save))
        if why:
            log.error("save=%d is not saved: %s", save, why)
        self._inbox.post(StateSaved, save, why)

    def _name(self, save: int) -> str:
        return f"{self._life}-{save}"

    # -- from the disk -----------------------------------------------------------------------------
    def _news(self, news: News) -> None:
        body = msgspec.json.decode(news.body, type=api.News)
        if isinstance(body, api.StateNews):
            self._copy.take(body.entries)
        elif body.lineage:  # else jobs has no database at the moment: what we know stays true
            self._copy.compare(body)
            self._ask_for_more()

    def _ask_for_more(self) -> None:
        self._jobs.ask(api.StateSince(self._copy.read_to), self._more)

    def _more(self, answer: api.StatePage | Refused) -> None:
        if isinstance(answer, Refused):
            return  # jobs went away again, or has trouble: its next news begin with a snapshot
        self._copy.page(answer)
        if answer.more:
            self._ask_for_more()


class _Copy:
    """What the core has been told, and how far.

    Answers and news come down one connection, so what comes later is newer; a key that is told
    twice does no harm.
    """

    def __init__(self, inbox: Inbox, held: Held) -> None:
        self._inbox, self._held = inbox, held
        self._lineage = ""
        self._keys: set[str] = set()
        self._unseen: set[str] = set()  # of another lineage, and not yet met in this one
        self._reading = False
        self.read_to = 0

    def start(self, copy: snapshot.Snapshot) -> None:
        self._lineage, self.read_to = copy.lineage, copy.revision
        self._keys = set(copy.entries)
        self._inbox.post(StateChanged, tuple(copy.entries.items()))

    def compare(self, now: api.StateIs) -> None:
        """Begin to read what we do not know: everything, if this is another database."""
        self._reading = True
        if now.lineage != self._lineage or self.read_to > now.revision:
            self._lineage, self.read_to = now.lineage, 0
            self._unseen = set(self._keys)

    def page(self, page: api.StatePage) -> None:
        if page.entries:
            self.read_to = page.entries[-1].revision
            self._tell(page.entries)
        if not page.more:
            self._reading = False
            gone, self._unseen = self._unseen, set()
            self._tell([api.EntryView(0, key, "") for key in gone])

    def take(self, entries: tuple[api.EntryView, ...]) -> None:
        if not self._reading:
            self.read_to = entries[-1].revision
        self._tell(entries)

    def _tell(self, entries: tuple[api.EntryView, ...] | list[api.EntryView]) -> None:
        for entry in entries:
            self._unseen.discard(entry.key)
            if entry.value:
                self._keys.add(entry.key)
            else:
                self._keys.discard(entry.key)
        if news := self._held.news(entries):
            self._inbox.post(StateChanged, tuple((entry.key, entry.value) for entry in news))
