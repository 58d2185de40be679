"""`resolve`: who is meant by these digits, and the trail of the rules that said so.

All rules are asked in order.  While more digits could still change the outcome and no `#` has been
dialed, the answer is `NeedMore`; afterwards the first rule with an outcome has decided, and
`arrival` says what becomes of it.  The trail names every rule that took part: the one that decided,
what classes, lists and forwards made of it, and the rules that lost.

Pure and complete: live calls, dry run and the emergency proof call this very function.
"""

from __future__ import annotations

from firmware.core.decision import Caller, NeedMore, Resolution
from firmware.core.record import Step
from firmware.core.site import Site
from firmware.core.userstate import UserState
from firmware.routing import codes
from firmware.routing.arrival import arrive, typed, unknown
from firmware.routing.numbering import Asked, Match
from firmware.routing.rules import FROM_OUTSIDE, INSIDE
from firmware.routing.way import Way


def resolve(site: Site, state: UserState, caller: Caller, digits: str, at: int) -> Resolution:
    """`at` (UTC ms) is the moment that time rules go by."""
    asked = Asked(site, state, caller, at)
    if caller.context != "dial":
        return codes.in_call(asked, digits)
    number, finished = digits.rstrip("#"), digits.endswith("#")
    rules = FROM_OUTSIDE if caller.outside else INSIDE
    matches = [match for rule in rules if (match := rule(asked, number))]
    if not finished and any(match.more for match in matches):
        return Resolution(NeedMore(any(match.dial_tone for match in matches)), ())
    decided = next((match for match in matches if match.outcome), None)
    if decided is None:
        return unknown(number)
    way = Way("incoming" if caller.outside else "internal", number, caller.number)
    came = arrive(asked, decided, typed(decided, way))
    return Resolution(came.decision, (*came.trail, *_losers(matches, decided)))


def _losers(matches: list[Match], decided: Match) -> tuple[Step, ...]:
    return tuple(
        Step(match.rule, "passed", match.subject, match.detail)
        for match in matches
        if match.outcome and match is not decided
    )
