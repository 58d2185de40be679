"""jobs over its socket: lists, single calls, and news of what was saved."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import msgspec
import pytest

from firmware.api import jobs as api
from firmware.core.record import CallRecord
from firmware.edges.spool import Spool
from firmware.jobs.process import Jobs
from firmware.store.calls import Calls
from firmware.wire.client import Caller, Remote
from firmware.wire.frames import Ask, News, Refused
from firmware.wire.loop import Loop
from tests.store.samples import record
from tests.wire.driving import Box, answer_of, drive

R = TypeVar("R")


class Desk:
    """jobs on a loop of ours, and somebody who asks it."""

    def __init__(self, state: Path) -> None:
        (state / "run").mkdir(parents=True, exist_ok=True)
        self.state, self.loop = state, Loop()
        self.jobs = Jobs(self.loop, state)
        self.news: Box[News] = Box()
        self.remote = Remote(self.loop, state / "run" / "jobs.sock", on_news=self.news)
        self.spool = Spool(state / "run" / "spool", lambda: None)
        drive(self.loop, lambda: self.news.all)

    def collect(self) -> int:
        return self.ask(api.Collect())

    def page(self, limit: int = 50, before: str = "", **only: object) -> api.CallPage:
        question = api.CallFilter(**only)  # type: ignore[arg-type]
        return self.ask(api.ListCalls(limit, before, question))

    def ask(self, question: Ask[R]) -> R:
        answer: R | Refused = answer_of(self.loop, lambda then: self.remote.ask(question, then))
        if isinstance(answer, Refused):
            raise answer
        return answer

    def saved(self) -> list[CallRecord]:
        bodies = (msgspec.json.decode(news.body, type=api.JobsNews) for news in self.news.all)
        return [body.call for body in bodies if isinstance(body, api.CallSaved)]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.remote.close()


def numbers(page: api.CallPage) -> list[int]:
    return [int(call.call.removeprefix("life-")) for call in page.calls]


@pytest.mark.req("CDR-01")
def test_a_poke_saves_and_announces(desk: Desk) -> None:
    desk.spool.write(record(1))
    desk.spool.write(record(2))
    assert desk.collect() == 2
    drive(desk.loop, lambda: len(desk.saved()) == 2)
    assert desk.saved() == [record(1), record(2)]
    assert desk.page().calls == (record(2), record(1))
    assert desk.collect() == 0


def test_many_pokes_are_one_look(desk: Desk) -> None:
    answers: list[object] = []
    for number in range(20):
        desk.spool.write(record(number))
        desk.remote.ask(api.Collect(), answers.append)
    drive(desk.loop, lambda: len(answers) == 20)
    assert numbers(desk.page()) == list(range(19, -1, -1))


def test_what_lay_in_the_spool_before_it_started(tmp_path: Path) -> None:
    Spool(tmp_path / "run" / "spool", lambda: None).write(record(1))
    desk = Desk(tmp_path)
    drive(desk.loop, lambda: desk.page().calls)
    assert desk.page().calls == (record(1),)


def test_it_finishes_the_spool_when_it_is_told_to_stop(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.collect()
    desk.spool.write(record(1))
    desk.jobs.finish()
    assert Calls(tmp_path / "calls.db").count() == 1


def test_the_news_begin_with_how_many_there_are(tmp_path: Path) -> None:
    first = Desk(tmp_path)
    first.spool.write(record(1))
    first.collect()
    second: Box[News] = Box()
    Remote(first.loop, tmp_path / "run" / "jobs.sock", on_news=second)
    drive(first.loop, lambda: second.all)
    body = msgspec.json.decode(second.all[0].body, type=api.JobsNews)
    assert (second.all[0].snapshot, body) == (True, api.CallsKept(1))


# -- lists -----------------------------------------------------------------------------------------
def test_pages_follow_each_other_without_gap_or_overlap(desk: Desk) -> None:
    for number in range(25):
        desk.spool.write(record(number, started=1_780_000_000_000 + number // 4))
    desk.collect()
    seen, before = list[int](), ""
    while True:
        page = desk.page(limit=7, before=before)
        seen += numbers(page)
        if not page.next:
            break
        before = page.next
        desk.spool.write(record(100 + len(seen), started=1_790_000_000_000))  # newer than all
        desk.collect()
    assert seen == list(range(24, -1, -1))


@pytest.mark.req("CDR-04")
def test_one_call_with_trail_and_legs(desk: Desk) -> None:
    """Who really took it may differ from who was called."""
    desk.spool.write(record(1, called="102", final="201"))
    desk.collect()
    assert desk.ask(api.ShowCall("life-1")) == record(1, final="201")


@pytest.mark.parametrize(
    ("question", "code"),
    [
        (api.ShowCall("life-9"), "no-such-call"),
        (api.ListCalls(before="x"), "bad-cursor"),
        (api.ListCalls(before="1.x"), "bad-cursor"),
        (api.ListCalls(limit=0), "bad-request"),
        (api.ListCalls(limit=501), "bad-request"),
    ],
)
def test_fail__question(desk: Desk, question: Ask[object], code: str) -> None:
    with pytest.raises(Refused) as refused:
        desk.ask(question)
    assert refused.value.code == code


def test_a_caller_that_goes_away_while_it_waits_does_no_harm(desk: Desk, tmp_path: Path) -> None:
    desk.spool.write(record(1))
    caller = Caller(tmp_path / "run" / "jobs.sock")
    caller._sock.sendall(b'{"type":"ask","id":1,"body":{"ask":"collect"}}\n')
    caller.close()
    assert desk.collect() in (0, 1)
    assert numbers(desk.page()) == [1]
