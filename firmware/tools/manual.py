"""The manual's chapter on settings and an example file, made from the declarations.

    python -m firmware.tools.manual docs

writes `settings.en.md`, `settings.zh.md` and `example.toml`; `make manual` does that, and a test
compares.  Nothing in them is written by hand, so they cannot grow old.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from firmware.core.site import Department, Extension, Group, OutboundRoute, OutsideLine, Trunk
from firmware.store.form import KEPT, Key, Part, Record, secret_keys, sections
from firmware.store.mistakes import Lang
from firmware.store.secret_forms import FORMS
from firmware.store.settings import Config, empty_site
from firmware.store.site_writer import leaves, write
from firmware.store.values import defaults, flat

HEADS = {
    "title": ("Settings", "设置"),
    "intro": (
        "The whole configuration is one text in TOML: `hookswitch config show` prints it, `plan` "
        "says what a text would change, `apply` puts it in force. A table says every key; an "
        "entry of a list says what differs from the default. Lines that begin with `#:` are "
        "written by the box; comments behind `#` are yours and stay. A secret shows as `(kept)`; "
        'write a new one in its place, or `"(new)"` and the box makes a password up and tells it '
        "once. `count = 50` in an `[[extension]]` stands for fifty of them, numbered upward.",
        "全部配置是一份 TOML 文本：`hookswitch config show` 显示它，`plan` 说明一份文本会改变什么，"
        "`apply` 使其生效。表中写出每一个键；列表的每一项只写与默认值不同的键。以 `#:` 开头的行由"
        "本机书写；`#` 之后的注释属于您，会保留。密码显示为 `(kept)`；可在该处写新密码，或写 "
        "`(new)` 由本机生成并只显示一次。"
        "`[[extension]]` 中的 `count = 50` 表示号码依次递增的五十个分机。",
    ),
    "key": ("Key", "键"),
    "what": ("What it is", "含义"),
    "must": ("It must be", "取值"),
    "default": ("Default", "默认"),
    "required": ("(required)", "（必填）"),
    "none": ("(not set)", "（未设置）"),
}


def chapter(lang: Lang) -> str:
    return "\n".join(_lines(lang)) + "\n"


def _lines(lang: Lang) -> Iterator[str]:
    zh = lang == "zh"
    yield f"# {HEADS['title'][zh]}"
    yield ""
    yield HEADS["intro"][zh]
    for part in sections().values():
        yield ""
        yield f"## `[{part.name}]`" if part.table else f"## `[[{part.name}]]`"
        yield ""
        yield part.says[zh]
        yield ""
        columns = [HEADS[name][zh] for name in ("key", "what", "must", "default")]
        yield _row(columns)
        yield _row(["---"] * 4)
        yield from _rows(part, zh)


def _rows(part: Part, zh: bool) -> Iterator[str]:
    usual = _usual(part)
    for name, key in leaves(part.record):
        assert not isinstance(key.shape, Record)
        what = key.setting.zh if zh else key.setting.en
        yield _row([f"`{name}`", what, key.shape.says[zh], _default(name, key, usual, zh)])
    for name, secret in secret_keys(part).items():
        says = FORMS[secret.kind].says[zh]
        what = secret.zh if zh else secret.en
        yield _row([f"`{name}`", what, says, HEADS["none"][zh]])


def _usual(part: Part) -> dict[str, str]:
    """The house's defaults are those of the text, as its struct has none for some."""
    return defaults(part.record.type) if part.field else flat(part.record, empty_site())


def _default(name: str, key: Key, usual: dict[str, str], zh: bool) -> str:
    if key.required:
        return HEADS["required"][zh]
    return f"`{usual[name]}`" if name in usual else HEADS["none"][zh]


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def example(lang: Lang = "en") -> str:
    """A small house with one of each kind."""
    site = empty_site(
        attendant="101",
        extensions={
            "101": Extension("101", "Reception", 1),
            "201": Extension("201", "Office", day_class="national"),
            "202": Extension("202", "Workshop"),
        },
        lines={5: OutsideLine(5, "Line 1", "83587106")},
        trunks={"Carrier": Trunk("Carrier", "register", "sip.example.net", user="4711")},
        routes=(OutboundRoute("Outside", "9", (5,)),),
        departments=(Department("Sales", "300", ("201", "202"), no_answer="101"),),
        groups=(Group(1, ("101", "201"), one_key=True),),
    )
    secrets = {("extension", number, "password"): KEPT for number in ("201", "202")}
    return write(Config(site=site, secrets=secrets), lang)


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(exist_ok=True)
    (folder / "settings.en.md").write_text(chapter("en"), encoding="utf-8")
    (folder / "settings.zh.md").write_text(chapter("zh"), encoding="utf-8")
    (folder / "example.toml").write_text(example(), encoding="utf-8")


if __name__ == "__main__":
    main()
