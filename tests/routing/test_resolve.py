"""The resolver, as a table: who dials what, and what it means.

Digits without a final `#` are those of a handset on the way; with it they are all there is.
"""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from firmware.core import causes
from firmware.core.decision import (
    Caller,
    Decision,
    Dial,
    NeedMore,
    Reject,
    RunFeature,
    ToExtension,
    ToLines,
)
from firmware.core.site import Code, Extension, OutboundRoute, OutsideLine, Site
from firmware.core.userstate import UserState
from firmware.routing.resolve import resolve
from tests.sites import SMALL

INSIDE = Caller("101")
NOON = 1_795_000_000_000


def decide(digits: str, site: Site = SMALL, caller: Caller = INSIDE) -> Decision:
    return resolve(site, UserState(), caller, digits, NOON).decision


def internal(number: str, called: str = "") -> Dial:
    return Dial("internal", called or number, ToExtension(number))


def outside(digits: str, *, emergency: bool = False) -> Dial:
    to = ToLines((5,), digits, take_over=emergency)
    return Dial("outgoing", digits, to, emergency=emergency)


NO_NUMBER = Reject(causes.NO_SUCH_NUMBER, ("no-such-number",))
NO_CODE = Reject(causes.NO_SUCH_NUMBER, ("bad-code",))

TABLE: list[tuple[str, Any]] = [
    ("1", NeedMore()),
    ("10", NeedMore()),
    ("102", internal("102")),
    ("102#", internal("102")),
    ("101", Reject(causes.BUSY)),  # nobody calls himself
    ("2", NeedMore()),
    ("201", internal("201")),
    ("0", internal("101", "0")),
    ("5", NO_NUMBER),
    ("103", NO_NUMBER),
    ("10#", NO_NUMBER),
    ("#", NO_NUMBER),
    ("9", NeedMore(dial_tone=True)),
    ("98", NeedMore()),
    ("983587106", NeedMore()),  # an outside number has no known length
    ("983587106#", outside("83587106")),
    ("9#", NO_NUMBER),
    ("*", NeedMore()),
    ("*23", RunFeature("echo", "")),
    ("*23#", RunFeature("echo", "")),
    ("*29", NO_CODE),
    ("11", NeedMore()),
    ("110", outside("110", emergency=True)),
    ("119#", outside("119", emergency=True)),
    ("9110", outside("110", emergency=True)),
    ("9122#", outside("122", emergency=True)),
]


@pytest.mark.req("FCR-05", "FC-44")
@pytest.mark.parametrize(("digits", "expected"), TABLE, ids=[digits for digits, _ in TABLE])
def test_digits_mean(digits: str, expected: Decision) -> None:
    assert decide(digits) == expected


@pytest.mark.req("FCR-06")
def test_longest_match_waits_and_the_complete_number_wins() -> None:
    """988 is an extension, 9 an outside prefix: 988 alone is the extension, 9881 is outside."""
    extensions = {**SMALL.extensions, "988": Extension("988", "Night desk", 3)}
    site = msgspec.structs.replace(SMALL, extensions=extensions)
    assert decide("98", site) == NeedMore()
    assert decide("988", site) == NeedMore()
    assert decide("988#", site) == internal("988")
    assert decide("9881#", site) == outside("881")


@pytest.mark.req("FCR-06", "FCR-07")
def test_the_longest_code_wins_over_one_with_a_parameter() -> None:
    """A plan of one's own: forward always is *7 and a number, DND is *74."""
    codes = (Code("*7", "forward", takes="number"), Code("*74", "dnd"))
    for order in (codes, codes[::-1]):
        site = msgspec.structs.replace(SMALL, codes=order)
        assert decide("*74", site) == NeedMore()
        assert decide("*74#", site) == RunFeature("dnd", "")
        assert decide("*741#", site) == RunFeature("forward", "41")


def test_emergency_waits_only_for_a_longer_inside_number() -> None:
    extensions = {**SMALL.extensions, "1101": Extension("1101", "Kitchen", 3)}
    site = msgspec.structs.replace(SMALL, extensions=extensions)
    assert decide("110", site) == NeedMore()
    assert decide("110#", site) == outside("110", emergency=True)
    assert decide("1101", site) == internal("1101")


def test_emergency_uses_every_line_whatever_the_routes_say() -> None:
    lines = {5: OutsideLine(5), 6: OutsideLine(6)}
    site = msgspec.structs.replace(SMALL, lines=lines, routes=())
    any_line = ToLines((5, 6), "110", take_over=True)
    assert decide("110", site) == Dial("outgoing", "110", any_line, emergency=True)


def test_the_longest_prefix_chooses_the_route() -> None:
    routes = (OutboundRoute("all", "9", (5,)), OutboundRoute("far", "988", (6,)))
    site = msgspec.structs.replace(SMALL, routes=routes)
    assert decide("9881234#", site) == Dial("outgoing", "1234", ToLines((6,), "1234"))
    assert decide("981234#", site) == Dial("outgoing", "81234", ToLines((5,), "81234"))


def test_an_outside_line_reaches_the_attendant_and_nothing_else() -> None:
    caller = Caller("13800001111", 5)
    expected = Dial("incoming", "83587106", ToExtension("101"))
    for digits in ("#", "9110#", "201#"):
        assert decide(digits, caller=caller) == expected
    nobody = msgspec.structs.replace(SMALL, attendant="")
    assert decide("#", nobody, caller) == Reject(causes.UNREACHABLE)


def test_the_trail_names_the_winner_and_the_losers() -> None:
    extensions = {**SMALL.extensions, "988": Extension("988", "Night desk", 3)}
    site = msgspec.structs.replace(SMALL, extensions=extensions)
    steps = resolve(site, UserState(), INSIDE, "988#", NOON).trail
    assert [(step.rule, step.verdict, step.subject) for step in steps] == [
        ("extension", "taken", "extensions.988"),
        ("outside", "passed", "routes.Outside"),
    ]
    refused = resolve(site, UserState(), INSIDE, "5#", NOON).trail
    assert [(step.rule, step.verdict) for step in refused] == [("number", "refused")]


def test_a_decision_never_comes_without_a_trail() -> None:
    for digits, expected in TABLE:
        trail = resolve(SMALL, UserState(), INSIDE, digits, NOON).trail
        assert bool(trail) != isinstance(expected, NeedMore)
