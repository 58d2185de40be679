"""What differs between two configurations, per object, and in words.

Objects are recognized by their name (an extension by its number, a line by its port), so an entry
that moved is no change and a renumbered extension is one that went and one that came.  Secrets
show as kept or new, never as themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, Literal

import msgspec

from firmware.store.form import KEPT, LISTS, TABLES, Config
from firmware.store.mistakes import Lang

WORDS: Final[dict[str, tuple[str, str]]] = {
    "added": ("{0} is added", "新增 {0}"),
    "removed": ("{0} is removed", "删除 {0}"),
    "changed": ("{0}: {1} changes from {2} to {3}", "{0}：{1} 由 {2} 改为 {3}"),
    "password-set": ("{0} gets a new password", "{0} 设置新密码"),
    "password-gone": ("{0} loses its password", "{0} 的密码被取消"),
    "order": ("the order of the routes changes to {3}", "路由顺序改为 {3}"),
}


class Change(msgspec.Struct, frozen=True):
    kind: Literal["added", "removed", "changed", "password-set", "password-gone", "order"]
    place: str
    key: str = ""
    old: str = ""
    new: str = ""


def say(change: Change, lang: Lang = "en") -> str:
    sentence = WORDS[change.kind][lang == "zh"]
    return sentence.format(change.place, change.key, change.old, change.new)


def between(old: Config, new: Config) -> list[Change]:
    found: list[Change] = []
    for table in TABLES:
        found += _keys(table, getattr(old, table), getattr(new, table))
    for table in LISTS:
        found += _entries(table, _by_name(table, old), _by_name(table, new))
    return found + list(_route_order(old, new))


def _by_name(table: str, config: Config) -> dict[str, msgspec.Struct]:
    name = LISTS[table][1]
    return {str(getattr(entry, name)): entry for entry in getattr(config, table)}


def _entries(
    table: str, old: dict[str, msgspec.Struct], new: dict[str, msgspec.Struct]
) -> Iterator[Change]:
    for name in sorted(old.keys() - new.keys()):
        yield Change("removed", f"{table} {name}")
    for name, entry in new.items():
        if name not in old:
            yield Change("added", f"{table} {name}")
            if getattr(entry, "password", None) not in (None, KEPT):
                yield Change("password-set", f"{table} {name}")
        else:
            yield from _keys(f"{table} {name}", old[name], entry)


def _keys(place: str, old: msgspec.Struct, new: msgspec.Struct) -> Iterator[Change]:
    for key in old.__struct_fields__:
        before, after = getattr(old, key), getattr(new, key)
        if before == after:
            continue
        if key == "password":
            yield Change("password-gone" if after is None else "password-set", place)
        else:
            yield Change("changed", place, key, _shown(before), _shown(after))


def _route_order(old: Config, new: Config) -> Iterator[Change]:
    before = [route.name for route in old.route]
    after = [route.name for route in new.route]
    if before != after and sorted(before) == sorted(after):
        yield Change("order", "route", "", ", ".join(before), ", ".join(after))


def _shown(value: Any) -> str:
    if value is None or value in ("", ()):
        return "-"
    if isinstance(value, tuple):
        return ", ".join(str(item) for item in value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).lower() if isinstance(value, bool) else str(value)
