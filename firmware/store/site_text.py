"""Reads the configuration text.

A text is taken whole or not at all, and every mistake in it is found in one go, so that nobody has
to mend, try and mend again.  Unknown sections and keys are mistakes: a misspelled setting that is
silently without effect is the worst kind.  What is read here may still hold typed passwords; they
are taken out by whoever stores it.
"""

from __future__ import annotations

import re
import tomllib
from typing import Any

import msgspec

from firmware.core.site import Site
from firmware.store import form
from firmware.store.checks import Ground, check
from firmware.store.form import Part
from firmware.store.mistakes import Mistake
from firmware.store.places import Places
from firmware.store.reader import Reader
from firmware.store.secrets import SecretId
from firmware.store.settings import (
    Address,
    Config,
    empty_site,
    entries,
    gathered,
    table,
)
from firmware.store.values import flat, plain

_AT_LINE = re.compile(r"\(at line (\d+), column \d+\)")


def read(text: str, ground: Ground) -> Config | list[Mistake]:
    """`ground` is what the text stands on: the box's ports, and the secrets already kept."""
    places = Places(text)
    config = _read(text, places)
    if isinstance(config, list):
        return config
    config = msgspec.structs.replace(config, site=ground.complete(config.site))
    return check(config, ground, places) or config


def read_old(text: str) -> Config | None:
    """A text that was in force once, to be compared; it need not be right for today's box."""
    config = _read(text, Places(text))
    return None if isinstance(config, list) else config


def _read(text: str, places: Places) -> Config | list[Mistake]:
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # also numbers and nests beyond all reason
        return [_syntax(str(error), text)]
    reader = Reader(places)
    site = _site(reader, document)
    if reader.mistakes:
        return sorted(reader.mistakes, key=lambda mistake: mistake.line)
    return Config(site=site, secrets=reader.secrets, notes=_notes(site, reader.secrets, places))


def _notes(
    site: Site, secrets: dict[SecretId, str], places: Places
) -> dict[Address, tuple[str, ...]]:
    """Comments at keys that will be written again; those of other keys go to their header."""
    notes: dict[Address, tuple[str, ...]] = {}
    for (section, name, key), lines in places.comments().items():
        lasting = _written(site, section, name)
        if section and lasting is None:
            continue
        stays = not key or not section or key in (lasting or ()) or (section, name, key) in secrets
        address = (section, name, key if stays else "")
        notes[address] = notes.get(address, ()) + lines
    return notes


def _written(site: Site, section: str, name: str) -> set[str] | None:
    """The keys that the text of this table or entry can have; None if there is none such."""
    part = form.sections().get(section)
    if part is None:
        return None
    held = table(site, part) if part.table else entries(site, part).get(name)
    return None if held is None else {plain(key) for key in flat(part.record, held)}


def _syntax(error: str, text: str) -> Mistake:
    found = _AT_LINE.search(error)
    line = int(found[1]) if found else text.count("\n") + 1
    return Mistake(line, "", "syntax", (_AT_LINE.sub("", error).strip(),))


def _site(reader: Reader, document: dict[str, Any]) -> Site:
    parts = form.sections()
    for name in document.keys() - parts.keys():
        known = ", ".join(_header(part) for part in parts.values())
        reader.complain((name, 0, ""), name, "unknown-table", name, known)
    fields: dict[str, Any] = {}
    for part in parts.values():
        if part.name not in document:
            continue
        given = document[part.name]
        if not _has_form(part, given):
            reader.complain((part.name, 0, ""), part.name, "table-form", _header(part))
        elif part.table:
            read = reader.table(part, given)
            fields |= {part.field: read} if part.field else read
        else:
            fields[part.field] = gathered(part, reader.entries(part, given))
    return empty_site() if reader.mistakes else empty_site(**fields)


def _header(part: Part) -> str:
    return f"[{part.name}]" if part.table else f"[[{part.name}]]"


def _has_form(part: Part, given: Any) -> bool:
    if part.table:
        return isinstance(given, dict)
    return isinstance(given, list) and all(isinstance(entry, dict) for entry in given)
