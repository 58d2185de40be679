"""Recordings: what is in the file, also when nobody could finish it."""

from __future__ import annotations

import errno
import os
import resource
import signal
import struct
import time
import wave
from pathlib import Path

import pytest
from hookswitch_engine import native

from firmware.native import rig

TAG = 5


class Studio:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bench = rig.Bench(udp=False)
        native.clock_start()
        self.one, self.other = self.bench.line(1), self.bench.line(2)
        self.one.play(rig.sine(600))
        self.other.play(rig.sine(1100))

    def record(self, channels: int, name: str = "a.wav") -> None:
        slots = native.record_start(str(self.folder), name, channels, TAG)
        native.connect(self.one.slot, slots[0])
        native.connect(self.other.slot, slots[-1])

    def end(self) -> tuple[int, int]:
        """Milliseconds and error."""
        native.record_stop(TAG)
        return self.over()

    def over(self) -> tuple[int, int]:
        def told() -> list[tuple[int, int]]:
            return [(e[2], e[3]) for e in self.bench.events if e[0] == "recorded" and e[1] == TAG]

        self.bench.until(lambda: bool(told()))
        assert len(told()) == 1
        return told()[0]


def read(path: Path) -> list[list[int]]:
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getsampwidth()) == (8000, 2)
        data, channels = file.readframes(file.getnframes()), file.getnchannels()
    samples = struct.unpack(f"<{len(data) // 2}h", data)
    return [list(samples[i::channels]) for i in range(channels)]


def test_two_channels_are_two_people(tmp_path: Path) -> None:
    studio = Studio(tmp_path)
    studio.record(2)
    studio.bench.frames(studio.one, 60)
    ms, error = studio.end()
    assert error == 0
    left, right = (channel[-6400:] for channel in read(tmp_path / "a.wav"))
    assert rig.level(left, 600) > 7000
    assert rig.level(left, 1100) < 100
    assert rig.level(right, 1100) > 7000
    assert rig.level(right, 600) < 100
    assert abs(ms * 8 - len(read(tmp_path / "a.wav")[0])) < 8


def test_one_channel_is_both(tmp_path: Path) -> None:
    studio = Studio(tmp_path)
    studio.record(1)
    studio.bench.frames(studio.one, 60)
    studio.end()
    (both,) = read(tmp_path / "a.wav")
    assert rig.level(both[-6400:], 600) > 7000
    assert rig.level(both[-6400:], 1100) > 7000


def test_folders_are_made_and_a_file_is_never_overwritten(tmp_path: Path) -> None:
    studio = Studio(tmp_path)
    studio.record(1, "2026/11/a.wav")
    studio.bench.frames(studio.one, 5)
    assert studio.end()[1] == 0
    before = (tmp_path / "2026/11/a.wav").read_bytes()
    studio.bench.events.clear()
    studio.record(1, "2026/11/a.wav")
    assert studio.over() == (0, errno.EEXIST)
    assert (tmp_path / "2026/11/a.wav").read_bytes() == before


@pytest.mark.parametrize(
    "name",
    [
        "",
        "/a",
        "../a",
        "a/../b",
        ".a",
        "a/.b",
        "a//b",
        "a/",
        "a\nb",
        "a b",
        "a/b/c/d/e/f",
        "x" * 600,
    ],
)
def test_fail__name(tmp_path: Path, name: str) -> None:
    Studio(tmp_path)
    with pytest.raises(ValueError, match="name"):
        native.record_start(str(tmp_path), name, 1, TAG)


def test_link_in_the_name_leads_nowhere(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "in/link").symlink_to(tmp_path / "out")
    studio = Studio(tmp_path / "in")
    studio.record(1, "link/a.wav")
    assert studio.over()[1] in (errno.ELOOP, errno.ENOTDIR)
    assert list((tmp_path / "out").iterdir()) == []


def test_full_disk_is_told_at_once_and_what_is_there_plays(tmp_path: Path) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
    studio = Studio(tmp_path)
    studio.record(1)
    ms, error = studio.over()
    assert error in (errno.EFBIG, errno.ENOSPC)
    native.record_stop(TAG)
    studio.bench.frames(studio.one, 30)
    assert len(read(tmp_path / "a.wav")[0]) // 8 == pytest.approx(ms, abs=1)
    assert ms > 1000


def test_file_of_a_process_that_was_killed_plays(tmp_path: Path) -> None:
    child = os.fork()
    if child == 0:
        studio = Studio(tmp_path)
        studio.record(2)
        while True:
            studio.bench.pump()
    path, deadline = tmp_path / "a.wav", time.monotonic() + 20
    while not path.is_file() or path.stat().st_size < 100_000:
        assert time.monotonic() < deadline
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    left, right = read(path)
    assert len(left) * 4 > path.stat().st_size - 4 * 8000 - 44 - 4 * 4096
    assert rig.level(left[-6400:], 600) > 7000
    assert rig.level(right[-6400:], 1100) > 7000


def test_process_that_stops_finishes_its_recordings(tmp_path: Path) -> None:
    studio = Studio(tmp_path)
    studio.record(1)
    studio.bench.frames(studio.one, 60)
    studio.bench.close()
    assert len(read(tmp_path / "a.wav")[0]) >= 50 * 160


def test_sixty_four_at_once_and_no_more(tmp_path: Path) -> None:
    studio = Studio(tmp_path)
    for tag in range(64):
        native.record_start(str(tmp_path), f"{tag}.wav", 1, tag)
    with pytest.raises(OSError, match="record"):
        native.record_start(str(tmp_path), "x.wav", 1, 99)
    studio.bench.frames(studio.one, 10)
    for tag in range(64):
        native.record_stop(tag)
    studio.bench.until(lambda: sum(e[0] == "recorded" for e in studio.bench.events) == 64)
    native.record_start(str(tmp_path), "x.wav", 1, 99)
    assert {len(read(tmp_path / f"{tag}.wav")) for tag in range(64)} == {1}
