"""Processes for the tests that kill: a writer as callproc is one, and jobs itself.

Each says on its standard output what it has done, one line each, so that the test knows what may
not be lost.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[2]

WRITER = """
import sys
from pathlib import Path
from firmware.edges import spool
from tests.store.samples import record
spool.SEGMENT_BYTES = 20_000  # so that segments end often
number, last = int(sys.argv[2]), int(sys.argv[3])
writer = spool.Spool(Path(sys.argv[1]) / "run" / "spool", lambda: None)
while number < last:
    writer.write(record(number))
    print(number, flush=True)
    number += 1
print("end", flush=True)
"""

JOBS = """
import sys
from pathlib import Path
from firmware.core.record import CallRecord
from firmware.jobs.collect import Collector
from firmware.store import spool
from firmware.store.calls import Calls
spool.READ_BYTES = 3_000  # so that there are many commits
state = Path(sys.argv[1])
def saved(record):
    print(record.call, flush=True)
calls = Calls(state / "calls.db")
collector = Collector(state / "run" / "spool", lambda: calls, saved)
print("up", flush=True)
while True:
    collector.collect()
"""


def start(program: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", program, *map(str, arguments)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


def output(process: subprocess.Popen[str]) -> IO[str]:
    assert process.stdout
    return process.stdout


def kill(process: subprocess.Popen[str]) -> list[str]:
    """Kill it without a word; gives what it had still said."""
    process.kill()
    rest = output(process).read().splitlines(keepends=True)
    process.wait()
    output(process).close()
    return [line.strip() for line in rest if line.endswith("\n")]
