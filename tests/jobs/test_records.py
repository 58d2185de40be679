"""Lists over the socket: filters, who sees what, exports, keeping the past within its bounds."""

from __future__ import annotations

import csv
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from firmware.api import jobs as api
from firmware.api import sysd as sysd_api
from firmware.core.keeping import Keeping
from firmware.core.record import CallRecord
from firmware.core.visibility import Sight
from firmware.jobs import sweeping
from firmware.jobs.columns import names
from firmware.jobs.sweeping import DAY_MS, Sweeper
from firmware.store import applied
from firmware.store.calls import Calls
from firmware.store.calls_filter import Filter
from firmware.store.calls_page import Pages
from firmware.sysd.process import Sysd
from firmware.wire.client import Remote
from firmware.wire.frames import Refused
from firmware.wire.loop import Loop
from tests.jobs.test_jobs import Desk, numbers
from tests.sites import SMALL
from tests.store import million
from tests.store import samples as text
from tests.store.samples import GROUND, record
from tests.store.test_sheet import read
from tests.wire.driving import answer_of, drive

RECORDS = tuple(million.records(300))
SALES = Sight(tuple(str(number) for number in range(1000, 1100)), ("1000",))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    applied.write(tmp_path / "applied", applied.Applied(SMALL))
    calls = Calls(tmp_path / "calls.db")
    calls.store(RECORDS, "segment", 1)
    calls.close()
    desk = Desk(tmp_path)
    yield desk
    desk.remote.close()


def visible(call: CallRecord) -> bool:
    parties = (call.caller, call.called, call.final, *(leg.party for leg in call.legs))
    return any(number in (SALES.calls or ()) for number in parties)


# -- who sees what ---------------------------------------------------------------------------------
@pytest.mark.req("CDR-01", "REC-03")
def test_lists_counts_and_single_calls_are_of_those_that_may_be_seen(desk: Desk) -> None:
    page = desk.ask(api.ListCalls(500, sight=SALES))
    right = [call for call in reversed(RECORDS) if visible(call)]
    assert [call.call for call in page.calls] == [call.call for call in right]
    assert desk.ask(api.CountCalls(sight=SALES)) == api.CallCount(len(right), True)
    hidden = next(call for call in RECORDS if not visible(call))
    assert desk.ask(api.ShowCall(right[0].call, SALES)).call == right[0].call
    with pytest.raises(Refused) as refused:
        desk.ask(api.ShowCall(hidden.call, SALES))
    assert refused.value.code == "no-such-call"


@pytest.mark.req("REC-03")
def test_recordings_that_may_not_be_heard_are_not_named(desk: Desk) -> None:
    everything = desk.ask(api.ListCalls(500, sight=Sight(None, ())))
    assert len(everything.calls) == 300
    assert not any(call.recordings for call in everything.calls)
    assert any(call.recordings for call in desk.ask(api.ListCalls(500)).calls)


@pytest.mark.parametrize("before", ["x", "WzFd", "WzEsICJ4Il0=", "W1tbW1s=", "\ud800"])
def test_fail__cursor(desk: Desk, before: str) -> None:
    with pytest.raises((Refused, UnicodeEncodeError)) as refused:
        desk.ask(api.ListCalls(before=before))
    if isinstance(refused.value, Refused):
        assert refused.value.code == "bad-cursor"


# -- exports ---------------------------------------------------------------------------------------
def export(desk: Desk, **question: object) -> api.ExportView:
    view = desk.ask(api.ExportCalls(**question))  # type: ignore[arg-type]
    seen = [view]

    def done() -> bool:
        for news in desk.news.all:
            body = msgspec.json.decode(news.body, type=api.JobsNews)
            if isinstance(body, api.ExportView) and body.id == view.id:
                seen[0] = body
        return seen[0].state != "running"

    drive(desk.loop, done)
    assert desk.ask(api.ShowExport(view.id)) == seen[0]
    return seen[0]


@pytest.mark.req("CDR-03", "CDR-08")
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_csv(desk: Desk, lang: str) -> None:
    view = export(desk, format="csv", lang=lang, filter=api.CallFilter(type="outgoing"))
    right = [call for call in reversed(RECORDS) if call.type == "outgoing"]
    assert (view.state, view.rows) == ("done", len(right))
    with Path(view.file).open(encoding="utf-8-sig", newline="") as file:
        head, *rows = csv.reader(file)
    assert head == names("zh" if lang == "zh" else "en")
    assert [row[-1] for row in rows] == [call.call for call in right]
    first = dict(zip(head, rows[0], strict=True))
    call = right[0]
    if lang == "en":
        seconds = round((call.ended - call.answered) / 1000) if call.answered else 0
        assert abs(int(first["Seconds"]) - seconds) <= 1
        assert (first["Caller"], first["Called"]) == (call.caller, call.called)
        assert (first["Taken by"], first["Trunk"]) == (call.final, call.trunk)
        assert (first["PIN"], first["Type"]) == (call.pin, "outgoing")
        assert first["State"] == ("success" if call.answered else "failed")


