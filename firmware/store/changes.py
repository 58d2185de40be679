"""What differs between two configurations, per key, and in words.

Entries are recognized by their name (an extension by its number, a line by its port), so an entry
that moved is no change and a renumbered extension is one that went and one that came.  Secrets
show as kept or new, never as themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, Literal

import msgspec

from firmware.store.form import KEPT, Part, sections
from firmware.store.mistakes import Lang
from firmware.store.settings import Config, entries, table
from firmware.store.values import flat

WORDS: Final[dict[str, tuple[str, str]]] = {
    "added": ("{0} is added", "新增 {0}"),
    "removed": ("{0} is removed", "删除 {0}"),
    "changed": ("{0}: {1} changes from {2} to {3}", "{0}：{1} 由 {2} 改为 {3}"),
    "password-set": ("{0} gets a new {1}", "{0} 设置新的 {1}"),
    "password-gone": ("{0} loses its {1}", "{0} 的 {1} 被取消"),
    "order": ("the order of the {0} entries changes to {3}", "{0} 的顺序改为 {3}"),
    "comment": ("the comment at {0} changes", "{0} 处的注释改变"),
}

Kind = Literal["added", "removed", "changed", "password-set", "password-gone", "order", "comment"]


class Change(msgspec.Struct, frozen=True):
    kind: Kind
    place: str
    key: str = ""
    old: str = ""
    new: str = ""


def say(change: Change, lang: Lang = "en") -> str:
    sentence = WORDS[change.kind][lang == "zh"]
    old, new = (_shown(text) for text in (change.old, change.new))
    return sentence.format(change.place, change.key, old, new)


def between(old: Config, new: Config) -> list[Change]:
    if old == new:
        return []
    found: list[Change] = []
    for part in sections().values():
        if part.table:
            before, after = table(old.site, part), table(new.site, part)
            found += _keys(part, part.name, before, after)
        else:
            found += _entries(part, old, new)
    return found + list(_comments(old, new))


def _entries(part: Part, old: Config, new: Config) -> Iterator[Change]:
    before, after = entries(old.site, part), entries(new.site, part)
    for name in sorted(before.keys() - after.keys()):
        yield Change("removed", f"{part.name} {name}")
    for name, entry in after.items():
        place = f"{part.name} {name}"
        if name not in before:
            yield Change("added", place)
        elif before[name] != entry:
            yield from _keys(part, place, before[name], entry)
        yield from _secrets(part, name, old, new)
    if not part.keyed and [*before] != [*after] and sorted(before) == sorted(after):
        yield Change("order", part.name, "", ", ".join(before), ", ".join(after))


def _keys(part: Part, place: str, old: Any, new: Any) -> Iterator[Change]:
    if part.field and old == new:
        return
    before, after = flat(part.record, old), flat(part.record, new)
    for key in before | after:
        if before.get(key, "") != after.get(key, ""):
            yield Change("changed", place, key, before.get(key, ""), after.get(key, ""))


def _secrets(part: Part, name: str, old: Config, new: Config) -> Iterator[Change]:
    for secret in part.secrets:
        identity = (part.name, name, secret.key)
        before, after = old.secrets.get(identity), new.secrets.get(identity)
        if after not in (None, KEPT) or (after and not before):
            yield Change("password-set", f"{part.name} {name}", secret.key)
        elif before and not after:
            yield Change("password-gone", f"{part.name} {name}", secret.key)


def _comments(old: Config, new: Config) -> Iterator[Change]:
    """An entry's comments come and go with it."""
    for address in old.notes | new.notes:
        before, after = old.notes.get(address, ()), new.notes.get(address, ())
        if before != after:
            place = " ".join(part for part in address if part)
            yield Change("comment", place, "", "\\n".join(before), "\\n".join(after))


def _shown(text: str) -> str:
    """`"Office"` is Office; an empty text or list is a dash."""
    if text in ("", '""', "[]"):
        return "-"
    if text[0] == '"' and text[-1] == '"':
        return str(msgspec.json.decode(text))
    if text[0] == "[" and text[-1] == "]":
        return text[1:-1].replace('"', "")
    return text
