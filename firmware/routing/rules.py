"""The rules, in the order in which they decide.  One function each, pure, a few lines.

A rule gets the question and the digits without the final `#`, and says what it would do (`Match`),
or None when the digits are none of its business.  The order of `INSIDE` is the precedence:
emergency is first and nothing can switch it off.  What forwards, lists and classes make of the
winner is decided afterwards, in `arrival.py`.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from firmware.core import causes
from firmware.core.decision import (
    Dial,
    Reject,
    Resolution,
    ToExtension,
    ToGroup,
    ToLines,
    ToTrunk,
)
from firmware.core.record import Step
from firmware.core.site import OutboundRoute, Site
from firmware.routing.clock import day_or_night
from firmware.routing.codes import feature_code
from firmware.routing.numbering import Asked, Instead, Match, begins_one_of, fits_a_line

Rule = Callable[[Asked, str], Match | None]
TRUNK_PATIENCE_MS = 10_000  # for a trunk that does not even say that it rings for help


def emergency(asked: Asked, digits: str) -> Match | None:
    """110, with or without the outside prefix, from any phone, on any line."""
    numbers = asked.directory.emergency
    more = numbers.begins(digits)
    number = numbers.get(digits)
    if number is None:
        return Match("emergency", "emergency", more=True) if more else None
    return Match("emergency", "emergency", _for_help(asked.site, number), more)


def _for_help(site: Site, number: str) -> Dial:
    """A free line, which works without the network; else each trunk; else somebody's line."""
    lines = tuple(site.lines)
    dial = Dial("outgoing", number, ToLines(lines, number, take_over=True), emergency=True)
    ways = [Dial("outgoing", number, ToTrunk(trunk, number)) for trunk in site.trunks]
    if ways:
        ways.insert(0, Dial("outgoing", number, ToLines(lines, number)))
    for way in reversed(ways):
        trunk = isinstance(way.to, ToTrunk)
        dial = msgspec.structs.replace(
            way,
            emergency=True,
            ring_ms=TRUNK_PATIENCE_MS if trunk else 0,
            busy_as_no_answer=True,
            on_no_answer=Resolution(dial, (Step("emergency-next", "taken", "emergency"),)),
        )
    return dial


def extension(asked: Asked, digits: str) -> Match | None:
    extensions = asked.site.extensions
    more = digits in asked.site.beginnings
    if digits in extensions:
        kind: Dial | Reject = Dial("internal", digits, ToExtension(digits))
        if digits == asked.caller.number:
            kind = Reject(causes.BUSY)
        return Match("extension", f"extensions.{digits}", kind, more)
    return Match("extension", "extensions", more=True) if more else None


def department(asked: Asked, digits: str) -> Match | None:
    """DEP-01: the number of a department rings its members."""
    departments = asked.directory.departments
    more = departments.begins(digits)
    found = departments.get(digits)
    if found is None:
        return Match("department", "departments", more=True) if more else None
    subject = f"departments.{found.name}"
    to = ToGroup(subject, found.members, found.strategy)
    dial = Dial("internal", digits, to, ring_ms=found.ring_ms)
    return Match("department", subject, dial, more, detail=found.strategy)


def one_key(asked: Asked, digits: str) -> Match | None:
    """GRP-03: a single digit rings an extension group, where the group allows it."""
    for code in asked.directory.of_rule("group"):
        for group in asked.site.groups:
            if digits == code.digits and str(group.number) == code.argument and group.one_key:
                to = ToGroup(f"groups.{group.number}", group.members, group.strategy)
                dial = Dial("internal", digits, to, ring_ms=group.ring_ms)
                return Match("group", f"groups.{group.number}", dial, detail=group.strategy)
    return None


def attendant(asked: Asked, digits: str) -> Match | None:
    """FC-50: `0` rings the attendant."""
    dialed = any(code.digits == digits for code in asked.directory.of_rule("attendant"))
    return attendants(asked, digits) if dialed else None


def attendants(asked: Asked, called: str) -> Match | None:
    """ATT-09: by day the first position, by night the night's; `arrival` adds the second."""
    site, now = asked.site, day_or_night(asked.site, asked.state, asked.at)
    position = site.attendant
    if now == "night" and site.night_attendant in site.extensions:
        position = site.night_attendant
    if position not in site.extensions:
        return None
    dial = Dial("internal", called, ToExtension(position))
    return Match("attendant", f"extensions.{position}", dial, detail=now)


