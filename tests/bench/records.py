"""What a page of call records costs: `python -m tests.bench.records --calls 1000000`.

Makes a past of that many calls (kept with `--file`, used again if it is there), asks for pages with
random filters in random orders, the first page and one after it, as the lists of the web pages do,
and prints one JSON object: server milliseconds per page, median, 99th percentile and worst, by the
clock and of the processor (what others on the machine do not change), the count beside the list,
and the dearest question.  The file is in the system's cache; `--cold` drops
it from there before every question.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import msgspec

from firmware.store.calls import Calls
from firmware.store.calls_filter import ORDERS
from firmware.store.calls_page import Pages
from tests.store import million
from tests.store.test_calls_page import some_filter

PAGE = 50


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=1_000_000)
    parser.add_argument("--questions", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--file", type=Path)
    parser.add_argument("--cold", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = options.file or Path(folder, "calls.db")
        if not path.exists():
            million.fill(path, options.calls)
        print(json.dumps(sweep(path, options), ensure_ascii=False, indent=2))


def sweep(path: Path, options: argparse.Namespace) -> dict[str, Any]:
    calls, chance = Calls(path), random.Random(options.seed)
    pages, prices, counts = Pages(calls.database), list[float](), list[float]()
    work = list[float]()
    dearest: tuple[float, str] = (0.0, "")
    for _ in range(options.questions):
        only, order, down = some_filter(chance), chance.choice(ORDERS), chance.random() < 0.6
        cursor = None
        for _ in range(2):
            if options.cold:
                forget(path)
            began, worked = time.perf_counter(), time.thread_time()
            page = pages.page(only, PAGE, order, down, cursor)
            calls.records(page.ids)
            work.append(1000 * (time.thread_time() - worked))
            prices.append(1000 * (time.perf_counter() - began))
            question = f"{order} {'down' if down else 'up'} {msgspec.structs.asdict(only)}"
            dearest = max(dearest, (work[-1], question[:400]))
            cursor = page.cursor
            if cursor is None:
                break
        began = time.perf_counter()
        pages.count(only)
        counts.append(1000 * (time.perf_counter() - began))
    return {
        "calls": calls.count(),
        "megabytes": calls.bytes_used() // 1_000_000,
        "page_ms": spread(prices),
        "page_cpu_ms": spread(work),
        "count_ms": spread(counts),
        "dearest": dearest[1],
    }


def forget(path: Path) -> None:
    """Drop the file from the system's cache."""
    descriptor = os.open(path, os.O_RDONLY)
    os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(descriptor)


def spread(prices: list[float]) -> dict[str, float]:
    ordered = sorted(prices)
    return {
        "pages": len(ordered),
        "median": round(statistics.median(ordered), 2),
        "p99": round(ordered[int(len(ordered) * 0.99)], 2),
        "worst": round(ordered[-1], 2),
    }


if __name__ == "__main__":
    main()
