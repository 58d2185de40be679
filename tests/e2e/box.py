"""A real box for a test: started by `hookswitch run` as a user would, driven by the same sockets.

It has its own state folder and SIP port, so several can run at once.  Every wait is for news of the
box or of the simulated hardware, with an end; nothing here sleeps or polls a state.
"""

from __future__ import annotations

import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from firmware.api import callproc, jobs
from firmware.core.record import CallRecord
from firmware.wire.client import Caller, Remote
from firmware.wire.frames import Ask, Link, News, Watch, pack
from firmware.wire.loop import Loop
from hal.sim import messages as sim
from tests.doubles.driver import Phone
from tests.doubles.ear import samples_of

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 20.0
R = TypeVar("R")
NEWS: dict[str, Any] = {
    "callproc": callproc.CallNews,
    "sim": sim.SimNews,
    "jobs": jobs.JobsNews,
}

PASSWORDS = {"201": "ring-for-1", "202": "ring-for-2"}
SITE = """
[site]
name = "Test"
country = "cn"
attendant = "101"
[[extension]]
number = "101"
name = "Reception"
port = 1
[[extension]]
number = "102"
name = "Workshop"
port = 2
[[extension]]
number = "201"
name = "Office"
sip = true
password = "ring-for-1"
[[extension]]
number = "202"
name = "Mobile"
sip = true
password = "ring-for-2"
[[line]]
port = 5
name = "Line 1"
number = "83587106"
[[route]]
name = "Outside"
prefix = "9"
lines = [5]
"""


class Watcher:
    """Everything a process publishes, as it comes; `until` waits for the one that matters."""

    def __init__(self, path: Path, kinds: Any) -> None:
        self._decode = msgspec.json.Decoder(kinds).decode
        self._link = Link()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.connect(str(path))
        self._socket.sendall(pack(Watch()))
        self._waiting: list[Any] = []
        self._receive(PATIENCE)  # the snapshot: from here on nothing is missed

    def until(self, wanted: Callable[[Any], bool]) -> Any:
        while True:
            while self._waiting:
                news = self._waiting.pop(0)
                if wanted(news):
                    return news
            assert self._receive(PATIENCE), "it never happened"

    def _receive(self, seconds: float) -> bool:
        if not select.select([self._socket], [], [], seconds)[0]:
            return False
        data = self._socket.recv(1 << 20)
        assert data, "the process that was watched has ended"
        for frame in self._link.receive(data):
            assert isinstance(frame, News)
            if not frame.snapshot:
                self._waiting.append(self._decode(frame.body))
        return True


