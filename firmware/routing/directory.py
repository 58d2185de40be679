"""The directory of a site: what can be dialed there, found by its first digits.

A question costs as many look-ups as it has digits, however many extensions, short codes and
departments the house has.  Derived from the site at the first question and kept with it; a changed
configuration is another site, so nothing here is ever brought up to date.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, TypeVar, get_args

from firmware.core.site import Code, Context, Department, OutboundRoute, Site, SpeedDial

Entry = TypeVar("Entry")


class Listing(Generic[Entry]):
    """Digits and what they stand for; of two with the same digits the first counts."""

    def __init__(self, entries: Iterable[tuple[str, Entry]]) -> None:
        self._entries: dict[str, Entry] = {}
        for digits, entry in entries:
            self._entries.setdefault(digits, entry)
        self._beginnings = frozenset(
            digits[:end] for digits in self._entries for end in range(len(digits))
        )
        self._longest = max(map(len, self._entries), default=0)

    def get(self, digits: str) -> Entry | None:
        return self._entries.get(digits)

    def begins(self, digits: str) -> bool:
        """Could these digits still become one of the listed?"""
        return digits in self._beginnings

    def within(self, digits: str) -> list[Entry]:
        """All that these digits begin with, the longest first."""
        ends = range(min(len(digits), self._longest), -1, -1)
        return [self._entries[digits[:end]] for end in ends if digits[:end] in self._entries]


class Directory:
    """All listings of one site."""

    def __init__(self, site: Site) -> None:
        prefixes = ("", *(route.prefix for route in site.routes))
        self.emergency: Listing[str] = Listing(
            (prefix + number, number) for prefix in prefixes for number in site.emergency
        )
        self.departments: Listing[Department] = Listing(
            (entry.number, entry) for entry in site.departments if entry.number
        )
        self.departments_by_name = {entry.name: entry for entry in site.departments}
        self.speed_dials: Listing[SpeedDial] = Listing(
            (entry.code, entry) for entry in site.speed_dials
        )
        self.routes: Listing[OutboundRoute] = Listing(
            (route.prefix, route) for route in site.routes
        )
        dialed = [code for code in site.codes if code.context == "dial"]
        rules = [code for code in dialed if code.rule]
        self.codes = _listed(code for code in dialed if not code.rule)
        self.rule_codes = _listed(rules)
        self._by_rule = {
            code.feature: tuple(other for other in rules if other.feature == code.feature)
            for code in rules
        }
        self.in_call: dict[Context, Listing[Code]] = {
            context: _listed(code for code in site.codes if code.context == context)
            for context in get_args(Context)
        }

    def of_rule(self, feature: str) -> tuple[Code, ...]:
        """The codes that a rule of the resolver goes by."""
        return self._by_rule.get(feature, ())


def directory(site: Site) -> Directory:
    kept: Directory | None = vars(site).get("directory")
    if kept is None:
        kept = vars(site)["directory"] = Directory(site)
    return kept


def _listed(codes: Iterable[Code]) -> Listing[Code]:
    return Listing((code.digits, code) for code in codes)
