"""What must hold between the parts of a configuration: one small function per rule.

Each function yields its mistakes; `RULES` is read from top to bottom.  By now every single value
has its right form (`form.py`).  The first two rules come from the declarations alone; the others
speak of telephony.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal

import msgspec

from firmware.core.plans import Clash
from firmware.core.site import Site
from firmware.store import countries
from firmware.store.form import KEPT, MAKE, Part, sections
from firmware.store.mistakes import Mistake
from firmware.store.places import Places
from firmware.store.secret_forms import strong
from firmware.store.secrets import SecretId
from firmware.store.settings import Config, entries, secret_of, table
from firmware.store.values import Leaf, named_keys, references
from firmware.store.zones import exists

Clashes = Callable[[Site], Sequence[Clash]]


Completion = Callable[[Site], Site]


def as_written(site: Site) -> Site:
    return site


def no_clashes(_: Site) -> Sequence[Clash]:
    return ()


class Ground(msgspec.Struct, frozen=True):
    """What a configuration stands on."""

    ports: Mapping[int, Literal["fxs", "fxo"]]
    kept: frozenset[SecretId] = frozenset()  # secrets that are stored
    clashes: Clashes = no_clashes  # of feature codes; the catalogue of them is not ours to know
    complete: Completion = as_written  # what a change brings with it (a plan of one's own)


CONSOLE_CLASSES = ("international", "national", "local", "internal")
TWO_DIGITS = re.compile(r"[1-6][1-4]")


class Found(msgspec.Struct, frozen=True):
    """A mistake before it knows its line.  `entry` is empty in a table."""

    section: str
    entry: str
    key: str
    code: str
    details: tuple[str, ...] = ()


Rule = Callable[[Config, Ground], Iterator[Found]]


def check(config: Config, ground: Ground, places: Places) -> list[Mistake]:
    mistakes = [
        Mistake(
            places.line(found.section, places.index(found.section, found.entry), found.key),
            f"{found.section} {found.entry}".rstrip(),
            found.code,
            found.details,
        )
        for rule in RULES
        for found in rule(config, ground)
    ]
    return sorted(mistakes, key=lambda mistake: mistake.line)


def _all(config: Config) -> Iterator[tuple[Part, str, Any]]:
    """Every table and entry, with its name."""
    for part in sections().values():
        if part.table:
            yield part, "", table(config.site, part)
        else:
            for name, entry in entries(config.site, part).items():
                yield part, name, entry


def taken_numbers(config: Config) -> set[str]:
    """Everything that can be dialed inside, and so can be no new extension's number."""
    return {
        str(value)
        for part, _, entry in _all(config)
        for _, pool, value in named_keys(part.record, entry)
        if pool == "number"
    }


def references_exist(config: Config, ground: Ground) -> Iterator[Found]:
    """What a key names is there: an extension, an outside line, a port of the right kind."""
    known = {
        part.name: entries(config.site, part).keys()
        for part in sections().values()
        if not part.table
    }
    for part, name, entry in _all(config):
        for leaf in references(part.record, entry):
            if leaf.refers in ("fxs", "fxo"):
                yield from _port(part.name, name, leaf, ground)
            elif str(leaf.value) not in known[leaf.refers]:
                details = (leaf.refers, str(leaf.value), listed(known[leaf.refers]))
                yield Found(part.name, name, leaf.key, "not-there", details)


def pools_are_unique(config: Config, _: Ground) -> Iterator[Found]:
    """Numbers are unique in the whole plan (EXT-07), as are ports and prefixes."""
    first: dict[tuple[str, object], str] = {}
    for part, name, entry in _all(config):
        for key, pool, value in named_keys(part.record, entry):
            place = f"{part.name} {name}"
            if (pool, value) in first:
                yield Found(part.name, name, key, "twice", (key, str(value), first[pool, value]))
            first.setdefault((pool, value), place)


def secrets_are_known(config: Config, ground: Ground) -> Iterator[Found]:
    for identity, value in config.secrets.items():
        section, entry, key = identity
        if value == KEPT and identity not in ground.kept:
            yield Found(section, entry, key, "nothing-kept", (entry,))
        elif value == MAKE and secret_of(identity).kind != "hashed":
            yield Found(section, entry, key, "cannot-make", (key,))


