"""`resolve`: who is meant by these digits, and the trail of the rules that said so.

All rules are asked in order.  While more digits could still change the outcome and no `#` has been
dialed, the answer is `NeedMore`; afterwards the first rule with an outcome has decided.  The trail
names every rule that took part: the one that decided, and those that lost to it.

Pure and complete: live calls, dry run and the emergency proof call this very function.
"""

from __future__ import annotations

from typing import Literal

from firmware.core import causes
from firmware.core.decision import Caller, NeedMore, Reject, Resolution
from firmware.core.record import Step
from firmware.core.site import Site
from firmware.core.userstate import UserState
from firmware.routing.numbering import Match
from firmware.routing.rules import FROM_OUTSIDE, INSIDE


def resolve(site: Site, state: UserState, caller: Caller, digits: str, at: int) -> Resolution:
    """`at` (UTC ms) is the moment that time rules go by."""
    del at, state  # no time rule yet: part of the contract so that callers never forget it
    number, finished = digits.rstrip("#"), digits.endswith("#")
    rules = FROM_OUTSIDE if caller.outside else INSIDE
    matches = [match for rule in rules if (match := rule(site, caller, number))]
    if not finished and any(match.more for match in matches):
        return Resolution(NeedMore(any(match.dial_tone for match in matches)), ())
    decided = next((match for match in matches if match.outcome), None)
    if decided is None or decided.outcome is None:
        step = Step("number", "refused", "", number)
        return Resolution(Reject(causes.NO_SUCH_NUMBER), (step,))
    return Resolution(decided.outcome, _trail(matches, decided))


def _trail(matches: list[Match], decided: Match) -> tuple[Step, ...]:
    return tuple(_step(match, match is decided) for match in matches if match.outcome)


def _step(match: Match, decides: bool) -> Step:
    if not decides:
        return Step(match.rule, "passed", match.subject, match.detail)
    verdict: Literal["taken", "refused"] = "taken"
    if isinstance(match.outcome, Reject):
        verdict = "refused"
    return Step(match.rule, verdict, match.subject, match.detail)
