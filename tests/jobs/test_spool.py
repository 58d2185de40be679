"""The way of a call record from callproc to the disk: nothing lost, nothing twice, whoever dies."""

from __future__ import annotations

import errno
import os
import random
from pathlib import Path

import apsw
import pytest

from firmware.core.record import CallRecord
from firmware.edges import spool as edge
from firmware.edges.spool import Spool
from firmware.jobs.collect import Collector
from firmware.store import spool
from firmware.store.calls import Calls
from tests.jobs.spooling import JOBS, WRITER, kill, output, start
from tests.store.samples import record


class Desk:
    """callproc's and jobs' ends of one spool, without their processes."""

    def __init__(self, state: Path) -> None:
        self.folder = state / "run" / "spool"
        self.path = state / "calls.db"
        self.announced: list[str] = []
        self.pokes: list[int] = []

    def writer(self) -> Spool:
        return Spool(self.folder, lambda: self.pokes.append(1))

    def collect(self) -> list[str]:
        """One life of jobs: everything there is; gives what it announced."""
        calls, announced = Calls(self.path), list[str]()
        collector = Collector(
            self.folder, lambda: calls, lambda record: announced.append(record.call)
        )
        while collector.collect():
            pass
        calls.close()
        self.announced += announced
        return announced

    def stored(self) -> list[CallRecord]:
        calls = Calls(self.path)
        try:
            return list(calls.everything())
        finally:
            calls.close()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_record_comes_out_as_it_went_in(desk: Desk) -> None:
    writer = desk.writer()
    records = [record(1), record(2, caller="数字 \n\x00😀", line=5, type="outgoing")]
    for each in records:
        writer.write(each)
    assert desk.collect() == ["life-1", "life-2"]
    assert desk.stored() == records
    assert desk.pokes == [1, 1]


def test_reading_again_gives_nothing_twice(desk: Desk) -> None:
    writer = desk.writer()
    writer.write(record(1))
    assert desk.collect() == ["life-1"]
    assert desk.collect() == []
    writer.write(record(2))
    assert desk.collect() == ["life-2"]


def test_the_same_call_written_twice_is_one_call(desk: Desk) -> None:
    writer = desk.writer()
    writer.write(record(1))
    writer.write(record(1, cause="busy"))
    assert desk.collect() == ["life-1"]
    assert [each.cause for each in desk.stored()] == ["normal"]


def test_a_segment_lives_as_long_as_its_writer(desk: Desk) -> None:
    writer = desk.writer()
    writer.write(record(1))
    desk.collect()
    assert len(spool.segments(desk.folder)) == 1
    writer.close()
    desk.collect()
    assert spool.segments(desk.folder) == []
    calls = Calls(desk.path)
    assert calls.marks.forget_all_but(set()) == ()


def test_full_segments_follow_each_other(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edge, "SEGMENT_BYTES", 2_000)
    writer = desk.writer()
    for number in range(40):
        writer.write(record(number))
    assert len(spool.segments(desk.folder)) > 5
    assert all(path.stat().st_size <= 2_000 for path in spool.segments(desk.folder))
    assert desk.collect() == [f"life-{number}" for number in range(40)]
    assert len(spool.segments(desk.folder)) == 1


def test_a_name_is_never_used_again(desk: Desk) -> None:
    """After a reboot the folder is empty and counting begins anew; old marks must not matter."""
    writer = desk.writer()
    writer.write(record(1))
    desk.collect()
    for segment in spool.segments(desk.folder):
        segment.unlink()
    writer = desk.writer()
    writer.write(record(2))
    assert desk.collect() == ["life-2"]


@pytest.mark.parametrize("tail", [b"{", b'{"call":"life-2","ty', b"\x00" * 500, b"\xff\xfe"])
def test_a_torn_last_record_is_skipped(desk: Desk, tail: bytes) -> None:
    writer = desk.writer()
    writer.write(record(1))
    [segment] = spool.segments(desk.folder)
    with segment.open("ab") as file:
        file.write(tail)
    assert desk.collect() == ["life-1"]
    writer.close()  # dead: nothing will complete it
    following = desk.writer()
    following.write(record(3))
    assert desk.collect() == ["life-3"]
    assert [path for path in spool.segments(desk.folder) if path == segment] == []


@pytest.mark.parametrize("line", [b"{}\n", b"\xff\n", b"\x00\x00\n", b"[" * 9999 + b"\n", b"\n"])
def test_a_line_that_is_no_record_costs_only_itself(desk: Desk, line: bytes) -> None:
    writer = desk.writer()
    writer.write(record(1))
    [segment] = spool.segments(desk.folder)
    with segment.open("ab") as file:
        file.write(line)
    writer.write(record(2))
    assert desk.collect() == ["life-1", "life-2"]


def test_a_record_longer_than_a_read_is_read(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "READ_BYTES", 100)
    writer = desk.writer()
    writer.write(record(1, caller="x" * 5_000))
    writer.write(record(2))
    assert desk.collect() == ["life-1", "life-2"]


def test_a_record_is_on_the_disk_before_it_is_announced(desk: Desk) -> None:
    writer = desk.writer()
    writer.write(record(1))
    seen: list[object] = []

    def announced(_: CallRecord) -> None:
        other = apsw.Connection(str(desk.path))
        seen.append(other.execute("SELECT call FROM calls").get)

    calls = Calls(desk.path)
    Collector(desk.folder, lambda: calls, announced).collect()
    assert seen == ["life-1"]


# -- a full folder ---------------------------------------------------------------------------------
@pytest.mark.parametrize("fits", [0, 10])
def test_records_wait_in_memory_while_the_folder_is_full(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, fits: int
) -> None:
    writer, write = desk.writer(), os.write
    writer.write(record(1))

    def full(descriptor: int, data: bytes) -> int:
        if fits == 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(descriptor, data[:fits])

    monkeypatch.setattr(edge.os, "write", full)  # type: ignore[attr-defined]
    writer.write(record(2))
    writer.write(record(3))
    assert desk.collect() == ["life-1"]
    monkeypatch.undo()
    writer.flush()
    assert desk.collect() == ["life-2", "life-3"]


# -- kill -9 ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("seed", range(6))
def test_kill_anybody_at_any_point(tmp_path: Path, seed: int) -> None:
    """Writer and jobs are killed again and again; what the writer had written is stored once."""
    chance, written, announced = random.Random(seed), set[str](), list[str]()
    next_number = 0
    jobs = start(JOBS, tmp_path)
    for _ in range(5):
        writer = start(WRITER, tmp_path, next_number, next_number + 2_000)
        for _ in range(chance.randrange(1, 400)):
            written.add(f"life-{output(writer).readline().strip()}")
        if chance.random() < 0.7:
            said = kill(jobs)
            announced += [line for line in said if line != "up"]
            jobs = start(JOBS, tmp_path)
        rest = kill(writer)
        written |= {f"life-{line}" for line in rest if line != "end"}
        next_number += 2_000
    announced += [line for line in kill(jobs) if line != "up"]
    desk = Desk(tmp_path)
    announced += desk.collect()
    stored = [each.call for each in desk.stored()]
    assert written <= set(stored), "lost"
    assert len(stored) == len(set(stored)), "stored twice"
    assert set(announced) <= set(stored), "announced, but not stored"
    assert len(announced) == len(set(announced)), "announced twice"
    assert spool.segments(desk.folder) == []
