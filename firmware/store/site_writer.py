"""Writes the configuration text: complete, in one order, with a word on every section.

Reading what was written gives the same configuration.  A secret is never written: it is `(kept)`.
"""

from __future__ import annotations

import json
from typing import Any

import msgspec

from firmware.store.form import KEPT, TABLES, Config, arranged
from firmware.store.mistakes import Lang

HEADS: dict[str, tuple[str, str]] = {
    "": (
        "The configuration of this box.  A password that was set shows as (kept).",
        "本机的配置。已设置的密码显示为 (kept)。",
    ),
    "site": (
        "The house.  An empty zone is the country's own; the attendant answers calls from outside.",
        "本站点。zone 为空时用该国时区；attendant 是接听外线来话的话务员分机。",
    ),
    "extension": (
        "Telephones: an analog one names its port, a SIP one says sip = true.",
        "分机：模拟话机写端口 port，SIP 话机写 sip = true。",
    ),
    "line": ("Lines of the telephone company, by port.", "电话局的外线，按端口。"),
    "route": (
        "Ways out: numbers behind the prefix leave by the first free of the lines.",
        "出局路由：字冠之后的号码由第一条空闲的外线呼出。",
    ),
    "timing": ("How long the box waits, in seconds.", "各种等待时间，单位为秒。"),
}


def write(config: Config, lang: Lang = "en") -> str:
    config = arranged(config)
    parts = [f"# {HEADS[''][lang == 'zh']}"]
    for name in msgspec.structs.fields(Config):
        parts += _section(name.name, getattr(config, name.name), lang)
    return "\n".join(parts) + "\n"


def _section(name: str, value: Any, lang: Lang) -> list[str]:
    head = ["", f"# {HEADS[name][lang == 'zh']}"]
    if name in TABLES:
        return [*head, f"[{name}]", *_keys(value)]
    if not value:
        return []
    blocks = [[f"[[{name}]]", *_keys(entry), ""] for entry in value]
    return head + [line for block in blocks for line in block][:-1]


def _keys(entry: msgspec.Struct) -> list[str]:
    """Every key that says something: an absent port or `sip = false` would only be noise."""
    values = msgspec.structs.asdict(entry)
    return [f"{key} = {_value(key, value)}" for key, value in values.items() if _said(value)]


def _said(value: Any) -> bool:
    return value is not None and value is not False


def _value(key: str, value: Any) -> str:
    if key == "password":
        return json.dumps(KEPT)
    if isinstance(value, bool):
        return "true"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, tuple):
        return f"[{', '.join(_value('', item) for item in value)}]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)  # our texts hold no control characters
    return repr(value)
