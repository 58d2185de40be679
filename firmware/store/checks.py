"""What must hold between the parts of a configuration: one small function per rule.

Each function yields its mistakes; `RULES` is read from top to bottom.  By now every single value
has its right form (`form.py`), so the rules speak of telephony only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Literal

import msgspec

from firmware.store import countries
from firmware.store.form import KEPT, LISTS, Config, ExtensionEntry, Password
from firmware.store.mistakes import Mistake
from firmware.store.places import Places
from firmware.store.zones import exists


class Ground(msgspec.Struct, frozen=True):
    """What a configuration stands on."""

    ports: Mapping[int, Literal["fxs", "fxo"]]
    kept: frozenset[str] = frozenset()  # extensions whose password is stored


class Found(msgspec.Struct, frozen=True):
    """A mistake before it knows its line."""

    table: str
    index: int
    key: str
    code: str
    details: tuple[str, ...] = ()


Rule = Callable[[Config, Ground], Iterator[Found]]


def check(config: Config, ground: Ground, places: Places) -> list[Mistake]:
    mistakes = [
        Mistake(
            places.line(found.table, found.index, found.key),
            _place(config, found),
            found.code,
            found.details,
        )
        for rule in RULES
        for found in rule(config, ground)
    ]
    return sorted(mistakes, key=lambda mistake: mistake.line)


def known_country(config: Config, _: Ground) -> Iterator[Found]:
    if config.site.country not in countries.names():
        known = ", ".join(countries.names())
        yield Found("site", 0, "country", "no-country", (config.site.country, known))


def known_zone(config: Config, _: Ground) -> Iterator[Found]:
    if config.site.zone and not exists(config.site.zone):
        yield Found("site", 0, "zone", "no-zone", (config.site.zone,))


def unique_ids(config: Config, _: Ground) -> Iterator[Found]:
    """Numbers are unique in the whole plan (EXT-07), as are line ports and route names."""
    for table, (_kind, key) in LISTS.items():
        yield from _twice(table, key, [getattr(entry, key) for entry in getattr(config, table)])
    yield from _twice("route", "prefix", [route.prefix for route in config.route])


def no_emergency_numbers(config: Config, _: Ground) -> Iterator[Found]:
    """FCX-12: nobody may shadow, or be shadowed by, an emergency number."""
    emergency = set(config.site.emergency)
    behind = {
        route.prefix + number: (number, route.prefix)
        for route in config.route
        for number in emergency
    }
    for index, entry in enumerate(config.extension):
        if entry.number in emergency:
            yield Found("extension", index, "number", "emergency", (entry.number,))
        elif entry.number in behind:
            details = (entry.number, *behind[entry.number])
            yield Found("extension", index, "number", "emergency-prefix", details)


def port_or_sip(config: Config, _: Ground) -> Iterator[Found]:
    for index, entry in enumerate(config.extension):
        if (entry.port is not None) == entry.sip:
            key = "sip" if entry.sip else ""
            yield Found("extension", index, key, "port-or-sip")


def ports_exist(config: Config, ground: Ground) -> Iterator[Found]:
    for table, needed in (("extension", "fxs"), ("line", "fxo")):
        for index, entry in enumerate(getattr(config, table)):
            if entry.port is not None:
                yield from _port(table, index, entry.port, needed, ground)


def one_extension_per_port(config: Config, _: Ground) -> Iterator[Found]:
    yield from _twice("extension", "port", [entry.port for entry in config.extension])


def passwords(config: Config, ground: Ground) -> Iterator[Found]:
    for index, entry in enumerate(config.extension):
        code = _password(entry, ground)
        if code:
            yield Found("extension", index, "password", code, (entry.number,))


def attendant_exists(config: Config, _: Ground) -> Iterator[Found]:
    numbers = [entry.number for entry in config.extension]
    attendant = config.site.attendant
    if attendant is not None and attendant not in numbers:
        yield Found("site", 0, "attendant", "no-attendant", (attendant, _listed(numbers)))


def route_lines_exist(config: Config, _: Ground) -> Iterator[Found]:
    ports = [entry.port for entry in config.line]
    for index, route in enumerate(config.route):
        for port in route.lines:
            if port not in ports:
                yield Found("route", index, "lines", "no-line", (str(port), _listed(ports)))


RULES: tuple[Rule, ...] = (
    known_country,
    known_zone,
    unique_ids,
    no_emergency_numbers,
    port_or_sip,
    ports_exist,
    one_extension_per_port,
    passwords,
    attendant_exists,
    route_lines_exist,
)


def _twice(table: str, key: str, values: list[object]) -> Iterator[Found]:
    first: dict[object, int] = {}
    for index, value in enumerate(values):
        if value is not None and value in first:
            where = f"[[{table}]] {first[value] + 1}"
            yield Found(table, index, key, "twice", (key, str(value), where))
        first.setdefault(value, index)


def _port(table: str, index: int, port: int, needed: str, ground: Ground) -> Iterator[Found]:
    kind = ground.ports.get(port)
    if kind is None:
        yield Found(table, index, "port", "no-such-port", (str(port), _listed(ground.ports)))
    elif kind != needed:
        fit = [number for number, other in ground.ports.items() if other == needed]
        details = (str(port), kind.upper(), needed.upper(), _listed(fit))
        yield Found(table, index, "port", "wrong-port", details)


def _password(entry: ExtensionEntry, ground: Ground) -> str:
    if entry.password is None:
        return ""
    if not entry.sip:
        return "password-without-sip"
    if entry.password == KEPT:
        return "" if entry.number in ground.kept else "nothing-kept"
    return "" if strong(entry.password, entry.number) else "weak-password"


PASSWORD_RULE = (
    "a password has 8 to 64 letters, digits and - _ $ + ! @ # % . *, at least one letter and one "
    "digit, and at least 6 characters besides the extension number"
)


def may_be_password(text: str, number: str) -> bool:
    """Is this a password that somebody may choose for this extension?"""
    try:
        msgspec.convert(text, Password)
    except msgspec.ValidationError:
        return False
    return text != KEPT and strong(text, number)


def strong(password: str, number: str) -> bool:
    has_digit = any(character.isdigit() for character in password)
    has_letter = any(character.isalpha() for character in password)
    return has_digit and has_letter and len(password.replace(number, "")) >= 6


def _listed(values: Iterable[object]) -> str:
    words = [str(value) for value in values]
    if len(words) > 12:
        words = [*words[:10], "...", words[-1]]
    return ", ".join(words) or "-"


def _place(config: Config, found: Found) -> str:
    if found.table not in LISTS:
        return found.table
    entry = getattr(config, found.table)[found.index]
    return f"{found.table} {getattr(entry, LISTS[found.table][1])}"
