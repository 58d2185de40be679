"""All eight lines talking cost the simulator a small part of one core.

Counted is the CPU time of the process for a number of ticks, not the clock on the wall, so a busy
machine makes the test slow but not wrong.
"""

from __future__ import annotations

import pytest

from hal.sim.dtmf import press
from hal.sim.messages import Answered, Hum, Lift, RingIn
from hal.sim.sound import frames
from tests.hal.simbox import Box, Driver, Eyes, cpu_seconds
from tests.hal.test_dtmf import vowels

SECONDS = 10


def test_eight_lines_talking(
    box: Box, driver: Driver, eyes: Eyes, capsys: pytest.CaptureFixture[str]
) -> None:
    for line in range(1, 5):
        box.ask(Lift(line))
        box.ask(RingIn(line + 4))
        driver.lines.hook(line + 4, True)
        eyes.wait(Answered(line + 4))
    for line in range(1, 9):
        box.ask(Hum(line, 440))
    wires = [driver.audio(line) for line in range(1, 9)]
    speech = frames(vowels(SECONDS - 1.0, seed=3)) + frames(press("5") * 7)
    before = cpu_seconds(box.pid)
    for frame in speech:
        for wire in wires:
            wire.sock.send(frame)
        for wire in wires:
            assert len(wire.sock.recv(321)) == 320
    share = (cpu_seconds(box.pid) - before) / (len(speech) * 0.02)
    with capsys.disabled():
        print(f"\n8 simulated lines talking: {share:.1%} of a core")
    assert share < 0.15