def known_country(config: Config, _: Ground) -> Iterator[Found]:
    if config.site.country not in countries.names():
        known = ", ".join(countries.names())
        yield Found("site", "", "country", "no-country", (config.site.country, known))


def known_zone(config: Config, _: Ground) -> Iterator[Found]:
    if config.site.zone_name and not exists(config.site.zone_name):
        yield Found("site", "", "zone", "no-zone", (config.site.zone_name,))


def no_emergency_numbers(config: Config, _: Ground) -> Iterator[Found]:
    """FCX-12: nobody may shadow, or be shadowed by, an emergency number."""
    emergency = set(config.site.emergency)
    behind = {
        route.prefix + number: (number, route.prefix)
        for route in config.site.routes
        for number in emergency
    }
    for part, name, entry in _all(config):
        for key, pool, value in named_keys(part.record, entry):
            if pool == "number" and value in emergency:
                yield Found(part.name, name, key, "emergency", (str(value),))
            elif pool == "number" and value in behind:
                bare, prefix = behind[value]
                yield Found(part.name, name, key, "emergency-prefix", (value, bare, prefix))


def analog_is_not_sip(config: Config, _: Ground) -> Iterator[Found]:
    for number, entry in config.site.extensions.items():
        if entry.line is None:
            continue
        if ("extension", number, "password") in config.secrets:
            yield Found("extension", number, "password", "password-without-sip")
        if entry.profile != type(entry.profile)():
            yield Found("extension", number, "sip", "sip-on-a-port")


def classes_exist(config: Config, _: Ground) -> Iterator[Found]:
    """COS-10: the console's own, two digits of the exchange table, or one of this text."""
    known = (*CONSOLE_CLASSES, *config.site.classes)
    for number, entry in config.site.extensions.items():
        for key, name in (("day_class", entry.day_class), ("night_class", entry.night_class)):
            if name and name not in known and not TWO_DIGITS.fullmatch(name):
                yield Found("extension", number, key, "no-class", (name, listed(known)))


def departments_have_tops(config: Config, _: Ground) -> Iterator[Found]:
    """ORG-05: no department is above itself."""
    above = {each.name: each.parent for each in config.site.departments}
    for name, parent in above.items():
        seen, at = {name}, parent
        while at and at in above and at not in seen:
            seen.add(at)
            at = above[at]
        if at == name:
            yield Found("department", name, "parent", "own-parent", (name,))


def one_department_each(config: Config, _: Ground) -> Iterator[Found]:
    """DEP-04"""
    first: dict[str, str] = {}
    for department in config.site.departments:
        for member in department.members:
            other = first.setdefault(member, department.name)
            if other != department.name:
                details = (member, other)
                yield Found("department", department.name, "members", "two-departments", details)


def codes_do_not_clash(config: Config, ground: Ground) -> Iterator[Found]:
    """FCR-03"""
    for clash in ground.clashes(config.site):
        if clash.weight == "refused":
            yield Found("site", "", "plan", "clash", (clash.en, clash.zh))


def passwords_are_strong(config: Config, _: Ground) -> Iterator[Found]:
    for (section, entry, key), value in config.secrets.items():
        hashed = secret_of((section, entry, key)).kind == "hashed"
        if hashed and value not in (KEPT, MAKE) and not strong(value, entry):
            yield Found(section, entry, key, "weak-password")


RULES: tuple[Rule, ...] = (
    references_exist,
    pools_are_unique,
    known_country,
    known_zone,
    no_emergency_numbers,
    analog_is_not_sip,
    classes_exist,
    departments_have_tops,
    one_department_each,
    codes_do_not_clash,
    secrets_are_known,
    passwords_are_strong,
)


def _port(section: str, name: str, leaf: Leaf, ground: Ground) -> Iterator[Found]:
    kind = ground.ports.get(leaf.value)
    if kind is None:
        missing = (str(leaf.value), listed(ground.ports))
        yield Found(section, name, leaf.key, "no-such-port", missing)
    elif kind != leaf.refers:
        fit = [number for number, other in ground.ports.items() if other == leaf.refers]
        wrong = (str(leaf.value), kind.upper(), leaf.refers.upper(), listed(fit))
        yield Found(section, name, leaf.key, "wrong-port", wrong)


def listed(values: Iterable[object]) -> str:
    words = [str(value) for value in values]
    if len(words) > 12:
        words = [*words[:10], "...", words[-1]]
    return ", ".join(words) or "-"