def test_xlsx_of_what_may_be_seen(desk: Desk) -> None:
    view = export(desk, format="xlsx", sight=SALES, order="duration", descending=False)
    [(title, rows)] = read(Path(view.file)).items()
    assert title == "Calls"
    assert len(rows) - 1 == view.rows == len([call for call in RECORDS if visible(call)])
    seconds = [int(row[5]) for row in rows[1:]]
    assert seconds == sorted(seconds)
    recorded = {row[-1] for row in rows[1:] if row[11]}
    assert recorded <= {call.call for call in RECORDS if call.recordings}


def test_one_export_at_a_time_and_it_can_be_canceled(desk: Desk) -> None:
    view = desk.ask(api.ExportCalls("csv"))
    with pytest.raises(Refused) as refused:
        desk.ask(api.ExportCalls("csv"))
    assert refused.value.code == "export-runs"
    desk.ask(api.CancelExport(view.id))
    drive(desk.loop, lambda: desk.ask(api.ShowExport(view.id)).state != "running")
    assert not list((desk.state / "exports").glob("*.draft"))
    assert export(desk, format="csv", limit=7).rows == 7


def test_a_file_that_nobody_needs_is_gone(desk: Desk) -> None:
    view = export(desk, format="csv")
    desk.ask(api.CancelExport(view.id))
    assert list((desk.state / "exports").iterdir()) == []
    with pytest.raises(Refused) as refused:
        desk.ask(api.ShowExport(view.id))
    assert refused.value.code == "no-such-export"


# -- keeping ---------------------------------------------------------------------------------------
NOW = time.time_ns() // 1_000_000


def swept(calls: Calls, keeping: Keeping) -> list[int]:
    sweeper = Sweeper(Loop(), lambda: calls, lambda error: Refused("x", str(error)))
    sweeper.keep(keeping)
    batches = []
    while gone := sweeper.sweep():
        batches.append(gone)
    return batches


def test_what_is_too_old_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "BATCH", 4)
    calls = Calls(tmp_path / "calls.db")
    types = ("internal", "incoming", "outgoing")
    ages = [record(n, type=types[n % 3], started=NOW - n * DAY_MS) for n in range(20)]
    calls.store(ages, "segment", 1)
    assert swept(calls, Keeping(days=10)) == [4, 4, 2]
    assert {call.call for call in calls.everything()} == {f"life-{n}" for n in range(10)}
    assert calls.count() == 10
    assert calls.database.execute("SELECT count(DISTINCT id) FROM parties").get == 10
    page = Pages(calls.database).page(Filter(party="102"), 50)
    assert len(page.ids) == 10


def test_the_oldest_go_when_there_are_too_many(tmp_path: Path) -> None:
    calls = Calls(tmp_path / "calls.db")
    calls.store([record(n, started=NOW - n) for n in range(20)], "segment", 1)
    assert sum(swept(calls, Keeping(calls=15))) == 5
    assert {call.call for call in calls.everything()} == {f"life-{n}" for n in range(15)}


def test_the_oldest_go_when_they_fill_too_much(tmp_path: Path) -> None:
    million.fill(tmp_path / "calls.db", 6_000)
    calls = Calls(tmp_path / "calls.db")
    used = calls.bytes_used()
    assert used > 2_000_000
    swept(calls, Keeping(days=100_000, megabytes=1))
    assert 500_000 < calls.bytes_used() <= 1_000_000
    first = next(calls.everything())
    assert first.started > million.FIRST
    calls.store([record(1)], "segment", 1)
    assert calls.find("life-1")


def test_no_bound_means_that_nothing_goes(tmp_path: Path) -> None:
    calls = Calls(tmp_path / "calls.db")
    calls.store([record(n, started=n) for n in range(20)], "segment", 1)
    assert swept(calls, Keeping(days=0, calls=0)) == []
    assert swept(calls, Keeping(days=0, calls=19)) == [1]


# -- by the configuration --------------------------------------------------------------------------
KEEP_FIVE = "\n[records]\ndays = 0\ncalls = 5\n"


@pytest.mark.req("BIL-12")
def test_other_bounds_are_in_force_at_once(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    sysd = Sysd(desk.loop, tmp_path, GROUND.ports, text.SMALL, None)
    for number in range(20):
        desk.spool.write(record(number, started=NOW - number))
    desk.collect()
    assert not apply(desk, text.SMALL + KEEP_FIVE).mistakes
    drive(desk.loop, lambda: len(desk.page().calls) == 5)
    assert numbers(desk.page()) == list(range(5))
    [mistake] = apply(desk, text.SMALL + "\n[records]\nmegabytes = 0\n").mistakes
    assert mistake.words.endswith("megabytes must be MB, from 10 to 100000, not 0")
    assert sysd


def test_the_bounds_hold_without_sysd(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "EVERY_SECONDS", 0.0)
    assert len(desk.page(500).calls) == len(RECORDS)
    site = msgspec.structs.replace(SMALL, version=8, records=Keeping(days=0, calls=7))
    applied.write(desk.state / "applied", applied.Applied(site))
    again = Desk(desk.state)
    drive(again.loop, lambda: len(again.page().calls) == 7)


def apply(desk: Desk, config: str) -> sysd_api.ApplyView:
    sysd = Remote(desk.loop, desk.state / "run/sysd.sock")
    drive(desk.loop, lambda: sysd.up)
    view: sysd_api.ApplyView = answer_of(
        desk.loop, lambda then: sysd.ask(sysd_api.ApplyConfig(config, "ann"), then)
    )
    sysd.close()
    return view
