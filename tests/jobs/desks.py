"""Both ends of the settings lane on one loop: callproc's edge and jobs, without their processes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from firmware.api import state as api
from firmware.api.noticeboard import Notices
from firmware.api.notices import Notice
from firmware.core.effects import SaveState
from firmware.core.events import StateChanged, StateSaved
from firmware.edges.inbox import Inbox
from firmware.edges.state import UserState
from firmware.jobs.settings import Settings
from firmware.wire.client import Remote
from firmware.wire.frames import Ask, Refused
from firmware.wire.loop import Loop
from tests.wire.driving import Box, answer_of, drive

R = TypeVar("R")


class CallSide:
    """What the core would be told."""

    def __init__(self, loop: Loop, state: Path, life: str = "life") -> None:
        self.loop, self.inbox = loop, Inbox()
        self.edge = UserState(loop, self.inbox, state, life)
        self.known: dict[str, str] = {}
        self.told: list[StateChanged | StateSaved] = []
        self.edge.start()
        self.read()

    def read(self) -> None:
        while (event := self.inbox.take()) is not None:
            assert isinstance(event, StateChanged | StateSaved)
            self.told.append(event)
            for key, value in event.entries if isinstance(event, StateChanged) else ():
                self.known[key] = value

    def saved(self) -> dict[int, str]:
        self.read()
        return {event.save: event.why for event in self.told if isinstance(event, StateSaved)}

    def save(self, number: int, key: str, value: str) -> None:
        self.edge.save(SaveState(number, key, value))

    def entries(self) -> dict[str, str]:
        self.read()
        return {key: value for key, value in self.known.items() if value}

    def die(self) -> None:
        """As kill -9: nobody hears from it again, its lock on the lane is gone."""
        self.edge._jobs.close()
        self.edge._lane.close()


class JobsSide:
    def __init__(self, loop: Loop, state: Path) -> None:
        self.loop = loop
        self.published: Box[Notice] = Box()
        self.notices = Notices(self.published)
        self.settings = Settings(loop, state, self.notices)
        self.remote = Remote(loop, state / "run" / api.SOCKET)
        drive(loop, lambda: self.remote.up)

    def ask(self, question: Ask[R]) -> R:
        answer: R | Refused = answer_of(self.loop, lambda then: self.remote.ask(question, then))
        if isinstance(answer, Refused):
            raise answer
        return answer

    def set(self, *entries: tuple[str, str]) -> int:
        return self.ask(api.SetState(entries, "ann"))

    def stored(self) -> dict[str, str]:
        pages = list(self._pages())
        return {entry.key: entry.value for page in pages for entry in page.entries}

    def stored_at_once(self) -> dict[str, str]:
        page = self.ask(api.ListState(limit=api.PAGE_LIMIT))
        assert not page.more
        return {entry.key: entry.value for entry in page.entries}

    def _pages(self) -> Iterator[api.StatePage]:
        page = self.ask(api.ListState(limit=3))
        yield page
        while page.more:
            page = self.ask(api.ListState(limit=3, after=page.entries[-1].key))
            yield page


def in_step(calls: CallSide, jobs: JobsSide) -> None:
    """Wait until the core knows what jobs has; fails when it never comes to that."""
    drive(calls.loop, lambda: calls.entries() == jobs.stored())
