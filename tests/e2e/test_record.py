"""Save as test: what is done at the real box becomes a scenario that plays in the pure exchange."""

from __future__ import annotations

from pathlib import Path

import pytest

from firmware.tools import cli
from hal.sim import messages as sim
from tests.e2e.box import Box
from tests.scenarios.play import play_file, rewrite


def test_a_recorded_call_plays_as_a_scenario(
    box: Box, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "recorded.call"
    assert cli.main(["sim", "record", "on", "--state", str(box.state)]) == 0
    box.lift_and_dial(1, "102")
    box.wait_front(sim.BellRings(2, (1000, 4000)))
    box.people(sim.Lift(2))
    box.wait_leg("up", line=2)
    box.people(sim.Hang(2))
    box.wait_leg("tone", line=1)
    box.people(sim.Hang(1))
    record = box.wait_record()
    box.people(sim.RingIn(5, "13800001111"))
    box.wait_front(sim.BellRings(1, (1000, 4000)))
    box.people(sim.Drop(5))
    box.wait_front(sim.BellStops(1))
    assert cli.main(["sim", "record", "off", str(file), "--state", str(box.state)]) == 0
    assert "recorded.call" in capsys.readouterr().out
    text = file.read_text()
    deeds = [line for line in text.splitlines() if line.startswith(("10", "line"))]
    assert deeds == [
        "101 lifts",
        "101 dials 102",
        "102 lifts",
        "102 hangs up",
        "101 hangs up",
        "line 5 rings 13800001111",
        "line 5 stops ringing",
    ]
    file.write_text(text + "record of 101:\n")
    rewrite(file)
    played = play_file(file)
    assert (played.records[0].caller, played.records[0].final) == (record.caller, record.final)
    assert "ring 102" in file.read_text()
    assert "record of 101: internal 101>102 answered by 102 normal" in file.read_text()


def test_without_recording_there_is_nothing_to_save(box: Box, tmp_path: Path) -> None:
    file = tmp_path / "recorded.call"
    assert cli.main(["sim", "record", "off", str(file), "--state", str(box.state)]) == 1
    assert not file.exists()
