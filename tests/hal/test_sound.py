"""Tones have the level they claim, and WAV files that do not fit are refused with advice."""

from __future__ import annotations

import wave
from pathlib import Path

import pytest

from hal.sim.sound import (
    FRAME_BYTES,
    QUIETEST,
    SoundError,
    frames,
    loudness,
    read_wav,
    silence,
    sine_second,
    tone_frames,
    tone_level,
    write_wav,
)


@pytest.mark.parametrize("hz", [350, 440, 450, 1000, 2100])
@pytest.mark.parametrize("level", [0.0, -10.0, -30.0])
def test_a_tone_has_its_level(hz: int, level: float) -> None:
    sound = sine_second(hz, level)
    assert tone_level(sound, hz) == pytest.approx(level, abs=0.1)
    assert loudness(sound) == pytest.approx(level, abs=0.1)


def test_a_tone_is_told_from_its_neighbor() -> None:
    assert tone_level(sine_second(440), 450) < -50
    assert tone_level(sine_second(450), 440) < -50


def test_the_seconds_of_a_tone_join_without_a_click() -> None:
    sound = b"".join(tone_frames(440) * 3)
    assert tone_level(sound[4000 : 4000 + 32000], 440) == pytest.approx(-10, abs=0.1)


def test_silence_is_silent() -> None:
    assert loudness(silence(200)) == QUIETEST
    assert tone_level(silence(200), 440) == QUIETEST
    assert loudness(b"") == QUIETEST


def test_the_last_frame_is_filled_up() -> None:
    cut = frames(b"\1" * (FRAME_BYTES + 10))
    assert [len(frame) for frame in cut] == [FRAME_BYTES] * 2
    assert cut[1] == b"\1" * 10 + bytes(FRAME_BYTES - 10)
    assert frames(b"") == ()


def test_wav_there_and_back(tmp_path: Path) -> None:
    write_wav(tmp_path / "tone.wav", sine_second(440))
    assert read_wav(tmp_path / "tone.wav") == sine_second(440)


@pytest.mark.parametrize(("rate", "channels", "width"), [(44100, 1, 2), (8000, 2, 2), (8000, 1, 1)])
def test_fail__wav_of_another_form(tmp_path: Path, rate: int, channels: int, width: int) -> None:
    path = tmp_path / "music.wav"
    with wave.open(str(path), "wb") as file:
        file.setframerate(rate)
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.writeframes(bytes(64))
    with pytest.raises(SoundError, match=r"sox music\.wav"):
        read_wav(path)


@pytest.mark.parametrize("content", [b"", b"RIFF", b"hello, this is no sound", bytes(100)])
def test_fail__no_wav_at_all(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "text.wav"
    path.write_bytes(content)
    with pytest.raises(SoundError, match=r"text\.wav"):
        read_wav(path)


def test_fail__no_such_file(tmp_path: Path) -> None:
    with pytest.raises(SoundError, match="No such file"):
        read_wav(tmp_path / "nothing.wav")
    with pytest.raises(SoundError, match="No such file"):
        write_wav(tmp_path / "nowhere" / "out.wav", b"")
