"""What users set: to the disk, back to the core, and to whoever else wants to know."""

from __future__ import annotations

from pathlib import Path

import pytest

from firmware.api import state as api
from firmware.edges import held
from firmware.edges import state as edge
from firmware.store import snapshot
from firmware.store.state import StateStore
from firmware.wire.frames import Refused
from firmware.wire.loop import Loop
from tests.jobs.desks import CallSide, JobsSide, in_step
from tests.wire.driving import drive

DND = '{"calls":"both"}'
DAY = '{"mode":"day"}'
TO_102 = '{"always":{"to":"102"}}'


@pytest.fixture
def state(tmp_path: Path) -> Path:
    (tmp_path / "run").mkdir()
    return tmp_path


# -- saving ----------------------------------------------------------------------------------------
def test_a_change_is_saved_and_only_then_said_to_be(state: Path) -> None:
    loop = Loop()
    calls, jobs = CallSide(loop, state), JobsSide(loop, state)
    calls.save(1, "dnd.101", DND)
    assert calls.saved() == {}
    drive(loop, calls.saved)
    on_disk = StateStore(state / "state.db")
    assert on_disk.get("dnd.101") == DND
    assert calls.saved() == {1: ""}
    assert calls.entries() == jobs.stored() == {"dnd.101": DND}
    calls.save(2, "dnd.101", "")
    drive(loop, lambda: 2 in calls.saved())
    assert calls.entries() == jobs.stored() == {}


def test_the_core_knows_a_change_before_it_hears_that_it_is_saved(state: Path) -> None:
    loop = Loop()
    calls = CallSide(loop, state)
    JobsSide(loop, state)
    calls.save(1, "dnd.101", DND)
    drive(loop, calls.saved)
    kinds = [type(event).__name__ for event in calls.told]
    assert kinds[-2:] == ["StateChanged", "StateSaved"]


def test_pages_and_telephones_see_the_same(state: Path) -> None:
    loop = Loop()
    calls, jobs = CallSide(loop, state), JobsSide(loop, state)
    revision = jobs.set(("forward.101", TO_102), ("dnd.102", DND))
    in_step(calls, jobs)
    assert calls.entries() == {"forward.101": TO_102, "dnd.102": DND}
    assert jobs.set(("dnd.102", "")) == revision + 1
    in_step(calls, jobs)
    assert jobs.ask(api.GetState("forward.101")) == TO_102
    assert jobs.ask(api.GetState("dnd.102")) == ""


def test_setting_what_is_set_changes_nothing(state: Path) -> None:
    jobs = JobsSide(Loop(), state)
    assert jobs.set(("dnd.101", DND)) == jobs.set(("dnd.101", DND))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("dnd.101", "{"),
        ("dnd.101", '{"calls":"nobody"}'),
        ("dnd.101", '{"calls":"both","more":1}'),
        ("dnd", DND),
        ("dnd.", DND),
        ("nosuch.101", "{}"),
        ("dnd.10\n1", DND),
        ("DND.101", DND),
        ("dnd." + "1" * 65, DND),
        ("blocked.138", '{"why":"' + "x" * 70_000 + '"}'),
    ],
)
def test_fail__entry(state: Path, key: str, value: str) -> None:
    """Refused from a page and from the spool, each by itself; the good ones go through."""
    loop = Loop()
    calls, jobs = CallSide(loop, state), JobsSide(loop, state)
    with pytest.raises(Refused) as refused:
        jobs.set(("dnd.102", DND), (key, value))
    assert refused.value.code == "bad-value"
    assert jobs.stored() == {}
    calls.save(1, key, value)
    calls.save(2, "dnd.103", DND)
    drive(loop, lambda: len(calls.saved()) == 2)
    assert calls.saved() == {1: "bad-value", 2: ""}
    assert jobs.stored() == {"dnd.103": DND}


def test_lists_by_kind_and_owner(state: Path) -> None:
    jobs = JobsSide(Loop(), state)
    jobs.set(*((f"{kind}.{owner}", "{}") for kind in ("dnd", "busy") for owner in (101, 102)))
    by_kind = jobs.ask(api.ListState(kind="dnd"))
    assert [entry.key for entry in by_kind.entries] == ["dnd.101", "dnd.102"]
    by_owner = jobs.ask(api.ListState(owner="102"))
    assert [entry.key for entry in by_owner.entries] == ["busy.102", "dnd.102"]
    assert jobs.ask(api.ListState(kind="dn")).entries == ()


