"""kill -9 of the real jobs process, sockets and all, again and again under a stream of records,
settings of telephones and settings of pages: whatever was promised to anybody is kept."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from firmware.api import jobs as api
from firmware.api.state import SetState
from firmware.core.events import StateSaved
from firmware.edges.spool import Spool
from firmware.store.calls import Calls
from firmware.store.state import StateStore
from firmware.wire.client import Remote
from firmware.wire.frames import News, Refused
from firmware.wire.loop import Loop
from tests.jobs.desks import CallSide
from tests.jobs.spooling import ROOT
from tests.store.samples import record
from tests.wire.driving import drive

KILLS = 10
LONGEST_LIFE = 1.5  # seconds; many a process dies before it has opened its databases
PACE = 0.004
KEYS = tuple(f"speed.{number}" for number in range(101, 107))


def value(number: int) -> str:
    return f'{{"numbers":{{"1":"{number}"}}}}'


class House:
    """callproc's two edges and a page, busy; and everything that jobs has promised them."""

    def __init__(self, state: Path, seed: int) -> None:
        (state / "run").mkdir()
        self.state, self.loop, self.chance = state, Loop(), random.Random(seed)
        self.calls = CallSide(self.loop, state)
        self.records = Remote(self.loop, state / "run/jobs.sock", self._news, self._poke)
        self.spool = Spool(state / "run/spool", self._poke)
        self.page = Remote(self.loop, state / "run/state.sock")
        self.announced: list[str] = []
        self.wished: dict[int, tuple[str, str]] = {}
        self.answered: set[int] = set()
        self.written = self.asked = self.deaths = 0
        self.jobs = self._start()
        self._last_words = 0  # how many announcements it may make
        self.loop.after(0, self._work)
        self._plan_death()

    # -- the stream --------------------------------------------------------------------------------
    def _work(self) -> None:
        if self.deaths == KILLS:
            return
        self.written += 1
        self.spool.write(record(self.written))
        if self.written % 3 == 0:
            self.wished[self.written] = (self.chance.choice(KEYS), value(self.written))
            self.calls.save(self.written, *self.wished[self.written])
        if self.written % 10 == 0:
            self._set_on_page(self.written)
        self.loop.after(PACE, self._work)

    def _set_on_page(self, number: int) -> None:
        def answer(said: int | Refused) -> None:
            self.asked -= 1
            if not isinstance(said, Refused):
                self.answered.add(number)

        self.asked += 1
        self.page.ask(SetState(((f"speed.9{number}", value(number)),), "ann"), answer)

    def _poke(self) -> None:
        self.records.ask(api.Collect(), lambda _: None)

    def _news(self, news: News) -> None:
        body = msgspec.json.decode(news.body, type=api.JobsNews)
        if isinstance(body, api.CallSaved):
            self.announced.append(body.call.call)
            if len(self.announced) == self._last_words:
                self._kill()

    # -- death -------------------------------------------------------------------------------------
    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "firmware.main", "jobs", "--board", "sim8"]
        return subprocess.Popen(
            [*command, "--state", str(self.state)], cwd=ROOT, stderr=subprocess.DEVNULL
        )

    def _plan_death(self) -> None:
        """Some time after its birth, or at the very moment when it announces something."""
        self._last_words = 0
        if self.chance.random() < 0.3:
            self.loop.after(self.chance.uniform(0, LONGEST_LIFE), self._kill)
        else:
            self._last_words = len(self.announced) + self.chance.randrange(1, 60)

    def _kill(self) -> None:
        self.jobs.kill()
        self.jobs.wait()
        self.deaths += 1
        self.jobs = self._start()
        if self.deaths < KILLS:
            self._plan_death()

    def settled(self) -> bool:
        return not self.asked and len(self.calls.saved()) == len(self.wished)

    def wait_for_jobs(self) -> None:
        """The last one that was started, ready to be told to stop."""
        answers: list[int | Refused] = []
        while not answers or isinstance(answers[-1], Refused):
            drive(self.loop, lambda: self.records.up)
            count = len(answers)
            self.records.ask(api.Collect(), answers.append)
            drive(self.loop, lambda count=count: len(answers) > count)  # type: ignore[misc]

    def end(self) -> None:
        self.jobs.terminate()
        assert self.jobs.wait(20) == 0

    def promised(self) -> dict[str, str]:
        """By key, the last value of which somebody was told that it is saved."""
        why = self.calls.saved()
        return {key: text for number, (key, text) in self.wished.items() if not why[number]}


@pytest.fixture
def house(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[House]:
    house = House(tmp_path, request.param)
    yield house
    house.jobs.kill()
    house.jobs.wait()


@pytest.mark.req("CDR-01")
@pytest.mark.parametrize("house", [1, 2], indirect=True)
def test_every_promise_is_kept(house: House) -> None:
    while house.deaths < KILLS:
        drive(house.loop, lambda before=house.deaths: house.deaths > before)  # type: ignore[misc]
    drive(house.loop, house.settled)
    house.wait_for_jobs()
    assert len(house.announced) > KILLS, "it was never seen at work"
    house.end()

    stored = [call.call for call in Calls(house.state / "calls.db").everything()]
    assert len(stored) == len(set(stored)), "stored twice"
    assert sorted(stored) == sorted(f"life-{n + 1}" for n in range(house.written)), "lost"
    assert len(house.announced) == len(set(house.announced)), "announced twice"

    kept = StateStore(house.state / "state.db")
    assert {key: kept.get(key) for key in house.promised()} == house.promised()
    assert house.answered, "no page was answered"
    for number in house.answered:
        assert kept.get(f"speed.9{number}") == value(number)
    answers = [event for event in house.calls.told if isinstance(event, StateSaved)]
    assert len(answers) == len(house.wished), "one answer each"
