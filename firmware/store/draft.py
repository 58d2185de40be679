"""The one draft: what administrators want changed, wish by wish, before it is applied.

A wish names a key and its value in TOML, so the draft is not a copy of the configuration: it is
laid on whatever is in force when it is looked at, and a wish whose ground has moved is `stale`.
It lives in `config.db` and survives a restart.  No secret enters it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from typing import Any

import msgspec

from firmware.store.form import Part, sections
from firmware.store.settings import Config, entries, table
from firmware.store.site_writer import write
from firmware.store.values import bare, flat


class Edit(msgspec.Struct, frozen=True):
    """`key` empty: the entry itself comes (`new` is set) or goes.  Values are TOML."""

    id: int
    utc_ms: int
    who: str
    section: str
    entry: str
    key: str
    old: str | None
    new: str | None


def held(config: Config, section: str, entry: str) -> dict[str, str] | None:
    """What is said there now, by dotted key; None if there is no such entry."""
    part = sections()[section]
    if part.table:
        return flat(part.record, table(config.site, part))
    found = entries(config.site, part).get(entry)
    return None if found is None else flat(part.record, found)


def is_stale(config: Config, edit: Edit) -> bool:
    now = held(config, edit.section, edit.entry)
    if not edit.key:
        return (now is None) == (edit.new is None)
    return now is not None and edit.old is not None and now.get(edit.key) != edit.old


def laid_on(config: Config, edits: Iterable[Edit]) -> str:
    """The text of the configuration with the draft, to be read and checked like any other.

    Raises `ValueError` where a value is no TOML.
    """
    document = tomllib.loads(write(config))
    for edit in edits:
        _lay(document, sections()[edit.section], edit)
    return _text(document)


def _lay(document: dict[str, Any], part: Part, edit: Edit) -> None:
    if part.table:
        _set(document.setdefault(part.name, {}), edit)
        return
    listed: list[dict[str, Any]] = document.setdefault(part.name, [])
    found = next((each for each in listed if str(each.get(part.id)) == edit.entry), None)
    if not edit.key and edit.new is None:
        document[part.name] = [each for each in listed if each is not found]
        return
    if found is None:
        number = part.record.keys[part.id].shape
        kind = getattr(number, "kind", str)
        found = {part.id: msgspec.convert(edit.entry, kind, strict=False)}
        listed.append(found)
    if edit.key:
        _set(found, edit)


def _set(into: dict[str, Any], edit: Edit) -> None:
    *above, name = edit.key.replace('"', "").split(".")
    for step in above:
        inner = into.get(step)
        into[step] = inner = inner if isinstance(inner, dict) else {}
        into = inner
    if edit.new is None:
        into.pop(name, None)
    else:
        into[name] = tomllib.loads(f"value = {edit.new}")["value"]


# -- back to TOML ----------------------------------------------------------------------------------
def _text(document: dict[str, Any]) -> str:
    lines: list[str] = []
    for name, value in document.items():
        for entry in value if isinstance(value, list) else [value]:
            lines.append(f"[[{name}]]" if isinstance(value, list) else f"[{name}]")
            lines += [f"{bare(key)} = {_value(each)}" for key, each in entry.items()]
    return "\n".join(lines) + "\n"


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{bare(key)} = {_value(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return msgspec.json.encode(value).decode() if isinstance(value, str) else repr(value)
