"""How long `resolve` takes, and what a house of 2,000 extensions adds to it.

    python -m tests.bench.resolving [EXTENSIONS ...]

A call from a SIP phone is one question with all its digits; a handset asks once per key.
"""

from __future__ import annotations

import sys
import time

import msgspec

from firmware.core.decision import Caller
from firmware.core.site import Department, Extension, Site, SpeedDial
from firmware.core.userstate import UserState
from firmware.features import catalog
from firmware.routing.resolve import resolve
from tests.sites import HOUSE

QUESTIONS = (
    *("", "1", "1010", "1010#", "110", "300", "71000#", "8", "0#", "9#", "983587106#"),
    *("*", "*71", "*711010#", "**1010#", "*004", "*004#", "*29#"),
)
MOMENT = 1_788_000_000_000


def house(extensions: int) -> Site:
    """As many extensions from 1000 on; departments, speed dials and routes in proportion."""
    numbers = [str(1000 + step) for step in range(extensions)]
    site = msgspec.structs.replace(
        HOUSE,
        extensions={number: Extension(number, number) for number in numbers}
        | {"110": Extension("110", "Reception", 1)},
        departments=tuple(
            Department(f"D{number}", f"7{number}", (number,)) for number in numbers[::20]
        ),
        speed_dials=tuple(
            SpeedDial(f"{number:03}", "983587106") for number in range(extensions // 2)
        ),
        attendant="110",
    )
    return msgspec.structs.replace(site, codes=catalog.codes(site))


def nanoseconds(site: Site, digits: str, rounds: int = 500) -> float:
    """The fastest of five runs: what the machine does beside us only makes it slower."""
    state, caller = UserState(), Caller("1000")
    resolve(site, state, caller, digits, MOMENT)  # what is derived from a site is derived now
    best = float("inf")
    for _ in range(5):
        begun = time.perf_counter_ns()
        for _ in range(rounds):
            resolve(site, state, caller, digits, MOMENT)
        best = min(best, (time.perf_counter_ns() - begun) / rounds)
    return best


def main() -> None:
    for count in [int(word) for word in sys.argv[1:]] or [20, 2000]:
        site = house(count)
        for digits in QUESTIONS:
            us = nanoseconds(site, digits) / 1000
            print(f"{count:6} extensions  {digits or '(nothing)':12} {us:8.1f} us")


if __name__ == "__main__":
    main()
