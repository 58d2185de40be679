"""Writes the configuration text: complete, in one order, with a word on every section and key.

A table says every key.  An entry of a list says what differs from the default, and above the first
stands what there is to say: two thousand extensions stay readable.  The box's own words are behind
`#:`; administrators' comments, behind `#`, stay where they were.  Reading what was written gives
the same configuration.  A secret is never written: it is `(kept)`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from firmware.store.form import Key, MapOf, Part, Record, secret_keys, sections
from firmware.store.mistakes import Lang
from firmware.store.settings import Config, entries, table
from firmware.store.values import defaults, flat, plain, unusual

HEAD = (
    "The configuration of this box.  A secret that was set shows as (kept).",
    "本机的配置。已设置的密码显示为 (kept)。",
)
LIST_HEAD = ("In each entry, and what holds where it says nothing:", "每项可写下列各键；未写时取：")
NOT_SET = ("not set", "未设置")


def write(config: Config, lang: Lang = "en") -> str:
    return _Writer(config, lang).text()


class _Writer:
    def __init__(self, config: Config, lang: Lang) -> None:
        self._config, self._lang = config, lang
        self._zh = lang == "zh"
        self._noted: dict[tuple[str, str], set[str]] = {}
        for section, entry, key in config.notes:
            self._noted.setdefault((section, entry), set()).add(key)

    def text(self) -> str:
        lines = [f"#: {HEAD[self._zh]}"]
        for part in sections().values():
            lines += self._table(part) if part.table else self._list(part)
        return "\n".join([*lines, *self._notes("", "", "end")]) + "\n"

    def _notes(self, section: str, entry: str, key: str) -> Iterator[str]:
        """What administrators wrote there."""
        for line in self._config.notes.get((section, entry, key), ()):
            yield f"# {line}"

    def _table(self, part: Part) -> Iterator[str]:
        yield ""
        yield f"#: {part.says[self._zh]}"
        yield from self._notes(part.name, "", "")
        yield f"[{part.name}]"
        held = flat(part.record, table(self._config.site, part))
        for name, key in leaves(part.record):
            yield f"#: {help_of(key, self._lang)}"
            lines = [(each, text) for each, text in held.items() if _under(each, name, key)]
            if not lines:
                yield f"#: {name} = ({NOT_SET[self._zh]})"
            for each, text in lines:
                yield from self._notes(part.name, "", plain(each))
                yield f"{each} = {text}"

    def _list(self, part: Part) -> Iterator[str]:
        found = entries(self._config.site, part)
        if not found:
            return
        yield ""
        yield f"#: {part.says[self._zh]}"
        yield from _legend(part, self._lang)
        for name, entry in found.items():
            yield from self._entry(part, name, entry)
            yield ""

    def _entry(self, part: Part, name: str, entry: Any) -> Iterator[str]:
        yield from self._notes(part.name, name, "")
        yield f"[[{part.name}]]"
        for key, text in self._said(part, name, entry).items():
            yield from self._notes(part.name, name, plain(key))
            yield f"{key} = {text}"
        for key in secret_keys(part):
            if (part.name, name, key) in self._config.secrets:
                yield from self._notes(part.name, name, key)
                yield f"{key} = {json.dumps(self._config.secrets[part.name, name, key])}"

    def _said(self, part: Part, name: str, entry: Any) -> dict[str, str]:
        """What is not the default, or has a comment."""
        said = unusual(part.record, entry)
        noted = self._noted.get((part.name, name), set())
        if not noted:
            return said
        held = flat(part.record, entry)
        said = {key: text for key, text in held.items() if key in said or plain(key) in noted}
        opened = {key.rpartition(".")[0] for key in said}  # `sip.srtp = true` says `sip` as well
        return {key: text for key, text in said.items() if key not in opened}


def _legend(part: Part, lang: Lang) -> Iterator[str]:
    zh = lang == "zh"
    usual = defaults(part.record.type)
    yield f"#: {LIST_HEAD[zh]}"
    for name, key in leaves(part.record):
        value = f" = {usual[name]}" if name in usual else ""
        yield f"#:   {name}{value}  - {help_of(key, lang)}"
    for name, secret in secret_keys(part).items():
        yield f"#:   {name}  - {secret.zh if zh else secret.en}"


def leaves(record: Record, before: str = "") -> Iterator[tuple[str, Key]]:
    """Every key that can be written on a line of its own, dotted."""
    for key in record.keys.values():
        if isinstance(key.shape, Record):
            yield from leaves(key.shape, f"{before}{key.name}.")
        else:
            yield before + key.name, key


def help_of(key: Key, lang: Lang) -> str:
    """`how long a telephone rings [seconds, from 0.5 to 600]`"""
    zh = lang == "zh"
    what = key.setting.zh if zh else key.setting.en
    assert not isinstance(key.shape, Record)
    return f"{what} [{key.shape.says[zh]}]"


def _under(line: str, name: str, key: Key) -> bool:
    return line == name or (isinstance(key.shape, MapOf) and line.startswith(f"{name}."))