# -- jobs is dead ----------------------------------------------------------------------------------
def test_a_change_waits_for_jobs(state: Path) -> None:
    loop = Loop()
    calls = CallSide(loop, state)
    calls.save(1, "dnd.101", DND)
    loop.run_once()
    assert calls.saved() == {}
    jobs = JobsSide(loop, state)
    drive(loop, calls.saved)
    assert calls.saved() == {1: ""}
    in_step(calls, jobs)


def test_who_waited_too_long_hears_why_and_it_stays_unsaved(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edge, "WAIT_SECONDS", 0.01)
    loop = Loop()
    calls = CallSide(loop, state)
    calls.save(1, "dnd.101", DND)
    drive(loop, calls.saved)
    assert calls.saved() == {1: "jobs-away"}
    jobs = JobsSide(loop, state)
    monkeypatch.setattr(edge, "WAIT_SECONDS", 10)
    calls.save(2, "dnd.102", DND)
    drive(loop, lambda: 2 in calls.saved())
    assert jobs.stored() == {"dnd.102": DND}
    in_step(calls, jobs)


def test_what_was_saved_too_late_is_taken_back(state: Path) -> None:
    """jobs had stored it when the caller had already heard "not saved"."""
    loop = Loop()
    calls, jobs = CallSide(loop, state), JobsSide(loop, state)
    jobs.set(("forward.101", TO_102))
    calls.save(1, "forward.101", '{"always":{"to":"103"}}')
    jobs.settings.collect()
    calls.edge._fail(1, edge.LATE)
    assert calls.saved() == {1: "jobs-away"}
    drive(loop, lambda: jobs.stored() == {"forward.101": TO_102})
    in_step(calls, jobs)


def test_a_later_change_is_not_taken_back(state: Path) -> None:
    loop = Loop()
    calls, jobs = CallSide(loop, state), JobsSide(loop, state)
    calls.save(1, "forward.101", '{"always":{"to":"103"}}')
    jobs.settings.collect()
    jobs.set(("forward.101", TO_102))
    calls.edge._fail(1, edge.LATE)
    jobs.settings.collect()
    assert jobs.stored() == {"forward.101": TO_102}


def test_the_box_starts_with_jobs_dead(state: Path) -> None:
    loop = Loop()
    jobs = JobsSide(loop, state)
    jobs.set(("forward.101", TO_102), ("day.box", DAY))
    jobs.set(("day.box", ""))
    jobs.settings.finish()
    alone = CallSide(Loop(), state)
    assert alone.entries() == {"forward.101": TO_102}


def test_without_any_file_it_starts_with_nothing_set(state: Path) -> None:
    assert CallSide(Loop(), state).told[0].entries == ()  # type: ignore[union-attr]


@pytest.mark.parametrize("how", ["torn", "garbled", "empty", "gone"])
def test_a_snapshot_that_cannot_be_read_is_made_good_by_jobs(state: Path, how: str) -> None:
    loop = Loop()
    jobs = JobsSide(loop, state)
    jobs.set(*((f"dnd.{number}", DND) for number in range(100, 130)))
    file = state / "state.snapshot"
    data = file.read_bytes()
    half = len(data) // 2
    damaged = {"torn": data[:half], "garbled": data[:half] + b"\0" * 9 + data[half + 9 :]}
    if how == "gone":
        file.unlink()
    else:
        file.write_bytes(damaged.get(how, b""))
    calls = CallSide(loop, state)
    assert len(calls.entries()) < 30
    in_step(calls, jobs)


def test_what_was_removed_while_callproc_was_dead_is_removed_for_it(state: Path) -> None:
    loop = Loop()
    jobs = JobsSide(loop, state)
    jobs.set(("dnd.101", DND), ("dnd.102", DND))
    calls = CallSide(loop, state)
    calls.die()
    copy = (state / "state.snapshot").read_bytes()
    jobs.set(("dnd.101", ""))
    (state / "state.snapshot").write_bytes(copy)  # as after a power cut: the append was not synced
    again = CallSide(loop, state, "next")
    assert again.entries() == {"dnd.101": DND, "dnd.102": DND}
    in_step(again, jobs)
    assert again.entries() == {"dnd.102": DND}


