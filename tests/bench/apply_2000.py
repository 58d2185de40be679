"""One change to a house of 2,000 SIP extensions: what sysd and callproc need for it.

    python -m tests.bench.apply_2000

prints one JSON of milliseconds, the median of seven runs.  `sysd` is everything from the text to
the file in force; `callproc` is reading and comparing that file, while no call is handled.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from firmware.api.noticeboard import Notices
from firmware.features import catalog
from firmware.store import applied
from firmware.store.settings import Config
from firmware.sysd.configuration import Configuration
from tests.store.samples import GROUND, SMALL

MANY = '\n[[extension]]\nnumber = "20000"\ncount = 2000\npassword = "(new)"\n'


def measure(deed: Callable[[int], object], times: int = 7) -> float:
    spans = []
    for number in range(times):
        began = time.perf_counter()
        deed(number)
        spans.append((time.perf_counter() - began) * 1000)
    return round(statistics.median(spans), 1)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder)
        notices = Notices(lambda _: None)
        configuration = Configuration(state, GROUND.ports, notices, catalog.clashes)
        configuration.settle(SMALL + MANY, None)
        text = configuration.text(0) or ""

        def apply(number: int) -> None:
            config = configuration.read(text.replace("Workshop", f"Number {number}"))
            assert isinstance(config, Config)
            configuration.apply(config, "bench", "")

        before = applied.read_current(state / "applied")
        figures = {
            "extensions": len(before.site.extensions),
            "sysd_ms": measure(apply),
            "callproc_ms": measure(lambda _: applied.read_current(state / "applied") == before),
        }
        print(json.dumps(figures))


if __name__ == "__main__":
    main()