class Box:
    def __init__(
        self,
        state: Path,
        address: str,
        prefix: list[str] | None = None,
        web: str = "none",
        site: str = SITE,
        board: str = "sim8",
    ) -> None:
        self.state, self.address, self.web = state, address, web
        self.config = state.parent / "site.toml"
        self.config.write_text(site)
        command = [sys.executable, "-m", "firmware.tools.cli", "run", "--state", str(state)]
        self._process = subprocess.Popen(
            [
                *(prefix or []),
                *command,
                "--config",
                str(self.config),
                "--sip",
                address,
                "--web",
                web,
                "--board",
                board,
            ],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, "LANG": "C.UTF-8"},
        )
        try:
            self._wait_for_banner()
        except BaseException:
            self.close()
            raise
        self.news = self.watch("callproc")
        self.front = self.watch("sim")
        self.saved = self.watch("jobs")

    @property
    def run(self) -> Path:
        return self.state / "run"

    def _wait_for_banner(self) -> None:
        assert self._process.stdout
        greeting, output = "", self._process.stdout.fileno()
        while "Ctrl-C" not in greeting:
            assert select.select([output], [], [], PATIENCE)[0], f"{greeting}\n{self.logs()}"
            text = os.read(output, 65536).decode()
            assert text, f"the box did not start:\n{greeting}\n{self.logs()}"
            greeting += text

    @property
    def supervisor(self) -> int:
        return self._process.pid

    def watch(self, process: str) -> Watcher:
        return Watcher(self.run / f"{process}.sock", NEWS[process])

    def watch_raw(self, process: str) -> Watcher:
        """Of a process whose news are of many kinds: anything is something."""
        return Watcher(self.run / f"{process}.sock", dict)

    def logs(self) -> str:
        return "\n".join(
            f"-- {path.name}\n{path.read_text()[-3000:]}" for path in self.state.glob("log/*.log")
        )

    def close(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(PATIENCE)

    def pid(self, name: str) -> int:
        """Of the process `name`, from its supervisor's children."""
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text()
        for child in children.split():
            words = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
            if name.encode() in words:
                return int(child)
        raise AssertionError(f"{name} is not running")

    def kill(self, name: str) -> None:
        """kill -9, and wait until it is dead."""
        self._kill(self.pid(name))

    def terminate(self, name: str) -> None:
        """SIGTERM, and wait until it has ended."""
        self._kill(self.pid(name), signal.SIGTERM)

    def kill_supervisor(self) -> None:
        self._kill(self._process.pid)

    def _kill(self, pid: int, how: signal.Signals = signal.SIGKILL) -> None:
        descriptor = os.pidfd_open(pid)
        os.kill(pid, how)
        assert select.select([descriptor], [], [], PATIENCE)[0]
        os.close(descriptor)

    def comes_back(self, name: str) -> None:
        """Wait for a killed process the way its neighbors do, and watch its news from now on."""
        loop = Loop()
        remote = Remote(loop, self.run / f"{name}.sock", on_up=loop.stop)
        loop.after(PATIENCE, loop.stop)
        loop.run()
        assert remote.up, f"{name} did not come back\n{self.logs()}"
        remote.close()
        self.look_anew(name)

    def look_anew(self, name: str) -> None:
        """Only what is published from now on."""
        if name == "callproc":
            self.news = self.watch(name)
        elif name == "sim":
            self.front = self.watch(name)
        elif name == "jobs":
            self.saved = self.watch(name)

    # -- asking ------------------------------------------------------------------------------------
    def ask(self, process: str, question: Ask[R], patience: float = PATIENCE) -> R:
        caller = Caller(self.run / f"{process}.sock", patience)
        try:
            return caller.ask(question)
        finally:
            caller.close()

    def people(self, question: Ask[R]) -> R:
        """Hands, mouths and the telephone company."""
        return self.ask("sim", question)

    def hear(self, line: int, ms: int = 1000) -> tuple[int, ...]:
        return samples_of(self.people(sim.Hear(line, ms)).sound)

    def lift_and_dial(self, line: int, digits: str) -> None:
        self.people(sim.Lift(line))
        self.people(sim.Dial(line, digits))

    # -- waiting -----------------------------------------------------------------------------------
    def wait_leg(self, state: str, party: str = "", line: int | None = None) -> callproc.LegNews:
        """The next leg news that fits."""
        news: callproc.LegNews = self.news.until(
            lambda leg: (
                isinstance(leg, callproc.LegNews)
                and leg.state == state
                and (not party or leg.party == party)
                and (line is None or leg.line == line)
            )
        )
        return news

    def wait_line_up(self, line: int) -> None:
        self.news.until(lambda news: news == callproc.LineNews(line, True))

    def wait_front(self, news: Any) -> None:
        self.front.until(lambda it: it == news)

    def wait_record(self) -> CallRecord:
        saved = self.saved.until(lambda it: isinstance(it, jobs.CallSaved))
        record: CallRecord = saved.call
        return record

    def phone(self, number: str, **options: str) -> Phone:
        return Phone(number, PASSWORDS[number], self.address, **options)


def free_port() -> int:
    """A UDP and TCP port that is free on loopback now."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_box(site: str = SITE, board: str = "sim8", *, pages: bool = False) -> Iterator[Box]:
    folder = Path(tempfile.mkdtemp(prefix="hs-"))  # short: Unix socket paths have a limit
    box = None
    try:
        web = f"127.0.0.1:{free_port()}" if pages else "none"
        box = Box(folder / "s", f"127.0.0.1:{free_port()}", web=web, site=site, board=board)
        yield box
    finally:
        if box:
            box.close()
        shutil.rmtree(folder, ignore_errors=True)
