"""The whole box on a disk that becomes full: calls go on, what is set is refused in words, a notice
says why; once there is room again, nothing that was announced is missing and the notices are gone.

The state folder is a small tmpfs in a mount namespace of its own, and `run` another one, as on a
box: what is between the processes lies in memory, what is kept lies on the flash.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from firmware.api import callproc, jobs, state, sysd
from firmware.core.record import CallRecord
from firmware.wire.frames import Refused
from hal.sim import messages as sim
from tests.doubles.ear import hears
from tests.doubles.listener import understood
from tests.e2e.box import ROOT, SITE, Box, free_port
from tests.e2e.island import disks_apart
from tests.e2e.proofs import HIGH, LOW, nothing_is_left
from tests.e2e.test_codes import DECOYS, HEARD_MS, VOICES

DISKS = """
mount -t tmpfs -o size=24m none "$0" && mkdir "$0/run" &&
mount -t tmpfs -o size=8m none "$0/run" && exec "$@"
"""
DND = '{"calls":"both"}'
RENAMED = SITE.replace('name = "Workshop"', 'name = "Garage"')


class SmallBox(Box):
    """Its state folder is seen from its own namespace only, and by way of its supervisor."""

    @property
    def disk(self) -> Path:
        return Path(f"/proc/{self.supervisor}/root{self.state}")

    @property
    def run(self) -> Path:
        return self.disk / "run"

    def fill(self) -> None:
        """To the last byte; logs that are written meanwhile take their part of it."""
        with (self.disk / "ballast").open("ab", buffering=0) as ballast, suppress(OSError):
            while ballast.write(bytes(1 << 20)):
                pass
        with (self.disk / "ballast").open("ab", buffering=0) as ballast, suppress(OSError):
            while ballast.write(bytes(1 << 9)):
                pass

    def make_room(self) -> None:
        (self.disk / "ballast").unlink()

    def says(self, *words: str) -> subprocess.CompletedProcess[str]:
        """`hookswitch` in a terminal."""
        command = [sys.executable, "-m", "firmware.tools.cli", *words, "--state", str(self.disk)]
        return subprocess.run(
            [*command, "--lang", "en"], cwd=ROOT, capture_output=True, text=True, check=False
        )

    def notices(self) -> set[tuple[str, str]]:
        found = json.loads(self.says("status", "--json").stdout)["notices"]
        return {(notice["code"], notice["about"]) for notice in found}

    def calls_kept(self) -> tuple[CallRecord, ...]:
        return self.ask("jobs", jobs.ListCalls(limit=100)).calls


@pytest.fixture
def small() -> Iterator[SmallBox]:
    if (why := cannot_mount()) is not None:
        pytest.skip(why)
    folder = Path(tempfile.mkdtemp(prefix="hs-"))
    (folder / "s").mkdir()
    prefix = [*disks_apart(), "sh", "-c", DISKS, str(folder / "s")]
    box = None
    try:
        box = SmallBox(folder / "s", f"127.0.0.1:{free_port()}", prefix)
        yield box
    finally:
        if box:
            box.close()
        shutil.rmtree(folder, ignore_errors=True)


def cannot_mount() -> str | None:
    tried = subprocess.run(
        [*disks_apart(), "mount", "-t", "tmpfs", "none", "/mnt"],
        capture_output=True,
        text=True,
        check=False,
    )
    return tried.stderr.strip() or None if tried.returncode else None


def talk(box: SmallBox) -> None:
    box.lift_and_dial(1, "102")
    box.wait_front(sim.BellRings(2, (1000, 4000)))
    box.people(sim.Lift(2))
    box.wait_leg("up", line=2)
    hear_each_other(box)


def hear_each_other(box: SmallBox) -> None:
    """Sooner or later: how well is judged elsewhere."""
    box.people(sim.Hum(1, LOW))
    box.people(sim.Hum(2, HIGH))
    assert any(hears(box.hear(1), HIGH) for _ in range(5)), "102 is not heard"
    assert any(hears(box.hear(2), LOW) for _ in range(5)), "101 is not heard"


def hang_up(box: SmallBox) -> None:
    box.people(sim.Hang(1))
    box.people(sim.Hang(2))
    box.wait_leg("ended", line=2)


def hears_words(box: SmallBox, digits: str, words: tuple[str, ...]) -> None:
    box.lift_and_dial(1, digits)
    others = [decoy for decoy in DECOYS if decoy != words]
    assert understood(box.hear(1, HEARD_MS), VOICES, [words, *others]) == words
    box.people(sim.Hang(1))
    box.wait_leg("ended", line=1)


def all_is_refused(box: SmallBox) -> None:
    """By the handset, by the terminal, by sysd; each says so in its own words."""
    hears_words(box, "*74#", ("not-saved",))
    said = box.says("state", "set", "dnd.102", DND)
    assert said.returncode == 1
    assert "disk is full" in said.stderr
    before = box.ask("callproc", callproc.ShowStatus()).site
    with pytest.raises(Refused) as refused:
        box.ask("sysd", sysd.ApplyConfig(RENAMED, "ann"))
    assert refused.value.code == "not-saved"
    assert box.ask("callproc", callproc.ShowStatus()).site == before
    assert "the disk is full" in box.says("status").stdout
    assert {("disk-full", "state.db"), ("disk-full", "calls.db")} <= box.notices()


@pytest.mark.req("CDR-01", "DND-01")
def test_a_full_disk_stops_no_call_and_loses_nothing(small: SmallBox) -> None:
    talk(small)
    hang_up(small)
    announced = [small.wait_record()]
    small.ask("state", state.SetState((("dnd.202", DND),), "ann"))
    talk(small)
    small.fill()
    hear_each_other(small)
    hang_up(small)
    talk(small)
    hang_up(small)
    all_is_refused(small)
    assert small.calls_kept() == tuple(announced), "what is not on the disk is not shown"
    small.make_room()
    announced += [small.wait_record() for _ in range(2)]
    hears_words(small, "*74#", ("dnd-on",))
    assert not small.ask("sysd", sysd.ApplyConfig(RENAMED, "ann")).mistakes
    small.kill("jobs")
    small.comes_back("jobs")
    kept = {call.call for call in small.calls_kept()}
    assert {call.call for call in announced} <= kept
    assert json.loads(small.says("state", "list", "--kind", "dnd", "--json").stdout)["entries"]
    assert small.notices() == set()
    nothing_is_left(small)
