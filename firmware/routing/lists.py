"""Black and white lists: who may call whom (BWL).

The pattern language is that of outbound routes (RTO-04): X is 0-9, Z is 1-9, N is 2-9, [15-7] is
one of a set, a final `.` one or more further digits.  A rule matches by its leading digits
(BWL-04); several are apart by `|`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from firmware.core.record import Step
from firmware.core.userstate import UserState

SETS = {"X": "[0-9]", "x": "[0-9]", "Z": "[1-9]", "z": "[1-9]", "N": "[2-9]", "n": "[2-9]"}
TOKEN = re.compile(r"\[[0-9-]+\]|[XZNxzn]|[0-9*#+]|\.$")

Direction = Literal["in", "out"]


@lru_cache(maxsize=4096)
def pattern(rule: str) -> re.Pattern[str] | None:
    """The rule as a regular expression for the beginning of a number; None: nobody can read it."""
    expression, rest = "", rule.strip()
    while rest:
        token = TOKEN.match(rest)
        if token is None:
            return None
        expression += _expression(token[0])
        rest = rest[token.end() :]
    try:
        return re.compile(expression) if expression else None
    except re.error:  # a set like [9-0]
        return None


def _expression(token: str) -> str:
    if token == ".":
        return "[0-9*#+]+"
    return SETS.get(token) or (token if token.startswith("[") else re.escape(token))


def matches(rules: str, number: str) -> bool:
    """Does any of these rules, apart by `|`, fit the number?"""
    return any((known := pattern(rule)) and known.match(number) for rule in rules.split("|"))


def listed(state: UserState, extension: str, direction: Direction, number: str) -> Step | None:
    """What the extension's own lists say about this number; white goes before black (BWL-02)."""
    lists = state.lists.get(extension)
    for colour in ("white", "black"):
        for rule in lists.rules if lists else ():
            fits = rule.list == colour and rule.direction == direction
            if number and fits and matches(rule.numbers, number):
                verdict: Literal["passed", "refused"] = "passed" if colour == "white" else "refused"
                return Step(f"{colour}-list", verdict, f"lists.{extension}", rule.numbers)
    return None


def blocked(state: UserState, number: str) -> Step | None:
    """The black list of the whole box (BWL-06)."""
    entry = state.blocked.get(number) if number else None
    if entry is None:
        return None
    return Step("blocked", "refused", f"blocked.{number}", entry.by or entry.source)
