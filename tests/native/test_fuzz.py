"""One minute of fuzzing under AddressSanitizer; `make soak` gives it ten."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_a_minute_of_fuzzing_kills_nothing(tmp_path: Path) -> None:
    signal.alarm(240)  # a minute, and the compiler before it
    command = [sys.executable, "-m", "tests.native.fuzz", "60"]
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
    )
    said = done.stdout.decode() + done.stderr.decode(errors="replace")
    assert done.returncode == 0, said[-8000:]
    runs = re.findall(r"^(\w+): (\d+) runs, (\d+) places", said, re.MULTILINE)
    assert [name for name, _, _ in runs] == ["replaces", "key", "party", "message"]
    # fewer would mean that the messages no longer get past the doors
    assert int(runs[-1][2]) > 700, said
