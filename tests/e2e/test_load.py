"""The largest simulated box with every port talking: nobody's sound is interrupted.

Scripted people do it: sixteen handsets call each other, eight call out over the eight lines, and
whoever is called answers.  Everybody hums, and everybody's ear is searched for frames in which the
hum is missing: an underrun anywhere on the way is a hole.  `HOOKSWITCH_LOAD_SECONDS=600` makes it
the long test.
"""

from __future__ import annotations

import os
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from hal.sim import messages as sim
from hal.sim.sound import FRAME_BYTES
from tests.e2e.box import Box, running_box
from tests.hal.simbox import cpu_seconds

SECONDS = int(os.environ.get("HOOKSWITCH_LOAD_SECONDS", "20"))
PIECE = 2  # s that are heard in one go: answers of more would themselves hold the simulator up
HANDSETS, LINES = range(1, 25), range(25, 33)
LOUD = 500  # the least peak of a frame with the hum in it
SITE = (
    """
[site]
name = "Load"
country = "cn"
[[route]]
name = "Outside"
prefix = "9"
lines = [25, 26, 27, 28, 29, 30, 31, 32]
"""
    + "".join(f"[[line]]\nport = {line}\n" for line in LINES)
    + "".join(f'[[extension]]\nnumber = "{8000 + port}"\nport = {port}\n' for port in HANDSETS)
)


def script() -> str:
    people = []
    for caller, called in zip(range(1, 17, 2), range(2, 17, 2), strict=True):
        people.append(f"handset {caller}\nlift\ndial {8000 + called}\nhum 440")
        people.append(f"handset {called}\nwait ringing\nlift\nhum 440")
    for caller in range(17, 25):
        people.append(f"handset {caller}\nlift\ndial 910086#\nhum 440")
    people += [f"line {line}\nanswers after 1\nwait talking\nhum 440" for line in LINES]
    return "\n".join(people)


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    with running_box(SITE, "sim32") as running:
        yield running


def holes(sound: bytes) -> list[int]:
    """The frames in which nothing is heard."""
    frames = [sound[at : at + FRAME_BYTES] for at in range(0, len(sound), FRAME_BYTES)]
    peaks = [max(map(abs, struct.unpack("<160h", frame))) for frame in frames]
    return [place for place, peak in enumerate(peaks) if peak < LOUD]


class Ear(threading.Thread):
    def __init__(self, box: Box, line: int) -> None:
        super().__init__(daemon=True)
        self._box, self._line = box, line
        self.missing: list[int] = []
        self.failure: Exception | None = None
        self.start()

    def run(self) -> None:
        try:
            self._box.ask("sim", sim.Hear(self._line, 20 * self._line))  # not all at once
            for _ in range(0, SECONDS, PIECE):
                heard = self._box.ask("sim", sim.Hear(self._line, PIECE * 1000))
                self.missing += holes(heard.sound)
        except Exception as error:
            self.failure = error


def goes_first(box: Box) -> bool:
    """Whatever else this machine does must not make the holes: telephony before it, if we may."""
    try:
        for name in ("sim", "callproc"):
            for thread in Path(f"/proc/{box.pid(name)}/task").iterdir():
                os.sched_setscheduler(int(thread.name), os.SCHED_RR, os.sched_param(5))
    except PermissionError:
        return False
    return True


def cpu(box: Box) -> dict[str, float]:
    return {name: cpu_seconds(box.pid(name)) for name in ("sim", "callproc")}


@pytest.mark.skipif(
    "HOOKSWITCH_LOAD_SECONDS" not in os.environ,
    reason="part of `make soak`: needs the machine alone",
)
@pytest.mark.req("HWD-X1")
def test_everybody_talks_and_nobody_is_interrupted(
    box: Box, capsys: pytest.CaptureFixture[str]
) -> None:
    box.people(sim.RunScript(script()))
    talking: set[int] = set()
    while len(talking) < len(HANDSETS) + len(LINES):
        leg = box.news.until(lambda news: getattr(news, "state", "") == "up")
        talking.add(leg.line)
    alone = goes_first(box)
    box.hear(1, 1000)
    before, clock = cpu(box), Path("/proc/uptime").read_text().split()[0]
    ears = [Ear(box, line) for line in [*HANDSETS, *LINES]]
    for ear in ears:
        ear.join()
    passed = float(Path("/proc/uptime").read_text().split()[0]) - float(clock)
    shares = {name: (spent - before[name]) / passed for name, spent in cpu(box).items()}
    with capsys.disabled():
        words = ", ".join(f"{name} {share:.1%} of a core" for name, share in shares.items())
        lost = sum(len(ear.missing) for ear in ears)
        print(f"\n32 ports talking for {passed:.0f} s: {words}; frames lost: {lost}")
    assert [ear.failure for ear in ears if ear.failure] == []
    missing = {ear._line: ear.missing for ear in ears if ear.missing}
    allowed = 0 if alone else SECONDS * 50 // 200
    assert all(len(places) <= allowed for places in missing.values()), missing
    assert all(not one.trouble for one in box.people(sim.ShowScript()))
