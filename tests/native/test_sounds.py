"""Prompts and music: what is heard, without a gap, and what is said about files that are none."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable
from pathlib import Path

import pytest
from hookswitch_engine import native

from firmware.native import rig


def wav(path: Path, samples: Iterable[int], **wrong: object) -> str:
    data = b"".join(struct.pack("<h", sample) for sample in samples)
    return raw_wav(path, data, 1, 16, **wrong)


def raw_wav(path: Path, data: bytes, encoding: int, bits: int, **wrong: object) -> str:
    fields = {"rate": 8000, "channels": 1, "length": len(data), **wrong}
    rate, channels, length = fields["rate"], fields["channels"], fields["length"]
    assert isinstance(rate, int)
    assert isinstance(channels, int)
    fmt = struct.pack(
        "<HHIIHH", encoding, channels, rate, rate * channels * bits // 8, channels * bits // 8, bits
    )
    body = b"WAVEfmt " + struct.pack("<I", len(fmt)) + fmt
    body += b"data" + struct.pack("<I", length) + data
    path.write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
    return str(path)


def tone(hz: float, count: int) -> list[int]:
    frames = rig.sine(hz)
    samples: list[int] = []
    while len(samples) < count:
        samples += struct.unpack(f"<{rig.FRAME}h", next(frames))
    return samples[:count]


class Stage:
    def __init__(self) -> None:
        self.bench = rig.Bench(udp=False)
        native.clock_start()
        self.ear = self.bench.line(1)

    def play(self, *paths: str, tag: int = 7, loop: bool = False) -> None:
        native.sounds_play(self.ear.slot, paths, tag, loop)

    def end(self, tag: int = 7) -> list[int]:
        """Everything heard until the last sound has been said."""
        self.bench.until(lambda: ("said", tag) in self.bench.events)
        self.bench.frames(self.ear, 3)
        return self.ear.samples(len(self.ear.heard))


def loud(samples: list[int]) -> list[int]:
    """Without the silence around."""
    first = next(i for i, sample in enumerate(samples) if sample)
    last = next(i for i, sample in enumerate(reversed(samples)) if sample)
    return samples[first : len(samples) - last]


def test_three_sounds_are_one_sound(tmp_path: Path) -> None:
    parts = [[1000 + i] * count for i, count in enumerate((333, 161, 1000))]
    paths = [wav(tmp_path / f"{i}.wav", part) for i, part in enumerate(parts)]
    stage = Stage()
    stage.play(*paths)
    assert loud(stage.end()) == [sample for part in parts for sample in part]


def test_prompt_is_heard_as_it_was_made(tmp_path: Path) -> None:
    stage = Stage()
    stage.play(wav(tmp_path / "a.wav", tone(1000, 4000)))
    heard = loud(stage.end())
    assert rig.level(heard[:3200], 1000) > 7000
    assert rig.level(heard[:3200], 600) < 100


@pytest.mark.parametrize(("encoding", "sample"), [(6, -5504), (7, -32124)])
def test_g711_files_are_sounds_too(tmp_path: Path, encoding: int, sample: int) -> None:
    stage = Stage()
    stage.play(raw_wav(tmp_path / "a.wav", b"\x00" * 400, encoding, 8))
    assert loud(stage.end()) == [sample] * 400


def test_music_goes_on_until_it_is_stopped(tmp_path: Path) -> None:
    stage = Stage()
    stage.play(wav(tmp_path / "a.wav", tone(500, 1600)), loop=True)
    stage.bench.until(lambda: any(frame != rig.SILENCE for frame in stage.ear.heard))
    stage.bench.frames(stage.ear, 60)
    assert min(rig.levels(stage.ear.samples(40), 500)) > 6000
    native.sounds_stop(stage.ear.slot)
    stage.bench.frames(stage.ear, 5)
    assert set(stage.ear.samples(2)) == {0}
    assert ("said", 7) not in stage.bench.events


def test_the_next_prompt_replaces_the_last_one_unannounced(tmp_path: Path) -> None:
    stage = Stage()
    stage.play(wav(tmp_path / "long.wav", [500] * 80000), tag=1)
    stage.bench.frames(stage.ear, 5)
    stage.play(wav(tmp_path / "short.wav", [900] * 800), tag=2)
    stage.end(2)
    stage.bench.frames(stage.ear, 10)
    assert set(stage.ear.samples(5)) == {0}
    assert ("said", 1) not in stage.bench.events


def test_what_cannot_be_read_is_left_out_and_told(tmp_path: Path) -> None:
    good = wav(tmp_path / "good.wav", [700] * 400)
    stage = Stage()
    stage.play(str(tmp_path / "nowhere.wav"), good, str(tmp_path), good)
    assert loud(stage.end()) == [700] * 800
    told = [event for event in stage.bench.events if event[0] == "missing"]
    assert told == [("missing", 7, 0), ("missing", 7, 2)]


def test_nothing_to_say_ends_at_once(tmp_path: Path) -> None:
    stage = Stage()
    stage.play(str(tmp_path / "nowhere.wav"), loop=True)
    stage.end()


HOSTILE = {
    "empty": b"",
    "text": b"this is not a sound at all, it is a text",
    "only riff": b"RIFF\x00\x00\x00\x00WAVE",
    "no samples": b"RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00"
    b"\x80\x3e\x00\x00\x02\x00\x10\x00data\x00\x00\x00\x00",
    "chunk longer than the file": b"RIFF\x00\x00\x00\x00WAVELIST\xff\xff\xff\xffabc",
    "samples before their format": b"RIFF\x00\x00\x00\x00WAVEdata\x04\x00\x00\x00abcd",
    "format cut short": b"RIFF\x00\x00\x00\x00WAVEfmt \x04\x00\x00\x00\x01\x00\x01\x00"
    b"data\x04\x00\x00\x00ab",
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_fail__file(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.wav").write_bytes(content)
    stage = Stage()
    stage.play(str(tmp_path / "a.wav"))
    stage.end()
    assert ("missing", 7, 0) in stage.bench.events


@pytest.mark.parametrize("wrong", [{"rate": 44100}, {"channels": 2}])
def test_fail__format(tmp_path: Path, wrong: dict[str, object]) -> None:
    stage = Stage()
    stage.play(wav(tmp_path / "a.wav", [1] * 400, **wrong))
    stage.end()
    assert ("missing", 7, 0) in stage.bench.events


@pytest.mark.parametrize("length", [0, 0xFFFFFFFF, 1 << 20])
def test_samples_of_a_recording_whose_writer_died_go_to_the_end(
    tmp_path: Path, length: int
) -> None:
    stage = Stage()
    stage.play(wav(tmp_path / "a.wav", [300] * 500, length=length))
    assert loud(stage.end()) == [300] * 500


def test_file_that_was_replaced_is_read_again(tmp_path: Path) -> None:
    stage = Stage()
    path = wav(tmp_path / "a.wav", [300] * 500)
    stage.play(path, tag=1)
    stage.end(1)
    wav(tmp_path / "b.wav", [400] * 500)
    (tmp_path / "b.wav").replace(path)
    stage.ear.heard.clear()
    stage.play(path, tag=2)
    assert loud(stage.end(2)) == [400] * 500


def test_pipe_in_place_of_a_file_holds_nobody_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.wav")
    stage = Stage()
    stage.play(str(tmp_path / "a.wav"))
    stage.end()


def test_hundreds_of_players_come_and_go(tmp_path: Path) -> None:
    paths = [wav(tmp_path / f"{i}.wav", [i + 1] * 80) for i in range(20)]
    stage = Stage()
    for tag in range(400):
        stage.play(*paths, tag=tag)
        if tag % 7 == 0:
            stage.bench.pump()
    stage.end(399)
    stage.bench.close()


@pytest.mark.parametrize("paths", [[], ["x"] * 65, [1], None])
def test_fail__list(paths: list[str]) -> None:
    stage = Stage()
    with pytest.raises((ValueError, TypeError)):
        native.sounds_play(stage.ear.slot, paths, 1, False)