def test_another_database_takes_the_place_of_what_was_known(state: Path) -> None:
    """state.db was lost with its snapshot: what is not there any more is not in force."""
    loop = Loop()
    jobs = JobsSide(loop, state)
    jobs.set(("dnd.101", DND))
    calls = CallSide(loop, state)
    in_step(calls, jobs)
    jobs.settings.finish()
    for file in state.glob("state.*"):
        file.unlink()
    jobs.settings.collect()  # opens a new one
    jobs.set(("dnd.102", DND))
    in_step(calls, jobs)
    assert calls.entries() == {"dnd.102": DND}


def test_a_large_house(state: Path) -> None:
    """2,000 extensions, in several pages."""
    loop = Loop()
    jobs = JobsSide(loop, state)
    for start in range(1000, 3000, 500):
        jobs.set(*((f"dnd.{number}", DND) for number in range(start, start + 500)))
    (state / "state.snapshot").unlink()
    calls = CallSide(loop, state)
    drive(loop, lambda: len(calls.entries()) == 2000)


# -- the snapshot ----------------------------------------------------------------------------------
def test_the_snapshot_is_written_anew_before_it_is_mostly_history(state: Path) -> None:
    jobs = JobsSide(Loop(), state)
    largest = 0
    for round in range(snapshot.SLACK * 3 // 1000):
        jobs.set(*((f"dnd.{number}", DND if round % 2 else "{}") for number in range(1000)))
        largest = max(largest, (state / "state.snapshot").read_bytes().count(b"\n"))
    assert largest <= 1000 * 3 + snapshot.SLACK
    known = snapshot.read(state / "state.snapshot")
    assert (known.lineage, known.revision) == _is(jobs)
    assert known.entries == jobs.stored_at_once()


def _is(jobs: JobsSide) -> tuple[str, int]:
    now = jobs.settings._is()
    return now.lineage, now.revision


# -- what the box notes for itself -----------------------------------------------------------------
def last(dialed: int) -> str:
    return f'{{"dialed":"{dialed}"}}'


def test_many_calls_are_one_write_a_minute(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the core it is true at once; only the newest of each key ever reaches the disk."""
    monkeypatch.setattr(held, "HELD_SECONDS", 0.3)
    loop = Loop()
    calls, jobs = CallSide(loop, state), JobsSide(loop, state)
    for number in range(100, 200):
        calls.save(number, f"last.{number % 2}", last(number))
    calls.save(200, "dnd.101", DND)
    drive(loop, lambda: 200 in calls.saved())
    assert jobs.stored() == {"dnd.101": DND}, "what somebody waits for does not wait"
    drive(loop, lambda: len(jobs.stored()) == 3)
    assert jobs.stored() == {"dnd.101": DND, "last.0": last(198), "last.1": last(199)}
    assert jobs.settings._vault.revision == 3
    in_step(calls, jobs)


def test_the_core_is_not_told_what_is_older_than_what_it_knows(state: Path) -> None:
    loop = Loop()
    calls, jobs = CallSide(loop, state), JobsSide(loop, state)
    calls.save(1, "last.101", last(1))
    calls.edge._held.flush()
    calls.save(2, "last.101", last(2))  # while the first is on its way
    jobs.set(("dnd.101", DND))
    drive(loop, lambda: "last.101" in jobs.stored())
    without_last = {"dnd.101": DND}
    drive(loop, lambda: calls.entries() == without_last)
    calls.edge.finish()
    drive(loop, lambda: jobs.stored()["last.101"] == last(2))
    in_step(calls, jobs)


def test_a_clean_stop_forgets_nothing_and_a_crash_only_what_was_held(state: Path) -> None:
    loop = Loop()
    calls, jobs = CallSide(loop, state), JobsSide(loop, state)
    calls.save(1, "last.101", last(1))
    calls.edge.finish()
    calls.save(2, "last.102", last(2))
    calls.die()
    jobs.settings.finish()
    again = CallSide(Loop(), state, "next-life")
    assert again.entries() == {"last.101": last(1)}
