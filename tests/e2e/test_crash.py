"""A bug in the call processor ends the process; the journal that it leaves tells why."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware.api import callproc
from firmware.core.events import DigitHeard
from firmware.core.journal import load
from firmware.core.journal import replay as replay_journal
from firmware.features import catalog
from firmware.routing.resolve import resolve
from firmware.wire.client import Caller, Remote
from firmware.wire.frames import Refused
from firmware.wire.loop import Loop
from hal.sim import messages as sim
from tests.e2e.box import PATIENCE, ROOT, free_port


@pytest.fixture
def state() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="hs-"))
    (folder / "run").mkdir()
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def start(*words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", *words], cwd=ROOT, stderr=subprocess.PIPE, text=True
    )


def wait_for(path: Path) -> None:
    loop = Loop()
    remote = Remote(loop, path, on_up=loop.stop)
    loop.after(PATIENCE, loop.stop)
    loop.run()
    assert remote.up, f"{path.name} is not there"
    remote.close()


def test_the_journal_of_a_crash_ends_with_what_broke_it(state: Path) -> None:
    card = start("firmware.main", "sim", "--state", str(state), "--board", "sim8")
    wait_for(state / "run/sim.sock")
    box = start("tests.doubles.broken_callproc", str(state), str(free_port()))
    try:
        wait_for(state / "run/callproc.sock")
        Caller(state / "run/callproc.sock").ask(callproc.ShowStatus())
        people = Caller(state / "run/sim.sock", PATIENCE)
        people.ask(sim.Lift(1))
        with pytest.raises(Refused):  # the box is gone before the last digit has faded
            people.ask(sim.Dial(1, "102"))
        _, words = box.communicate(timeout=PATIENCE)
    finally:
        card.terminate()
        box.kill()
        card.communicate(timeout=PATIENCE)
    assert box.returncode != 0, "the supervisor would not have noticed"
    assert "a planted bug" in words
    [path] = (state / "journals").glob("crash-*.journal")
    [(snapshot, moments)] = load(path.read_bytes())
    assert replay_journal(snapshot, moments[:-1], resolve, catalog.FEATURES) is None
    heard = [moment.event.digit for moment in moments if isinstance(moment.event, DigitHeard)]
    assert heard == ["1", "0", "2"]
    assert isinstance(moments[-1].event, DigitHeard), "the last event is the one that broke it"
    assert path.name in words, "the log names the journal"


@pytest.mark.parametrize("room", [True, False])
def test_a_bug_outside_of_any_event_leaves_a_journal_too(state: Path, room: bool) -> None:
    """And where none can be written, the log still tells what happened."""
    if not room:
        (state / "journals").write_text("in the way")
    box = start("tests.doubles.broken_callproc", str(state), str(free_port()), "timer")
    try:
        _, words = box.communicate(timeout=PATIENCE)
    finally:
        box.kill()
    assert box.returncode != 0
    assert "a planted bug" in words
    if room:
        [path] = (state / "journals").glob("crash-*.journal")
        assert len(load(path.read_bytes())) == 1
    else:
        assert "no journal" in words
