"""A real microphone at a simulated telephone: both ways, at its own clock, whatever it sends."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from hal.api import OffHook
from hal.sim.front import PEOPLE_SOCKET
from hal.sim.messages import Lift, Show
from hal.sim.sound import FRAME_BYTES, SILENCE, tone_frames, tone_level
from hal.sim.voice import Live
from tests.hal.simbox import PATIENCE, Box, Driver, Wire

TONE = tone_frames(1000)
BOX_TONE = tone_frames(440)


class Microphone:
    def __init__(self, box: Box, hello: bytes) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.sock.settimeout(PATIENCE)
        self.sock.connect(str(box.run / PEOPLE_SOCKET))
        self.sock.send(hello)

    def frame(self) -> bytes:
        return self.sock.recv(FRAME_BYTES + 1)


@pytest.fixture
def wire(box: Box, driver: Driver) -> Iterator[Wire]:
    box.ask(Lift(1))
    driver.until(OffHook(1))
    wire = driver.audio(1)
    yield wire
    wire.close()


def talk(microphone: Microphone, wire: Wire, count: int) -> tuple[bytes, bytes]:
    """`count` ticks: what the box heard, what the ear heard."""
    box, ear = b"", b""
    for number in range(count):
        microphone.sock.send(TONE[number % len(TONE)])
        box += wire.tick(BOX_TONE[number % len(BOX_TONE)])
        ear += microphone.frame()
    return box, ear


def test_both_hear_each_other(box: Box, wire: Wire) -> None:
    microphone = Microphone(box, b'{"line": 1}')
    box.ask(Show())  # the simulator has seen the visitor
    heard, ear = talk(microphone, wire, 100)
    half = len(heard) // 2
    assert tone_level(heard[half:], 1000) == pytest.approx(-10, abs=0.5)
    assert tone_level(ear[half:], 440) == pytest.approx(-10, abs=0.5)


def test_a_later_visitor_has_the_line(box: Box, wire: Wire) -> None:
    first = Microphone(box, b'{"line": 1}')
    box.ask(Show())
    second = Microphone(box, b'{"line": 1}')
    box.ask(Show())
    first.sock.send(TONE[0])
    box.ask(Show())
    heard, _ = talk(second, wire, 50)
    assert tone_level(heard[len(heard) // 2 :], 1000) == pytest.approx(-10, abs=0.5)
    first.sock.close()
    box.ask(Show())
    assert talk(second, wire, 2)[1]  # its going took nothing from the second


@pytest.mark.parametrize("hello", [b"", b"{}", b'{"line": 99}', b"\xff" * 300, b"[" * 300])
def test_a_visitor_with_bad_manners_is_hung_up_on(box: Box, hello: bytes) -> None:
    microphone = Microphone(box, hello or b"x")
    assert microphone.sock.recv(1) == b""


def test_a_frame_of_another_size_ends_the_visit(box: Box) -> None:
    microphone = Microphone(box, b'{"line": 1}')
    microphone.sock.send(b"x" * (FRAME_BYTES + 1))
    assert microphone.sock.recv(1) == b""
    assert box.alive


def test_a_microphone_that_never_reads_costs_only_itself(box: Box, wire: Wire) -> None:
    Microphone(box, b'{"line": 1}')
    box.ask(Show())
    assert len(wire.listen(20_000)) == 1000 * FRAME_BYTES


# -- the small store between two clocks ------------------------------------------------------------
def test_speech_begins_when_enough_is_there_and_again_after_a_drought() -> None:
    live = Live(lambda _: None)
    live.put(b"a")
    assert live.next() == SILENCE
    live.put(b"b")
    assert [live.next(), live.next(), live.next()] == [b"a", b"b", SILENCE]
    live.put(b"c")
    assert live.next() == SILENCE


def test_old_speech_is_thrown_away() -> None:
    live = Live(lambda _: None)
    for number in range(20):
        live.put(bytes([number]))
    assert live.next() == bytes([20 - Live.MOST])
