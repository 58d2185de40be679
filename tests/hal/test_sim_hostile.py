"""Nothing that comes in by the two sockets, however odd, kills the simulator or stops a line."""

from __future__ import annotations

import random
import socket
from pathlib import Path

import pytest

from hal.board import load_board
from hal.sim.messages import AUDIO_SOCKET, OpenCard, SetHook
from tests.hal.simbox import PATIENCE, Box, Driver, Wire

ASK = b'{"type":"ask","id":1,"body":%s}\n'
CONTROL = [
    b"\n\n\n",
    b"hello\n",
    b"\xff\xfe\x00\n",
    b"[" * 100_000 + b"\n",
    b"{}\n",
    b'{"type":"result","id":1,"body":1}\n',
    b'{"type":"watch","epoch":5}\n',
    b'{"type":"watch","since":-5}\n',
    b'{"type":"news","epoch":"","n":1,"body":1}\n',
    b'{"type":"ask","id":1}\n',
    ASK % b"null",
    ASK % b"[]",
    ASK % (b"[" * 900 + b"]" * 900),
    ASK % (b"[" * 5000 + b"]" * 5000),
    ASK % b'{"ask":"Explode"}',
    ASK % b'{"ask":"Lift"}',
    ASK % b'{"ask":"Lift","line":"1"}',
    ASK % b'{"ask":"Lift","line":99999999999999999999999999}',
    ASK % b'{"ask":"Lift","line":-1}',
    ASK % b'{"ask":"RingBell","line":1,"cadence":[-5]}',
    ASK % b'{"ask":"RingBell","line":5,"cadence":[1000,4000]}',
    ASK % (b'{"ask":"RingBell","line":1,"cadence":[' + b"1," * 5000 + b"1]}"),
    ASK % b'{"ask":"SetLamp","line":1,"lamp":"disco"}',
    ASK % b'{"ask":"Dial","line":1,"digits":"1","level":1e308}',
    ASK % b'{"ask":"Dial","line":1,"digits":"1","level":NaN}',
    ASK % b'{"ask":"Say","line":1,"sound":"%%%"}',
    ASK % b'{"ask":"RingIn","line":5,"caller":"\xff\xff"}',
    ASK % b'{"ask":"RingIn","line":5,"caller":"\\ud800"}',
    b"x" * (5 * 1024 * 1024),
]
AUDIO = [
    b"",
    b"x",
    b"null",
    b'{"line":0}',
    b'{"line":-1}',
    b'{"line":99}',
    b'{"line":"1"}',
    b'{"line":1e400}',
    b'{"line":1,"more":1}',
    b"[" * 300,
    b'{"\xff":1}',
    b'{"line":1,"\xff":1}',
    b"\xff" * 320,
    bytes(320),
    bytes(60_000),
]


def send_and_hang_up(path: Path, kind: socket.SocketKind, *packets: bytes) -> None:
    """Send, and read until the simulator has answered or hung up."""
    with socket.socket(socket.AF_UNIX, kind) as sock:
        sock.settimeout(PATIENCE)
        sock.connect(str(path))
        try:
            for packet in packets:
                sock.sendall(packet)
            sock.shutdown(socket.SHUT_WR)
            while sock.recv(65536):
                pass
        except (BrokenPipeError, ConnectionResetError):
            pass  # hung up on in the middle: as good an answer as any


def still_works(box: Box) -> None:
    assert box.alive
    assert len(box.ask(OpenCard()).channels) == 8
    driver = Driver(load_board("sim8"), box.run).ready()
    wire = driver.audio(1)
    assert len(wire.tick()) == 320
    wire.close()
    driver.close()


@pytest.mark.parametrize("junk", CONTROL)
def test_control_socket(shared_box: Box, junk: bytes) -> None:
    send_and_hang_up(shared_box.sock, socket.SOCK_STREAM, junk)
    still_works(shared_box)


@pytest.mark.parametrize("junk", AUDIO)
def test_first_packet_of_the_audio_socket(shared_box: Box, junk: bytes) -> None:
    send_and_hang_up(shared_box.run / AUDIO_SOCKET, socket.SOCK_SEQPACKET, junk)
    still_works(shared_box)


@pytest.mark.parametrize("size", [1, 319, 321, 5000])
@pytest.mark.parametrize("line", [2, 5])
def test_a_frame_of_the_wrong_size_hangs_up(shared_box: Box, line: int, size: int) -> None:
    shared_box.ask(OpenCard())
    shared_box.ask(SetHook(5, True))  # somebody listens there
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as sock:
        sock.settimeout(PATIENCE)
        sock.connect(str(shared_box.run / AUDIO_SOCKET))
        for packet in (b'{"line":%d}' % line, bytes(320), bytes(size)):
            sock.send(packet)
        assert len(sock.recv(1000)) == 320
        assert sock.recv(1000) == b""
    still_works(shared_box)


@pytest.mark.parametrize("seed", range(5))
def test_noise_on_both_sockets(shared_box: Box, seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(20):
        junk = dice.randbytes(dice.randrange(1, 2000))
        send_and_hang_up(shared_box.sock, socket.SOCK_STREAM, junk + b"\n")
        send_and_hang_up(shared_box.run / AUDIO_SOCKET, socket.SOCK_SEQPACKET, junk[:500])
    still_works(shared_box)


def test_an_opener_that_never_reads_stops_nobody(shared_box: Box) -> None:
    deaf = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    deaf.settimeout(PATIENCE)
    deaf.connect(str(shared_box.run / AUDIO_SOCKET))
    deaf.send(b'{"line":3}')
    for _ in range(2000):
        deaf.send(bytes(320))
    still_works(shared_box)
    deaf.close()


def test_openers_that_say_nothing_stop_nobody(shared_box: Box) -> None:
    silent = [socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) for _ in range(30)]
    for sock in silent:
        sock.connect(str(shared_box.run / AUDIO_SOCKET))
    still_works(shared_box)
    for sock in silent:
        sock.close()


def test_a_loud_line_is_only_loud(shared_box: Box) -> None:
    """Full-scale square waves into the decoder and the ear: no overflow anywhere."""
    driver = Driver(load_board("sim8"), shared_box.run).ready()
    driver.lines.hook(8, True)
    wire: Wire = driver.audio(8)
    for frame in (b"\x00\x80" * 160, b"\xff\x7f" * 160, b"\x00\x80\xff\x7f" * 80):
        assert len(wire.tick(frame)) == 320
    driver.close()
    still_works(shared_box)
