"""A simulated box in a process of its own, and the hands and eyes of a test on it.

Waiting is for news, and bounded: `PATIENCE` without any news fails the test.  Nothing here sleeps.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from firmware.wire.client import Caller
from firmware.wire.frames import Ask
from firmware.wire.loop import Loop
from hal.api import Chassis, ChassisEvent, LineEvent, Lines, Storage
from hal.board import Board, load_board
from hal.open import open_chassis, open_lines
from hal.sim.messages import SOCKET, Front, PlugDisk, PortState, PullDisk, Show, SimNews
from hal.sim.sound import FRAME_BYTES, SILENCE

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 10.0
START = """
import sys, pathlib, hal.board, hal.sim.process
hal.sim.process.run(pathlib.Path(sys.argv[1]), hal.board.load_board(sys.argv[2]))
"""
A = TypeVar("A")


class Eyes:
    """Sees all news from its making on."""

    def __init__(self, sock: Path, patience: float = PATIENCE) -> None:
        self._box = Caller(sock, timeout=patience)
        self._news = self._box.news()
        self._decoder = msgspec.json.Decoder(SimNews)
        next(self._news)  # the snapshot: from here on nothing is missed

    def wait(self, wanted: SimNews | Callable[[Any], bool]) -> SimNews:
        """The first news that is, or fits, what is wanted; what comes before is passed over."""
        for news in self._news:
            body: SimNews = self._decoder.decode(news.body)
            if wanted(body) if callable(wanted) else body == wanted:
                return body
        raise AssertionError("the simulator went away")

    def until(self, last: SimNews) -> list[SimNews]:
        """Everything up to and with that news."""
        seen: list[SimNews] = [self.wait(lambda _: True)]
        while seen[-1] != last:
            seen.append(self.wait(lambda _: True))
        return seen

    def close(self) -> None:
        self._box.close()


class Box:
    def __init__(self, state: Path, board: str) -> None:
        self.state, self.board = state, board
        self.run = state / "run"
        self.sock = self.run / SOCKET
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    def start(self) -> None:
        command = [sys.executable, "-c", START, str(self.state), self.board]
        self._process = subprocess.Popen(command, cwd=ROOT)

    def kill(self) -> None:
        assert self._process
        self._process.kill()
        self._process.wait(PATIENCE)

    def stop(self) -> int:
        """SIGTERM, and how it ended."""
        assert self._process
        self._process.terminate()
        return self._process.wait(PATIENCE)

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def ask(self, question: Ask[A], timeout: float = PATIENCE) -> A:
        box = Caller(self.sock, timeout)
        try:
            return box.ask(question)
        finally:
            box.close()

    def ask_front(self) -> Front:
        front: Front = self.ask(Show())
        return front

    def port(self, line: int) -> PortState:
        return self.ask_front().ports[line - 1]

    @contextmanager
    def eyes(self, patience: float = PATIENCE) -> Iterator[Eyes]:
        eyes = Eyes(self.sock, patience)
        try:
            yield eyes
        finally:
            eyes.close()


class Driver:
    """callproc's place: a loop and the lines on it."""

    def __init__(self, board: Board, run: Path) -> None:
        self.loop = Loop()
        self.loop.longest_sleep = lambda: 0.5  # so that a wait can end
        self.lines: Lines = open_lines(board, self.loop, run)

    def until(self, *wanted: LineEvent) -> list[LineEvent]:
        """Run until all of these have been reported; gives everything seen on the way."""
        missing = list(wanted)
        seen: list[LineEvent] = []
        end = time.monotonic() + PATIENCE
        while missing:
            assert time.monotonic() < end, f"never reported: {missing}; seen: {seen}"
            self.loop.run_once()
            for event in self.lines.events():
                seen.append(event)
                if event in missing:
                    missing.remove(event)
        return seen

    def wait(self, condition: Callable[[], object]) -> None:
        """Run until the condition holds."""
        end = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < end, "it never happened"
            self.loop.run_once()

    def ready(self) -> Driver:
        """The card has told its state."""
        self.wait(lambda: any(port.up for port in self.lines.describe()))
        return self

    def audio(self, line: int) -> Wire:
        return Wire(self.lines.audio(line))

    def close(self) -> None:
        self.lines.close()


class Keeper:
    """sysd's place: a loop and the chassis on it."""

    def __init__(self, board: Board, run: Path) -> None:
        self.loop = Loop()
        self.loop.longest_sleep = lambda: 0.5
        self.chassis: Chassis = open_chassis(board, self.loop, run)

    def until(self, wanted: Callable[[ChassisEvent], object]) -> list[ChassisEvent]:
        """Run until something that fits has been reported; gives everything seen on the way."""
        seen: list[ChassisEvent] = []
        end = time.monotonic() + PATIENCE
        while not any(map(wanted, seen)):
            assert time.monotonic() < end, f"never reported; seen: {seen}"
            self.loop.run_once()
            seen += self.chassis.events()
        return seen

    def wait(self, condition: Callable[[], object]) -> None:
        end = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < end, "it never happened"
            self.loop.run_once()

    def ready(self, box: Box) -> Keeper:
        """The chassis answers: it finds a disk, and notices that it is gone again."""
        box.ask(PlugDisk("usb2", str(box.run)))
        self.until(lambda event: isinstance(event, Storage))
        box.ask(PullDisk("usb2"))
        self.until(lambda event: isinstance(event, Storage) and event.state == "gone")
        return self

    def close(self) -> None:
        self.chassis.close()


class Wire:
    """The audio of one line, in lockstep: one frame out, one frame in."""

    def __init__(self, fd: int) -> None:
        self.sock = socket.socket(fileno=fd)
        self.sock.settimeout(PATIENCE)

    def tick(self, frame: bytes = SILENCE) -> bytes:
        self.sock.send(frame)
        return self.sock.recv(FRAME_BYTES + 1)

    def talk(self, frames: tuple[bytes, ...]) -> bytes:
        """Send these, and give what came back meanwhile."""
        return b"".join(self.tick(frame) for frame in frames)

    def listen(self, ms: int) -> bytes:
        return self.talk((SILENCE,) * (ms // 20))

    def close(self) -> None:
        self.sock.close()


@contextmanager
def running_box(board: str = "sim8") -> Iterator[Box]:
    """A box that runs and answers; its folder has a short name, as socket paths are short."""
    state = Path(tempfile.mkdtemp(prefix="hs", dir="/tmp"))
    box = Box(state, board)
    try:
        Driver(load_board(board), box.run).ready().close()  # now the sockets are there
        yield box
    finally:
        if box.alive:
            box.kill()
        shutil.rmtree(state)


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
