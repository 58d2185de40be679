"""A disk that is full, read-only, broken or damaged: jobs goes on, says what is wrong, and loses
nothing that was announced."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest

from firmware.api import jobs as api
from firmware.api.noticeboard import Notices
from firmware.api.notices import ShowNotices
from firmware.core.record import CallRecord
from firmware.edges.spool import Lane, Spool
from firmware.jobs.collect import Collector
from firmware.jobs.settings import Settings
from firmware.store.calls import Calls
from firmware.store.state import StateStore
from firmware.wire.frames import Refused
from firmware.wire.loop import Loop
from tests.doubles.faults import Disk, Fault, Say, at_every_point
from tests.jobs.desks import CallSide, JobsSide, in_step
from tests.jobs.test_jobs import Desk
from tests.store import million
from tests.store.samples import record
from tests.wire.driving import drive

DND = '{"calls":"both"}'


@pytest.fixture
def state(tmp_path: Path) -> Path:
    (tmp_path / "run").mkdir()
    return tmp_path


def notices(desk: Desk) -> set[tuple[str, str]]:
    return {(notice.code, notice.about) for notice in desk.ask(ShowNotices())}


# -- the disk does not take it ---------------------------------------------------------------------
@pytest.mark.parametrize(
    ("fault", "code"), [("full", "disk-full"), ("error", "disk-error"), ("read-only", "read-only")]
)
def test_records_wait_in_the_spool_and_a_notice_says_why(
    state: Path, fault: Fault, code: str
) -> None:
    disk = Disk(1 << 60, fault, root=state / "calls.db").install()
    try:
        desk = Desk(state)
        desk.spool.write(record(1))
        assert desk.collect() == 1
        disk.at = 0
        desk.spool.write(record(2))
        with pytest.raises(Refused) as refused:
            desk.collect()
        assert refused.value.code == code
        assert notices(desk) == {(code, "calls.db")}
        assert [call.call for call in desk.page().calls] == ["life-1"], "lists still answer"
        assert [call.call for call in desk.saved()] == ["life-1"], "only what is on the disk"
        disk.heal()
        assert desk.collect() == 1
        assert notices(desk) == set()
        drive(desk.loop, lambda: len(desk.saved()) == 2)
    finally:
        disk.remove()


@pytest.mark.parametrize("fault", ["full", "error", "read-only"])
def test_who_sets_something_hears_that_it_is_not_saved(state: Path, fault: Fault) -> None:
    disk = Disk(1 << 60, fault, root=state / "state.").install()
    try:
        loop = Loop()
        calls, jobs = CallSide(loop, state), JobsSide(loop, state)
        jobs.set(("dnd.101", DND))
        disk.at = 0
        calls.save(1, "dnd.102", DND)
        drive(loop, calls.saved)
        assert calls.saved()[1] in ("disk-full", "disk-error", "read-only")
        with pytest.raises(Refused):
            jobs.set(("dnd.103", DND))
        assert [notice.code for notice in jobs.notices.now()] == [calls.saved()[1]]
        assert jobs.stored() == {"dnd.101": DND}
        disk.heal()
        calls.save(2, "dnd.104", DND)
        drive(loop, lambda: 2 in calls.saved())
        assert jobs.stored() == {"dnd.101": DND, "dnd.104": DND}
        assert jobs.notices.now() == ()
        in_step(calls, jobs)
    finally:
        disk.remove()


def test_a_full_spool_is_said_at_once(state: Path) -> None:
    disk = Disk(1, "full", root=state / "run").install()
    try:
        calls = CallSide(Loop(), state)
        calls.save(1, "dnd.101", DND)
        assert calls.saved() == {1: "spool-full"}
        spool = Spool(state / "run" / "spool", lambda: None)
        spool.write(record(1))  # waits in memory
        disk.heal()
        spool.flush()
        calls.save(2, "dnd.101", DND)
        assert 2 not in calls.saved()
    finally:
        disk.remove()
    desk = Desk(state)
    assert desk.collect() in (0, 1)
    assert [call.call for call in desk.page().calls] == ["life-1"]


# -- killed at any point ---------------------------------------------------------------------------
def keep_everything(state: Path, say: Say) -> None:
    """jobs at work, without its sockets: records and settings out of the spool."""
    published: list[object] = []
    settings = Settings(Loop(), state, Notices(published.append))
    opened: list[Calls] = []

    def calls() -> Calls:
        if not opened:
            opened.append(Calls(state / "calls.db"))
        return opened[0]

    def saved(record: CallRecord) -> None:
        say(record.call)

    collector = Collector(state / "run" / "spool", calls, saved)
    records = Spool(state / "run" / "spool", lambda: None)
    lane = Lane(state / "run" / "settings")
    for number in range(3):
        records.write(record(number))
        lane.append({"type": "put", "save": f"x-{number}", "key": f"dnd.{number}", "value": "{}"})
        say(f"written life-{number}")
        while collector.collect():
            pass
        while settings.collect():
            pass
        say(f"dnd.{number}")


@pytest.mark.parametrize("fault", ["kill", "torn", "power"])
def test_jobs_is_killed_at_every_write(tmp_path: Path, fault: Fault) -> None:
    points = 0
    for at, state, said in at_every_point(_with_folder, fault, tmp_path):
        points = at
        announced = [word for word in said if not word.startswith("written")]
        written = [word.split()[1] for word in said if word.startswith("written")]
        desk = Desk(state)
        while desk.jobs._collector.collect():
            pass
        while desk.jobs._settings.collect():
            pass
        stored = {call.call for call in desk.page().calls}
        store = StateStore(state / "state.db")
        for word in announced:
            kept = word in stored if word.startswith("life") else store.get(word) == "{}"
            assert kept, f"{word} was announced and is lost at point {at}"
        if fault == "kill":  # the spool is in memory: it survives a process, not the power
            assert set(written) <= stored, f"a record was lost at point {at}"
        store.close()
        desk.remote.close()
    assert points > 30


def _with_folder(state: Path, say: Say) -> None:
    (state / "run").mkdir(exist_ok=True)
    keep_everything(state, say)


# -- damaged ---------------------------------------------------------------------------------------
def scribble(path: Path, where: float) -> None:
    """Overwrite some pages in the middle of a closed database."""
    data = bytearray(path.read_bytes())
    start = int(len(data) * where) // 4096 * 4096
    data[start : start + 8 * 4096] = b"\x5a" * (8 * 4096)
    path.write_bytes(bytes(data))


@pytest.fixture
def past(state: Path) -> Path:
    million.fill(state / "calls.db", 3_000)
    return state


@pytest.mark.parametrize("where", [0.0, 0.2, 0.4, 0.6, 0.8])
def test_a_damaged_calls_db_is_set_aside_and_what_can_be_read_comes_back(
    past: Path, where: float
) -> None:
    scribble(past / "calls.db", where)
    desk = Desk(past)
    orders: tuple[api.Order, ...] = ("started", "duration", "caller", "called")
    for order in orders:
        with suppress(Refused):
            desk.ask(api.ListCalls(500, order=order))
    desk.spool.write(record(1))
    with suppress(Refused):
        desk.collect()
    desk.collect()
    damaged = list(past.glob("calls.db.damaged-*[0-9]"))
    if damaged:
        drive(desk.loop, lambda: not desk.jobs._records.idle())
        assert list(past.glob("calls.db.salvaged-*[0-9]"))
        assert ("salvaged", "calls.db") in notices(desk)
        if where > 0:
            assert desk.jobs._records.count() > 1_500
    assert desk.ask(api.ShowCall("life-1"))
    desk.spool.write(record(99_999))
    assert desk.collect() == 1


def test_a_damaged_state_db_is_begun_anew_from_its_snapshot(state: Path) -> None:
    loop = Loop()
    jobs = JobsSide(loop, state)
    jobs.set(*((f"dnd.{number}", DND) for number in range(300)))
    calls = CallSide(loop, state)
    jobs.settings.finish()
    (state / "state.db").write_bytes(b"this is no database" * 500)
    jobs.settings.collect()
    assert len(jobs.stored_at_once()) == 300
    assert [notice.code for notice in jobs.notices.now()] == ["damaged"]
    jobs.set(("dnd.7", ""))
    in_step(calls, jobs)
    assert len(list(state.glob("state.db.damaged-*[0-9]"))) == 1
