"""The engine on a bench: started the way callproc starts it, with sockets for far ends.

For the selftest and tests/native.  One process can start pjsua once, so a test that uses this runs
in a process of its own.  A far end is paced by the engine: one frame goes in for each that comes
out.  Where not one frame may be missing, two lines of the engine are put back to back instead: then
all audio moves in its clock, and a busy machine that lets Python wait changes nothing.
"""

from __future__ import annotations

import math
import select
import socket
import struct
import time
from collections.abc import Callable, Iterable, Iterator

from hookswitch_engine import native
from hookswitch_engine import pjsua2 as pj

FRAME = 160
SILENCE = bytes(2 * FRAME)


class FarEnd:
    """The other end of a line's socket: plays `source` frame by frame and keeps what it hears."""

    def __init__(self, tag: int, kind: socket.SocketKind = socket.SOCK_SEQPACKET) -> None:
        near, self.socket = socket.socketpair(socket.AF_UNIX, kind)
        with near:
            self.slot = native.line_open(near.fileno(), tag)
        self.socket.setblocking(False)
        self.source: Iterator[bytes] = iter(())
        self.heard: list[bytes] = []

    def play(self, frames: Iterable[bytes]) -> None:
        self.source = iter(frames)

    def turn(self) -> None:
        try:
            frame = self.socket.recv(2 * FRAME)
        except (BlockingIOError, ConnectionResetError):
            return
        if frame:
            self.heard.append(frame)
            self.socket.send(next(self.source, SILENCE))

    def samples(self, last: int) -> list[int]:
        data = b"".join(self.heard[-last:])
        return list(struct.unpack(f"<{len(data) // 2}h", data))


class Bench:
    alive: Bench | None = None  # a collected Endpoint destroys pjsua; only close() may

    def __init__(self, bindings: str | None = None, udp: bool = True) -> None:
        Bench.alive = self
        self.endpoint = pj.Endpoint()
        self.endpoint.libCreate()
        self.endpoint.libInit(config())
        if bindings:
            native.start("hookswitch", bindings)
            native.offer_sha256(True)
        self.port = self.listen(pj.PJSIP_TRANSPORT_UDP) if udp else 0
        self.endpoint.libStart()
        self.events: list[native.Event] = []
        self.far_ends: list[FarEnd] = []

    def listen(self, kind: int, address: str = "127.0.0.1") -> int:
        """Opens a transport on a free port and tells which."""
        transport = pj.TransportConfig()
        transport.boundAddress = address
        identity = self.endpoint.transportCreate(kind, transport)
        return int(self.endpoint.transportGetInfo(identity).localName.rsplit(":", 1)[1])

    def line(self, tag: int, kind: socket.SocketKind = socket.SOCK_SEQPACKET) -> FarEnd:
        self.far_ends.append(FarEnd(tag, kind))
        return self.far_ends[-1]

    def back_to_back(
        self, one: int, two: int, kind: socket.SocketKind = socket.SOCK_SEQPACKET
    ) -> tuple[int, int]:
        """Slots of two lines that are each other's far end."""
        left, right = socket.socketpair(socket.AF_UNIX, kind)
        with left, right:
            return native.line_open(left.fileno(), one), native.line_open(right.fileno(), two)

    def digits(self, tag: int) -> str:
        """Heard so far in the audio of that line."""
        return "".join(str(e[2]) for e in self.events if e[0] == "digit" and e[1] == tag)

    def pump(self) -> None:
        """One turn of the loop: what callproc does, with nothing else in it."""
        due = native.next_timer_ms()
        wait = min(due if due >= 0 else 20, 20)
        sockets = [far.socket.fileno() for far in self.far_ends if far.socket.fileno() >= 0]
        select.select([native.ioqueue_fd(), native.event_fd(), *sockets], [], [], wait / 1000)
        self.endpoint.libHandleEvents(0)
        self.events += native.events()
        for far in self.far_ends:
            if far.socket.fileno() >= 0:
                far.turn()

    def until(self, done: Callable[[], bool], seconds: float = 10) -> None:
        deadline = time.monotonic() + seconds
        while not done():
            if time.monotonic() > deadline:
                raise TimeoutError(f"still waiting; events so far: {self.events}")
            self.pump()

    def frames(self, far: FarEnd, count: int) -> None:
        """Until that far end has heard so many more frames."""
        goal = len(far.heard) + count
        self.until(lambda: len(far.heard) >= goal, seconds=count / 10 + 5)

    def close(self) -> None:
        Bench.alive = None
        native.stop()
        self.endpoint.libDestroy(pj.PJSUA_DESTROY_NO_NETWORK)  # or it waits a second for farewells


def config() -> pj.EpConfig:
    settings = pj.EpConfig()
    settings.uaConfig.threadCnt = 0
    settings.uaConfig.mainThreadOnly = True
    media = settings.medConfig
    media.clockRate = media.sndClockRate = 8000
    media.audioFramePtime = 20
    media.threadCnt = 1
    media.hasIoqueue = True
    media.ecTailLen = 0
    media.noVad = True
    settings.logConfig.level = settings.logConfig.consoleLevel = 1
    return settings


def sine(hz: float, amplitude: int = 8000) -> Iterator[bytes]:
    """Frames of a tone for ever, with unbroken phase."""
    sample = 0
    while True:
        angles = (2 * math.pi * hz * (sample + i) / 8000 for i in range(FRAME))
        yield struct.pack(f"<{FRAME}h", *(round(amplitude * math.sin(a)) for a in angles))
        sample += FRAME


def mix(frames: list[bytes]) -> bytes:
    parts = (struct.unpack(f"<{FRAME}h", frame) for frame in frames)
    return struct.pack(f"<{FRAME}h", *(sum(column) for column in zip(*parts, strict=True)))


def levels(samples: list[int], hz: float) -> list[float]:
    """Of each frame: the least is 0 if one was lost, the most is the tone as it was sent."""
    frames = [samples[i : i + FRAME] for i in range(0, len(samples), FRAME)]
    return [level(frame, hz) for frame in frames]


def level(samples: list[int], hz: float) -> float:
    """Amplitude of one frequency (Goertzel)."""
    turn = 2 * math.cos(2 * math.pi * hz / 8000)
    one = two = 0.0
    for sample in samples:
        one, two = sample + turn * one - two, one
    power = one * one + two * two - turn * one * two
    return 2 * math.sqrt(max(power, 0.0)) / len(samples)
