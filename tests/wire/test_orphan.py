"""A process of the box dies with its supervisor, even when that is killed without a word."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

from firmware.wire.orphan import PARENT as PARENT_NAME
from tests.wire.driving import PATIENCE

ROOT = Path(__file__).resolve().parents[2]

CHILD = """
import signal
from firmware.wire.orphan import die_with_parent
die_with_parent()
print("up", flush=True)
signal.pause()
"""

# starts the child as supervisord does, and then only exists
PARENT = f"""
import os, signal, subprocess, sys
environment = os.environ | {{"HOOKSWITCH_PARENT": str(os.getpid())}}
subprocess.Popen([sys.executable, "-c", {CHILD!r}], env=environment)
signal.pause()
"""


def test_killed_parent_takes_its_child_along() -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout
    assert parent.stdout.readline() == "up\n"
    parent.kill()
    parent.wait(PATIENCE)
    # only the child still holds the other end of this pipe: its end is the child's end
    assert select.select([parent.stdout], [], [], PATIENCE)[0], "the child lives on"
    assert parent.stdout.read() == ""
    parent.stdout.close()


def test_a_parent_that_died_before_we_asked_is_noticed() -> None:
    environment = os.environ | {"HOOKSWITCH_PARENT": "1999999999"}
    child = subprocess.run(
        [sys.executable, "-c", CHILD],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        timeout=PATIENCE,
        text=True,
        check=False,
    )
    assert "supervisor is gone" in child.stderr
    assert child.returncode != 0


def test_a_process_started_by_hand_needs_no_supervisor() -> None:
    environment = {name: value for name, value in os.environ.items() if name != PARENT_NAME}
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout
    assert child.stdout.readline() == "up\n"
    child.send_signal(signal.SIGTERM)
    assert child.wait(PATIENCE) == -signal.SIGTERM
    child.stdout.close()