def speed_dial(asked: Asked, digits: str) -> Match | None:
    """SPD-01: the star and a short code; the user's own before those of the house."""
    for code in asked.directory.of_rule("speed"):
        if not code.digits or not digits.startswith(code.digits):
            continue
        short = digits[len(code.digits) :]
        own = asked.state.speed.get(asked.caller.number)
        house = asked.directory.speed_dials
        more = house.begins(short) or begins_one_of(short, own.numbers if own else ())
        if own and short in own.numbers:
            number, subject = Instead(own.numbers[short]), f"speed.{asked.caller.number}"
            return Match("speed", subject, number, more, detail=number.digits)
        entry = house.get(short)
        if entry:
            number = Instead(entry.number, unchecked=entry.always)
            return Match("speed", f"speed_dials.{short}", number, more, detail=number.digits)
        return Match("speed", "speed_dials", more=True) if more else None
    return None


def memory(asked: Asked, digits: str) -> Match | None:
    """Redial and call back: what this extension dialed last, or who called it last (FC-X2)."""
    last = asked.state.last.get(asked.caller.number)
    for code in (*asked.directory.of_rule("redial"), *asked.directory.of_rule("callback")):
        if digits != code.digits:
            continue
        number = ""
        if last:
            number = last.dialed if code.feature == "redial" else outside_number(asked, last.caller)
        subject = f"last.{asked.caller.number}"
        if not number:
            nobody = Reject(causes.NO_SUCH_NUMBER, ("no-number-kept",))
            return Match(code.feature, subject, nobody)
        return Match(code.feature, subject, Instead(number), detail=number)
    return None


def withheld(asked: Asked, digits: str) -> Match | None:
    """A call by which the caller does not want to be known: the code, then the number."""
    for code in asked.directory.of_rule("withheld"):
        number = digits.removeprefix(code.digits)
        if number != digits and number:
            instead = Instead(number, withheld=True)
            return Match("withheld", f"codes.{code.digits}", instead, more=True, detail=number)
        if number != digits:
            return Match("withheld", f"codes.{code.digits}", more=True)
    return None


def rule_codes(asked: Asked, digits: str) -> Match | None:
    """Digits that may still become the code of a rule."""
    begun = asked.directory.rule_codes.begins(digits)
    return Match("code", "codes", more=True) if begun else None


def outside(asked: Asked, digits: str) -> Match | None:
    """The longest prefix wins; outside numbers have no known length, so more may always come."""
    listing = asked.directory.routes
    routes = listing.within(digits)
    if routes:
        return _by_route(asked, routes[0], digits)
    if listing.begins(digits):
        return Match("outside", "routes", more=True)
    return None


def _by_route(asked: Asked, route: OutboundRoute, digits: str) -> Match | None:
    number = digits.removeprefix(route.prefix)
    subject = f"routes.{route.name}"
    if not fits_a_line(number):
        return Match("outside", subject, Reject(causes.NO_SUCH_NUMBER), detail=number)
    if number in asked.site.emergency:
        return None  # an emergency call does not wait for digits that may follow
    if not number:
        return Match("outside", subject, more=True, dial_tone=True)
    dial = Dial("outgoing", number, ToLines(route.lines, number))
    return Match("outside", subject, dial, more=True, detail=route.prefix)


def incoming(asked: Asked, _: str) -> Match | None:
    """RTI-07: an outside line without a route of its own rings the attendant."""
    site, caller = asked.site, asked.caller
    subject = f"lines.{caller.line}"
    found = attendants(asked, "")
    if found is None or not isinstance(found.outcome, Dial):
        return Match("incoming", subject, Reject(causes.UNREACHABLE))
    line = site.lines.get(caller.line) if caller.line is not None else None
    dial = Dial("incoming", line.number if line else "", found.outcome.to)
    return Match("incoming", subject, dial, detail=found.detail)


def outside_number(asked: Asked, number: str) -> str:
    """How an extension dials back somebody who called: from outside with the first prefix."""
    if not number or number in asked.site.extensions:
        return number
    prefix = asked.site.routes[0].prefix if asked.site.routes else ""
    return prefix + number if fits_a_line(number) else ""


INSIDE: tuple[Rule, ...] = (
    emergency,
    feature_code,
    memory,
    withheld,
    extension,
    department,
    one_key,
    attendant,
    speed_dial,
    rule_codes,
    outside,
)
FROM_OUTSIDE: tuple[Rule, ...] = (incoming,)
