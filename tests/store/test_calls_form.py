"""The forms of calls.db: rows of older firmware are brought over, one by one or after a kill."""

from __future__ import annotations

from pathlib import Path

import msgspec

from firmware.core.record import CallRecord
from firmware.store.calls import Calls
from firmware.store.calls_filter import Filter
from firmware.store.calls_page import Pages
from firmware.store.database import SCHEMAS, open_database, transaction
from tests.store.samples import record


def old_database(path: Path, count: int) -> list[CallRecord]:
    """As the firmware before left it."""
    schemas = path.parent / "schemas"
    schemas.mkdir()
    first = "calls-0001.sql"
    (schemas / first).write_text((SCHEMAS / first).read_text())
    database = open_database(path, "calls", schemas)
    records = [record(number, line=5, type="incoming") for number in range(count)]
    with transaction(database):
        for each in records:
            values = msgspec.structs.asdict(each)
            names = ("call", "type", "caller", "called", "final", "line", "started", "answered")
            row = (*(values[name] for name in names), each.ended, each.cause, each.site)
            database.execute(
                "INSERT INTO calls (call, type, caller, called, final, line, started, answered,"
                " ended, cause, site, record) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (*row, msgspec.msgpack.encode(each)),
            )
        database.execute("INSERT INTO spool VALUES ('segment', 77)")
    database.close()
    return records


def test_rows_of_the_first_form_are_brought_over(tmp_path: Path) -> None:
    records = old_database(tmp_path / "calls.db", 25)
    calls = Calls(tmp_path / "calls.db")
    assert calls.marks.offset("segment") == 77
    calls.store([record(100)], "segment", 99)  # new calls need not wait
    rounds = 0
    while calls.bring_over(10):
        rounds += 1
        calls.close()
        calls = Calls(tmp_path / "calls.db")
    assert rounds == 3
    assert calls.count() == 26
    page = Pages(calls.database).page(Filter(type="incoming"), 50)
    assert calls.records(page.ids) == records[::-1]
