"""Pages of calls: the right ones, in order, whichever way they are found; and never much work."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import msgspec
import pytest

from firmware.core.record import CallRecord
from firmware.store import calls_page
from firmware.store.calls import Calls, parties_of
from firmware.store.calls_filter import ORDERS, Filter, Order
from firmware.store.calls_page import Pages
from firmware.store.database import transaction
from tests.store import million

MANY = 3_000
RECORDS = tuple(million.records(MANY))
HALF = RECORDS[MANY // 2].started
SOME = tuple(str(number) for number in range(1000, 1040))

# what may be chosen for each filter; the first lets everything through
CHOICES: dict[str, tuple[object, ...]] = {
    "type": ("", "internal", "incoming", "outgoing"),
    "state": ("", "answered", "failed"),
    "caller": ("", "1000", "138*", "10*", "1*", "nosuch"),
    "called": ("", "1001", "13800*", "*"),
    "party": ("", "1002", "1000"),
    "trunk": ("", "line", "CARRIER n", "nosuch"),
    "pin": ("", "Guest 3"),
    "since": (0, HALF),
    "until": (0, HALF, HALF + 10_000_000),
    "recorded": (False, True),
    "only": (None, (), ("1003",), SOME, tuple(str(number) for number in range(1000, 1400))),
}


def wanted(call: CallRecord, only: Filter) -> bool:
    """The same in plain words."""
    parties = parties_of(call)
    return (
        only.type in ("", call.type)
        and only.state in ("", "answered" if call.answered else "failed")
        and _number(call.caller, only.caller)
        and _number(call.called, only.called)
        and (not only.party or only.party in parties)
        and only.trunk.lower() in call.trunk.lower()
        and only.pin in ("", call.pin)
        and call.started >= only.since
        and (not only.until or call.started < only.until)
        and (not only.recorded or bool(call.recordings))
        and (only.only is None or not set(only.only).isdisjoint(parties))
    )


def _number(number: str, wanted: str) -> bool:
    return number.startswith(wanted[:-1]) if wanted.endswith("*") else wanted in ("", number)


def rank(call: CallRecord, order: Order) -> tuple[object, ...]:
    duration = call.ended - call.answered if call.answered else 0
    first = {"started": (), "duration": (duration,), "caller": (call.caller,)}
    after = () if order == "duration" else (call.started,)
    return (*first.get(order, (call.called,)), *after, int(call.call.removeprefix("life-")))


def expected(only: Filter, order: Order, down: bool) -> list[str]:
    found = [call for call in RECORDS if wanted(call, only)]
    found.sort(key=lambda call: rank(call, order), reverse=down)
    return [call.call for call in found]


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Calls]:
    calls = Calls(tmp_path_factory.mktemp("calls") / "calls.db")
    with transaction(calls.database):
        for record in RECORDS:
            calls.add(record)
    yield calls
    calls.close()


def whole_list(calls: Calls, only: Filter, order: Order, down: bool, limit: int) -> list[str]:
    pages, found = Pages(calls.database), list[str]()
    page = pages.page(only, limit, order, down)
    for _ in range(MANY * 4):
        assert len(page.ids) <= limit
        found += [record.call for record in calls.records(page.ids)]
        if page.cursor is None:
            return found
        page = pages.page(only, limit, order, down, page.cursor)
    raise AssertionError("no end")


def some_filter(chance: random.Random) -> Filter:
    """Mostly few filters at once."""
    often = chance.choice((0.1, 0.3, 0.6))
    values = {
        name: chance.choice(choices) if chance.random() < often else choices[0]
        for name, choices in CHOICES.items()
    }
    return Filter(**values)  # type: ignore[arg-type]


@pytest.mark.req("CDR-02")
@pytest.mark.parametrize("way", ["as usual", "gathering little", "striding always"])
def test_any_filter_in_any_order(calls: Calls, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    if way != "as usual":
        monkeypatch.setattr(calls_page, "GATHER", 50 if way == "gathering little" else -1)
        monkeypatch.setattr(calls_page, "STRIDE", 37)
        monkeypatch.setattr(calls_page, "BUDGET", 0)
    chance, not_empty = random.Random(way), 0
    for _ in range(60):
        only, order = some_filter(chance), chance.choice(ORDERS)
        down, limit = chance.random() < 0.6, chance.choice((1, 7, 50, 500))
        right = expected(only, order, down)
        if limit < 7 and len(right) > 100:
            limit = 100
        assert whole_list(calls, only, order, down, limit) == right, (only, order, down, limit)
        not_empty += bool(right)
    assert not_empty > 20


@pytest.mark.parametrize("name", CHOICES)
def test_each_filter_alone(calls: Calls, name: str) -> None:
    for value in CHOICES[name]:
        only = Filter(**{name: value})  # type: ignore[arg-type]
        for order in ORDERS:
            assert whole_list(calls, only, order, True, 500) == expected(only, order, True)


def test_counts_are_right_or_say_that_they_are_not(
    calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages, chance, exact_ones = Pages(calls.database), random.Random(1), 0
    for gather in (20_000, 300):
        monkeypatch.setattr(calls_page, "GATHER", gather)
        for _ in range(150):
            only = some_filter(chance)
            count, exact = pages.count(only)
            exact_ones += exact
            right = len(expected(only, "started", True))
            assert count == right if exact else right == 0 or count >= 0
            assert exact or gather == 300
    assert exact_ones > 200


def test_a_call_that_was_stored_meanwhile_does_not_move_the_next_page(tmp_path: Path) -> None:
    calls = Calls(tmp_path / "calls.db")
    calls.store(RECORDS[:20], "segment", 1)
    pages = Pages(calls.database)
    first = pages.page(Filter(), 5)
    calls.store(RECORDS[20:30], "segment", 2)
    second = pages.page(Filter(), 5, cursor=first.cursor)
    assert [call.call for call in calls.records(second.ids)] == [
        f"life-{number}" for number in range(14, 9, -1)
    ]


# -- the price -------------------------------------------------------------------------------------
def test_the_price_does_not_grow_with_the_past(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Work, in thousands of SQLite's steps: every filter with every order, on ten times as many."""
    monkeypatch.setattr(calls_page, "BUDGET", 0)
    dearest = {}
    for count in (10_000, 100_000):
        million.fill(tmp_path / f"{count}.db", count, 5_000)
        calls = Calls(tmp_path / f"{count}.db")
        pages, chance, work = Pages(calls.database), random.Random(7), list[int]()
        calls.database.set_progress_handler(partial(_count, work), 1_000)
        prices = list[int]()
        for _ in range(120):
            only, order = some_filter(chance), chance.choice(ORDERS)
            work.clear()
            page = pages.page(only, 50, order, chance.random() < 0.6)
            if page.cursor:
                pages.page(only, 50, order, True, page.cursor)
            prices.append(len(work))
        dearest[count] = max(prices)
        calls.close()
    assert dearest[100_000] < 3 * dearest[10_000] + 100, dearest


def _count(work: list[int]) -> bool:
    work.append(1)
    return False


def test_details_come_back_as_they_went_in(tmp_path: Path) -> None:
    calls = Calls(tmp_path / "calls.db")
    calls.store(RECORDS[:99], "segment", 1)
    assert tuple(calls.everything()) == RECORDS[:99]
    assert calls.find("life-7") == RECORDS[7]
    assert calls.find("life-none") is None
    odd = msgspec.structs.replace(RECORDS[0], call="odd", caller="\x1f\x00数😀", called="\x1f")
    calls.store([odd], "segment", 9)
    assert calls.find("odd") == odd
