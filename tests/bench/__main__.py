"""`make bench`: measures three times and prints one JSON of medians and spreads.

    python -m tests.bench [--runs 3] [--calls 2000] [--rate 400] [--peer HOST:PORT]

With a peer the same load goes to it in turn, and `ratio` is its figure divided by ours.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import tempfile
import time
from pathlib import Path

from tests.bench.sip import (
    Figures,
    Load,
    Process,
    box_of_1000,
    post_dial_delay,
    registrations,
    setups,
)


def measure(server: str, process: Process, calls: int, rate: int) -> Figures:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        load = Load(folder, server)
        figures = {"pss_idle_mb": process.pss_mb()}
        figures |= registrations(load, process)
        figures |= post_dial_delay(load, folder)
        return figures | setups(load, process, calls, rate)


def ours(calls: int, rate: int) -> Figures:
    began = time.monotonic()
    with box_of_1000() as box:
        started = time.monotonic() - began
        figures = measure(box.address, Process(box.pid("callproc")), calls, rate)
        return {"start_s": started, **figures}


def summary(runs: list[Figures]) -> dict[str, dict[str, float]]:
    """A figure that could not be told is left out: nan is no number."""
    told = {name for name, value in runs[0].items() if not math.isnan(value)}
    return {
        name: {
            "median": round(statistics.median(run[name] for run in runs), 3),
            "lowest": round(min(run[name] for run in runs), 3),
            "highest": round(max(run[name] for run in runs), 3),
        }
        for name in runs[0]
        if name in told
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="tests.bench", description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--calls", type=int, default=2000)
    parser.add_argument("--rate", type=int, default=400)
    parser.add_argument("--peer", default="")
    options = parser.parse_args()
    own, other = [], []
    for _ in range(options.runs):
        own.append(ours(options.calls, options.rate))
        if options.peer:
            other.append(measure(options.peer, Process(None), options.calls, options.rate))
    result: dict[str, object] = {"load": list(Path("/proc/loadavg").read_text().split()[:3])}
    result["box"] = box = summary(own)
    if other:
        result["peer"] = peer = summary(other)
        result["ratio"] = {
            name: round(peer[name]["median"] / box[name]["median"], 2)
            for name in peer
            if box[name]["median"]
        }
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
