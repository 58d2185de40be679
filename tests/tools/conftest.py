"""The command line as a person meets it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from firmware.api import callproc
from firmware.core.record import Step
from firmware.edges.spool import Spool
from firmware.jobs.process import Jobs
from firmware.sysd.process import Sysd
from firmware.tools import cli
from firmware.wire.frames import Refused
from firmware.wire.loop import Loop
from firmware.wire.server import Handlers
from tests.store.samples import GROUND, SMALL, record
from tests.wire.driving import serving

Hookswitch = Callable[..., tuple[int, str, str]]


@pytest.fixture
def state(tmp_path: Path) -> Path:
    (tmp_path / "run").mkdir()
    return tmp_path


@pytest.fixture
def hookswitch(state: Path, capsys: pytest.CaptureFixture[str]) -> Hookswitch:
    """`hookswitch ...` on this state folder: exit code, output, complaints."""

    def run(*words: str) -> tuple[int, str, str]:
        try:
            code = cli.main([*words, "--state", str(state)])
        except SystemExit as stop:
            code = int(str(stop.code))
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


@pytest.fixture
def sysd(state: Path) -> Iterator[None]:
    def build(loop: Loop) -> tuple[Handlers, None]:
        return Sysd(loop, state, GROUND.ports, SMALL, None).handlers(), None

    with serving(state / "run" / "sysd.sock", build):
        yield


@pytest.fixture
def jobs(state: Path) -> Iterator[None]:
    spool = Spool(state / "run" / "spool", lambda: None)
    for number in range(3):
        spool.write(record(number))

    def build(loop: Loop) -> tuple[Handlers, None]:
        return Jobs(loop, state).handlers(), None

    with serving(state / "run" / "jobs.sock", build):
        yield


LINE = callproc.LineView(1, "fxs", "idle", "101", "off")
EXTENSION = callproc.ExtensionView("201", "办公室", "sip", None, "ringing", 2)
CALL = callproc.CallView("life-7", "talking", "outgoing", "101", "912345", 5, 1_780_000_000_000, 0)
STATUS = callproc.StatusView("0.1.0", 3, 1_780_000_000_000, 2, 1, ("127.0.0.1:5060",), 9, {})


def dry_run(ask: callproc.DryRun) -> callproc.DryRunView:
    if ask.caller == "999":
        raise Refused("no-such-extension", "there is no extension 999")
    if ask.digits == "5":
        step = Step("number", "refused", "", "5")
        return callproc.DryRunView("reject", "no-such-number", (), (step,))
    trail = (Step("extension", "taken", "extensions.102", str(ask.at)),)
    return callproc.DryRunView("dial", f"{ask.caller}>{ask.digits}", (), trail)


@pytest.fixture
def call_process(state: Path) -> Iterator[None]:
    handlers: Handlers = {
        callproc.ShowLines: lambda _: (LINE,),
        callproc.ShowExtensions: lambda _: (EXTENSION,),
        callproc.ShowCalls: lambda _: (CALL,),
        callproc.ShowStatus: lambda _: STATUS,
        callproc.DryRun: dry_run,
        callproc.SaveJournal: lambda _: "/somewhere/a.journal",
    }
    with serving(state / "run" / "callproc.sock", lambda _: (handlers, None)):
        yield
