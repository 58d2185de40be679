"""Rubbish, by the thousand, at everything in the media half that hears strangers.

Seeded, so that what breaks breaks again: the seed is in the message.  `HOOKSWITCH_FUZZ_SECONDS`
makes each of them longer than the few seconds that every test run has for it.
"""

from __future__ import annotations

import os
import random
import socket
import struct
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hookswitch_engine import native

from firmware.native import rig
from tests.doubles.party import Party
from tests.native.test_relay import ONE, Exchange, stats
from tests.native.test_sounds import HOSTILE, Stage, wav

SECONDS = float(os.environ.get("HOOKSWITCH_FUZZ_SECONDS", "3"))
SEEDS = [1, 2] if SECONDS <= 3 else [random.randrange(1 << 32)]


def for_a_while() -> Iterator[int]:
    end, number = time.monotonic() + min(SECONDS, 45), 0
    while time.monotonic() < end:
        yield number
        number += 1


def mutated(chance: random.Random, data: bytes) -> bytes:
    """A few bits flipped, a piece cut out, doubled, or made of the values that hurt."""
    text = bytearray(data)
    for _ in range(chance.randrange(1, 6)):
        at = chance.randrange(len(text) + 1)
        match chance.randrange(4):
            case 0 if at < len(text):
                text[at] ^= 1 << chance.randrange(8)
            case 1:
                del text[at : at + chance.randrange(8)]
            case 2:
                text[at:at] = text[at : at + chance.randrange(40)]
            case _:
                text[at : at + 2] = chance.choice((b"\xff\xff", b"\x00\x00", b"\x80\x7f"))
    return bytes(text)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("relayed", [True, False])
def test_rtp_and_rtcp(seed: int, relayed: bool) -> None:
    chance = random.Random(seed)
    exchange = Exchange(Party(), Party(), inband=seed % 2 == 0)
    exchange.settle() if relayed else exchange.bridge()
    one = exchange.one
    key = struct.pack("!BBH", 5, 10, 160)
    report = struct.pack("!BBHI", 0x81, 201, 7, 1) + bytes(24)
    for number in for_a_while():
        good = one.packet(bytes(160)) if number % 3 else one.packet(key, one.far_event)
        one.send_raw(mutated(chance, good))
        assert one.far
        one.rtcp.sendto(mutated(chance, report), (one.far[0], one.far[1] + 1))
        if number % 50 == 0:
            exchange.pump()
    one.seq, one.ssrc = chance.randrange(1 << 16), chance.randrange(1 << 32)
    before = len(exchange.other.received)
    for _ in range(30):  # whatever it was made to believe, it comes back to the right place
        one.send()
        exchange.pump()
    exchange.until(lambda: len(exchange.other.received) > before)
    assert stats(ONE), f"seed {seed}"
    exchange.bench.close()


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", [socket.SOCK_SEQPACKET, socket.SOCK_STREAM])
def test_frames_on_a_line(seed: int, kind: socket.SocketKind) -> None:
    chance = random.Random(seed)
    bench = rig.Bench(udp=False)
    native.clock_start()
    far = bench.line(1, kind)
    far.socket.setblocking(True)
    far.socket.settimeout(5)
    for number in for_a_while():
        size = chance.choice((1, 2, 3, 319, 320, 321, 640, 1919, 1920, 1921, 5000))
        far.socket.send(chance.randbytes(size))
        if number % 4 == 0:
            far.socket.recv(8192)
    assert native.line_stats(far.slot)["closed"] == 0, f"seed {seed}"
    assert native.clock_stats()["missed"] == 0 or SECONDS > 3
    bench.close()


@pytest.mark.parametrize("seed", SEEDS)
def test_wav_files(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    good = Path(wav(tmp_path / "good.wav", [300] * 200)).read_bytes()
    seeds = [good, *HOSTILE.values()]
    stage = Stage()
    for tag in for_a_while():
        path = tmp_path / f"{tag % 8}.wav"
        path.write_bytes(mutated(chance, chance.choice(seeds)))
        stage.play(str(path), tag=tag + 1)
        stage.bench.pump()
    stage.play(str(tmp_path / "good.wav"), tag=0)
    stage.end(0)
    assert ("missing", 0, 0) not in stage.bench.events, f"seed {seed}"
    stage.bench.close()


def test_talk_is_no_keys() -> None:
    """Thirty seconds of sound as rich as a voice, with no key in it (talk-off)."""
    chance = random.Random(3)
    bench = rig.Bench(udp=False)
    native.clock_start()
    far = bench.line(1)
    far.socket.setblocking(True)
    phase = [0.0, 0.0, 0.0]
    for _ in range(150):  # one pitch with its harmonics for a fifth of a second each
        pitch = chance.uniform(90, 300)
        for _frame in range(10):
            frame = [0.0] * rig.FRAME
            for number in range(3):
                turn = 6.283 * pitch * (number * 2 + 1) / 8000
                for i in range(rig.FRAME):
                    phase[number] += turn
                    frame[i] += 3000 / (number + 1) * wave_at(phase[number])
            far.socket.recv(4096)
            far.socket.send(struct.pack(f"<{rig.FRAME}h", *(round(s) for s in frame)))
    bench.frames(far, 2)
    assert bench.digits(1) == ""
    bench.close()


def wave_at(phase: float) -> float:
    """A rounded saw: rich in harmonics, as a throat is."""
    return 2 * ((phase / 6.283) % 1) - 1
