"""The rules, in the order in which they decide.  One function each, pure, a few lines.

A rule gets the site, the caller and the digits without the final `#`, and says what it would do
(`Match`), or None when the digits are none of its business.  The order of `RULES` is the
precedence: emergency is first and nothing can switch it off.
"""

from __future__ import annotations

from collections.abc import Callable

from firmware.core import causes
from firmware.core.decision import Caller, Dial, Reject, RunFeature, ToExtension, ToLines
from firmware.core.site import OutboundRoute, Site
from firmware.routing.numbering import Match, begins_one_of, fit, fits_a_line

Rule = Callable[[Site, Caller, str], Match | None]


def emergency(site: Site, _: Caller, digits: str) -> Match | None:
    """110, with or without the outside prefix, from any phone, on any line."""
    lines = tuple(site.lines)
    prefixes = {"", *(route.prefix for route in site.routes)}
    dialable = {prefix + number: number for prefix in prefixes for number in site.emergency}
    more = begins_one_of(digits, dialable)
    number = dialable.get(digits)
    if number is None:
        return Match("emergency", "emergency", more=True) if more else None
    to = ToLines(lines, number)
    return Match("emergency", "emergency", Dial("outgoing", number, to, emergency=True), more)


def feature_code(site: Site, _: Caller, digits: str) -> Match | None:
    more = begins_one_of(digits, (code.digits for code in site.codes))
    for code in site.codes:
        if fit(digits, code.digits) == "complete":
            return Match("code", f"codes.{code.digits}", RunFeature(code.feature, ""), more)
    return Match("code", "codes", more=True) if more else None


def extension(site: Site, caller: Caller, digits: str) -> Match | None:
    more = begins_one_of(digits, site.extensions)
    if digits in site.extensions:
        kind: Dial | Reject = Dial("internal", digits, ToExtension(digits))
        if digits == caller.number:
            kind = Reject(causes.BUSY)
        return Match("extension", f"extensions.{digits}", kind, more)
    return Match("extension", "extensions", more=True) if more else None


def attendant(site: Site, _: Caller, digits: str) -> Match | None:
    """FC-50: `0` rings the attendant."""
    if digits != "0" or site.attendant not in site.extensions:
        return None
    return Match(
        "attendant", "site.attendant", Dial("internal", digits, ToExtension(site.attendant))
    )


def outside(site: Site, _: Caller, digits: str) -> Match | None:
    """The longest prefix wins; outside numbers have no known length, so more may always come."""
    routes = [route for route in site.routes if digits.startswith(route.prefix)]
    if routes:
        return _by_route(site, max(routes, key=lambda route: len(route.prefix)), digits)
    if begins_one_of(digits, (route.prefix for route in site.routes)):
        return Match("outside", "routes", more=True)
    return None


def _by_route(site: Site, route: OutboundRoute, digits: str) -> Match | None:
    number = digits.removeprefix(route.prefix)
    subject = f"routes.{route.name}"
    if not fits_a_line(number):
        return Match("outside", subject, Reject(causes.NO_SUCH_NUMBER), detail=number)
    if number in site.emergency:
        return None  # an emergency call does not wait for digits that may follow
    if not number:
        return Match("outside", subject, more=True, dial_tone=True)
    dial = Dial("outgoing", number, ToLines(route.lines, number))
    return Match("outside", subject, dial, more=True, detail=route.prefix)


def incoming(site: Site, caller: Caller, _: str) -> Match | None:
    """RTI-07: an outside line without a route of its own rings the attendant."""
    if not caller.outside:
        return None
    subject = f"lines.{caller.line}"
    if site.attendant not in site.extensions:
        return Match("incoming", subject, Reject(causes.UNREACHABLE))
    called = site.lines[caller.line].number if caller.line in site.lines else ""
    dial = Dial("incoming", called, ToExtension(site.attendant))
    return Match("incoming", subject, dial, detail=site.attendant)


INSIDE: tuple[Rule, ...] = (emergency, feature_code, extension, attendant, outside)
FROM_OUTSIDE: tuple[Rule, ...] = (incoming,)
