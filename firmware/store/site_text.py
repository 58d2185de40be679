"""Reads the configuration text.

A text is taken whole or not at all, and every mistake in it is found in one go, so that nobody has
to mend, try and mend again.  Unknown sections and keys are mistakes: a misspelled setting that is
silently without effect is the worst kind.  What is read here may still hold typed passwords; they
are taken out by whoever stores it.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from typing import Any

import msgspec

from firmware.store import form
from firmware.store.checks import Ground, check
from firmware.store.form import Config
from firmware.store.mistakes import Mistake
from firmware.store.places import Places

_AT_LINE = re.compile(r"\(at line (\d+), column \d+\)")
_SHOWN = 40  # characters of a wrong value that are repeated


def read(text: str, ground: Ground) -> Config | list[Mistake]:
    """`ground` is what the text stands on: the box's ports, and the passwords already kept."""
    places = Places(text)
    config = _read(text, places)
    if isinstance(config, list):
        return config
    return check(config, ground, places) or form.arranged(config)


def read_old(text: str) -> Config | None:
    """A text that was in force once, to be compared; it need not be right for today's box."""
    config = _read(text, Places(text))
    return None if isinstance(config, list) else form.arranged(config)


def _read(text: str, places: Places) -> Config | list[Mistake]:
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # also numbers and nests beyond all reason
        return [_syntax(str(error), text)]
    reader = _Reader(places)
    config = reader.config(document)
    return sorted(reader.mistakes, key=lambda mistake: mistake.line) or config


def _syntax(error: str, text: str) -> Mistake:
    found = _AT_LINE.search(error)
    line = int(found[1]) if found else text.count("\n") + 1
    return Mistake(line, "", "syntax", (_AT_LINE.sub("", error).strip(),))


class _Reader:
    """Collects mistakes; a value that was wrong is left out and its default stands in."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self.mistakes: list[Mistake] = []

    def config(self, document: dict[str, Any]) -> Config:
        for name in document.keys() - form.TABLES.keys() - form.LISTS.keys():
            known = [f"[{table}]" for table in form.TABLES] + [f"[[{name}]]" for name in form.LISTS]
            self._add(name, 0, "", "unknown-table", name, ", ".join(known))
        tables = {name: self._table(name, document.get(name, {})) for name in form.TABLES}
        lists = {name: self._list(name, document.get(name, [])) for name in form.LISTS}
        return Config(**{name: value for name, value in (tables | lists).items() if value})

    def _table(self, name: str, value: Any) -> Any:
        if not isinstance(value, dict):
            self._add(name, 0, "", "table-form", f"[{name}]")
            return None
        return self._struct(form.TABLES[name], name, 0, value)

    def _list(self, name: str, value: Any) -> Any:
        if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
            self._add(name, 0, "", "table-form", f"[[{name}]]")
            return ()
        kind = form.LISTS[name][0]
        entries = (self._struct(kind, name, index, entry) for index, entry in enumerate(value))
        return tuple(entry for entry in entries if entry)

    def _struct(
        self, kind: type[msgspec.Struct], table: str, index: int, given: dict[str, Any]
    ) -> Any:
        keys = _keys_of(kind)
        place = place_of(table, given)
        for unknown in given.keys() - keys.keys():
            self._add(table, index, unknown, "unknown-key", unknown, ", ".join(keys), place=place)
        values = {}
        for name, key in keys.items():
            if name in given:
                before = len(self.mistakes)
                value = self._value(table, index, name, key.type, given[name], place)
                if len(self.mistakes) == before:
                    values[name] = value
            elif key.required:
                details = (name, *form.allowed(key.type))
                self._add(table, index, "", "missing-key", *details, place=place)
        complete = all(name in values for name, key in keys.items() if key.required)
        return kind(**values) if complete else None

    def _value(self, table: str, index: int, key: str, kind: Any, given: Any, place: str) -> Any:
        try:
            return msgspec.convert(given, kind)
        except msgspec.ValidationError:
            code, shown = "bad-value", msgspec.json.encode(str(given)).decode()
            if isinstance(given, int | float):
                shown = str(given).lower()
            if key == "password":
                code, shown = "bad-password", ""  # never repeated, not even a wrong one
            elif isinstance(given, list | dict) or len(shown) > _SHOWN:
                code = "bad-item"
            details = (key, *form.allowed(kind), shown)
            self._add(table, index, key, code, *details, place=place)
            return None

    def _add(
        self, table: str, index: int, key: str, code: str, *details: str, place: str = ""
    ) -> None:
        line = self._places.line(table, index, key)
        self.mistakes.append(Mistake(line, place or table, code, details))


@cache
def _keys_of(kind: type[msgspec.Struct]) -> dict[str, msgspec.structs.FieldInfo]:
    """Costly to find out, and asked for every entry of a large house."""
    return {key.name: key for key in msgspec.structs.fields(kind)}


def place_of(table: str, given: dict[str, Any]) -> str:
    """`extension 201`: how people call this part of the text."""
    if table not in form.LISTS:
        return table
    name = given.get(form.LISTS[table][1])
    return f"{table} {name}" if isinstance(name, str | int) and len(str(name)) < _SHOWN else table
