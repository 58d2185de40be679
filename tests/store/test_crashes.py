"""The databases at every write point: killed, torn, without power.  What was announced is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from firmware.store import snapshot
from firmware.store.calls import Calls
from firmware.store.state import StateStore
from tests.doubles.faults import Fault, Say, at_every_point
from tests.store.samples import record

LETHAL: list[Fault] = ["kill", "torn", "power"]


def keep_calls(state: Path, say: Say) -> None:
    calls = Calls(state / "calls.db")
    for first in (0, 5, 10):
        new = calls.store([record(number) for number in range(first, first + 5)], "seg", first)
        for each in new:
            say(each.call)
    calls.close()


@pytest.mark.parametrize("fault", LETHAL)
def test_calls(tmp_path: Path, fault: Fault) -> None:
    points = 0
    for at, state, said in at_every_point(keep_calls, fault, tmp_path):
        points = at
        calls = Calls(state / "calls.db")
        stored = {each.call for each in calls.everything()}
        assert set(said) <= stored, f"lost at point {at}"
        assert calls.marks.offset("seg") in (0, 5, 10)
        assert len(stored) == (0 if not stored else calls.marks.offset("seg") + 5)
        calls.close()
    assert points > 20


def keep_settings(state: Path, say: Say) -> None:
    store = StateStore(state / "state.db")
    copy = snapshot.Writer(state / "state.snapshot", store.lineage)
    copy.rewrite([])
    for number in range(4):
        with store.change() as change:
            change.put(f"dnd.{number}", "{}")
            change.put("day.box", f'{{"n":{number}}}')
        say(str(number))
        copy.append(change.entries)
    store.close()


@pytest.mark.parametrize("fault", LETHAL)
def test_settings(tmp_path: Path, fault: Fault) -> None:
    for at, state, said in at_every_point(keep_settings, fault, tmp_path):
        store = StateStore(state / "state.db")
        last = int(said[-1]) if said else -1
        for number in range(last + 1):
            assert store.get(f"dnd.{number}") == "{}", f"lost at point {at}"
        day = store.get("day.box")
        assert bool(day) == bool(store.revision)
        if day:  # both or neither of a change
            assert store.get(f"dnd.{day[5]}") == "{}"
        copy = snapshot.read(state / "state.snapshot")
        for key, value in copy.entries.items():
            assert value in ("{}", *(f'{{"n":{number}}}' for number in range(4))), key
        store.close()
