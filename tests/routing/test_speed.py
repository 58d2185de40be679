"""A question must not cost more because the house is large.

What is counted is the interpreter's own steps, not time: the same on every machine, and one loop
over the extensions, the short codes or the departments shows at once.  `tests/bench/resolving.py`
measures the time.
"""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

import msgspec
import pytest

from firmware.core.decision import Caller
from firmware.core.site import Site
from firmware.core.userstate import UserState
from firmware.routing.resolve import resolve
from tests.bench.resolving import MOMENT, QUESTIONS, house

SMALL, LARGE = house(20), house(2000)
SLACK = 1.25  # a longer prefix may be looked up once more; a loop would be a hundredfold
FROM_OUTSIDE = Caller("13800001111", line=5)


def steps(site: Site, caller: Caller, digits: str) -> int:
    """How many instructions the resolver carries out for this question."""
    resolve(site, UserState(), caller, digits, MOMENT)  # the directory is made once per site
    count = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        frame.f_trace_opcodes = True
        count += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        resolve(site, UserState(), caller, digits, MOMENT)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("digits", QUESTIONS)
def test_a_large_house_is_asked_as_fast_as_a_small_one(digits: str) -> None:
    caller = Caller("1000")
    assert steps(LARGE, caller, digits) <= SLACK * steps(SMALL, caller, digits)


def test_a_call_from_outside_is_too() -> None:
    assert steps(LARGE, FROM_OUTSIDE, "") <= SLACK * steps(SMALL, FROM_OUTSIDE, "")


def test_a_key_in_a_call_is_too() -> None:
    caller = Caller("1000", context="call")
    assert steps(LARGE, caller, "*1") <= SLACK * steps(SMALL, caller, "*1")


def test_another_site_has_another_directory() -> None:
    """What was derived from a site does not outlive a change of it."""
    state, caller = UserState(), Caller("1000")
    assert resolve(SMALL, state, caller, "*71110#", MOMENT).trail[0].rule == "code"
    bare = msgspec.structs.replace(SMALL, codes=())
    assert resolve(bare, state, caller, "*71110#", MOMENT).trail[0].verdict == "refused"
