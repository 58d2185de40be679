"""Code plans: which digits ask for which row of the catalogue, and where two things want the same.

A row of the catalogue has one cell per plan: its codes, apart by spaces, `41-49` for all from 41 to
49, empty where the plan has none.  Plan `Custom` has the administrator's own cells and starts as a
copy of the plan before (`own`); a row that it does not name has its CooVox cell.  `fold` makes the
site's codes from the active plan; `clashes` says what must be refused (equal numbers) and what only
needs a word of warning (one begins the other: the longer wins, FCR-06).  Pure; the form that
refuses and the pages that warn call the same function.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, Literal, get_args

import msgspec

from firmware.core.feature import Feature
from firmware.core.site import Code, Context, Site, Takes

Plan = Literal["CooVox", "CC", "Exchange", "Custom"]
PLANS: Final[tuple[Plan, ...]] = ("CooVox", "CC", "Exchange", "Custom")
NOT_FITTED: Final = "not-fitted"  # the feature that says so

CODE = re.compile(r"[0-9*#]{1,8}")
SPAN = re.compile(r"([0-9]{1,4})-([0-9]{1,4})")
SPAN_LIMIT = 100
CONTEXTS: Final[tuple[Context, ...]] = get_args(Context)


class Row(msgspec.Struct, frozen=True):
    """One line of the catalogue.

    `cells`: CooVox, CC, Exchange.  `stands_for`: what codes without an argument hand to their
    feature: nothing, their own digits (a slot), or their place in the cell (the second last mark).
    """

    id: str
    cells: tuple[str, str, str]
    takes: Takes
    en: str
    zh: str
    feature: Feature | None = None  # None: not built yet
    context: Context = "dial"
    stands_for: Literal["", "digits", "place"] = ""
    attendant: bool = False
    rule: str = ""  # the rule of the resolver that uses these digits, instead of a feature

    @property
    def fitted(self) -> bool:
        return self.feature is not None or bool(self.rule)


class Chosen(msgspec.Struct, frozen=True):
    """The plan of a site, as far as people are told about it."""

    site: str  # its name
    plan: str
    changed: dict[str, str] = {}  # plan Custom: row -> cell
    prefixes: tuple[str, ...] = ()  # of the ways out: a matter of routes, not of plans (RTO-05)


def chosen(site: Site) -> Chosen:
    prefixes = tuple(dict.fromkeys(route.prefix for route in site.routes))
    return Chosen(site.name, site.plan, site.changed_codes, prefixes)


class Clash(msgspec.Struct, frozen=True):
    """`one` and `other` want the same digits: a row ("FC-27"), an object ("extensions.801")."""

    weight: Literal["refused", "warning"]
    digits: str
    one: str
    other: str
    en: str
    zh: str


def cell(row: Row, plan: str, changed: Mapping[str, str]) -> str:
    if plan == "Custom":
        return changed.get(row.id, row.cells[0])
    return row.cells[PLANS.index(plan)] if plan in PLANS else row.cells[0]


def own(rows: Iterable[Row], site: Site, before: Site | None) -> Site:
    """FCR-01: plan Custom starts as a copy of the plan that was active before.

    Every row is written out, so that the plan stays what it is whatever it came from.
    """
    if site.plan != "Custom":
        return site
    plan, changed = (before.plan, before.changed_codes) if before else ("CooVox", {})
    cells = {row.id: cell(row, plan, changed) for row in rows}
    return msgspec.structs.replace(site, changed_codes=cells | site.changed_codes)


def expand(text: str) -> list[str] | None:
    """The codes of a cell; None if it is not one."""
    codes: list[str] = []
    for word in text.split():
        if span := SPAN.fullmatch(word):
            first, last = span[1], span[2]
            count = int(last) - int(first) + 1
            if len(first) != len(last) or not 1 <= count <= SPAN_LIMIT:
                return None
            codes += [str(int(first) + step).zfill(len(first)) for step in range(count)]
        elif CODE.fullmatch(word):
            codes.append(word)
        else:
            return None
    return codes


def fold(rows: Iterable[Row], plan: str, changed: Mapping[str, str]) -> tuple[Code, ...]:
    """The codes of the plan; a cell that nobody can read has none."""
    return tuple(code for row in rows for code in _codes(row, cell(row, plan, changed)))


def _codes(row: Row, text: str) -> Iterator[Code]:
    for place, digits in enumerate(expand(text) or (), 1):
        argument = {"": "", "digits": digits, "place": str(place)}[row.stands_for]
        feature = row.feature.name if row.feature else row.rule
        if not feature:
            feature, argument = NOT_FITTED, row.id
        yield Code(
            digits,
            feature,
            row.id,
            row.context,
            row.takes,
            argument,
            row.attendant,
            bool(row.rule),
        )


def clashes(codes: Iterable[Code], numbers: Mapping[str, str]) -> list[Clash]:
    """FCR-03: everything that one can dial, against everything else of the same context.

    `numbers`: digits -> what has them ("extensions.101", "routes.Outside").
    """
    codes = tuple(codes)
    found: list[Clash] = []
    for context in CONTEXTS:
        wanted = [(code.digits, _name(code)) for code in codes if code.context == context]
        if context == "dial":
            wanted += numbers.items()
        found += _equal(wanted)
        found += _beginning(wanted)
    return found


def _equal(wanted: list[tuple[str, str]]) -> Iterator[Clash]:
    first: dict[str, str] = {}
    for digits, owner in wanted:
        other = first.setdefault(digits, owner)
        if other != owner:
            yield _same(digits, other, owner)


def _beginning(wanted: list[tuple[str, str]]) -> Iterator[Clash]:
    owners = dict(wanted)
    for digits, owner in owners.items():
        for length in range(1, len(digits)):
            start = digits[:length]
            if start in owners and start != "*":  # a lone star begins every code, on purpose
                yield _begins(start, owners[start], digits, owner)


def speed_clash(codes: Iterable[Code], short: str) -> Clash | None:
    """FCX-05: a speed dial must not equal, begin or hide behind a star code."""
    codes = tuple(codes)
    for star in (code.digits for code in codes if code.rule and code.feature == "speed"):
        dialed, owner = star + short, f"speed_dials.{short}"
        for code in codes:
            if code.context != "dial" or code.rule:
                continue
            if code.digits.startswith(dialed):
                return _same(dialed, _name(code), owner)
            if code.takes and dialed.startswith(code.digits):
                return _same(dialed, _name(code), owner)
    return None


def _name(code: Code) -> str:
    return code.row or code.feature


def _same(digits: str, one: str, other: str) -> Clash:
    en = f"{digits} would be both {one} and {other}: change one of them"
    zh = f"{digits} 同时被 {one} 和 {other} 占用：请更改其中之一"
    return Clash("refused", digits, one, other, en, zh)


def _begins(digits: str, one: str, longer: str, other: str) -> Clash:
    en = (
        f"{digits} ({one}) begins {longer} ({other}): "
        f"after {digits} the box waits for # or the time between digits"
    )
    zh = f"{digits}（{one}）是 {longer}（{other}）的开头：拨 {digits} 后须按 # 或等待位间时间"
    return Clash("warning", digits, one, other, en, zh)
