"""The printed code card (FC-X1): every code of the active plan, as the user dials it.

Made from the catalogue and nothing else, so it cannot disagree with what the box obeys.  `rows` is
for whoever lays it out; `page` is one printable page of HTML, Chinese or English.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from firmware.core import plans
from firmware.core.plans import Chosen, Row
from firmware.core.site import Context
from firmware.features import catalog

Lang = str  # "zh" or "en"

WHERE: dict[Context, tuple[str, str]] = {
    "dial": ("With the handset lifted", "摘机后拨"),
    "call": ("During a call", "通话中按"),
    "conference": ("In a conference", "会议中按"),
    "menu": ("In the automatic attendant", "自动话务员中按"),
}
ARGUMENT = {
    "": ("", ""),
    "extension": ("extension", "分机号"),
    "number": ("number", "号码"),
    "optional": ("number", "号码"),
    "time": ("MMDDhhmm", "月日时分"),
}
WORDS = {
    "title": ("Feature codes", "功能码"),
    "plan": ("Plan", "拨号方案"),
    "missing": ("not fitted", "未配备"),
    "attendant": ("attendants only", "仅限话务员"),
    "foot": (
        "Codes dialed with the handset lifted work with and without # at the end.",
        "摘机后拨的功能码，末尾可加可不加 #。",
    ),
}


class Line(msgspec.Struct, frozen=True):
    """One row of the card: `*71 number #` and what it does."""

    row: str
    context: Context
    code: str
    words: str
    note: str = ""


def rows(chosen: Chosen, lang: Lang) -> list[Line]:
    found = []
    for row in catalog.ROWS:
        text = _text(chosen, row)
        if text:
            words = row.zh if lang == "zh" else row.en
            code = f"{text} {_say(ARGUMENT[row.takes], lang)}".strip()
            found.append(Line(row.id, row.context, code, words, _note(row, lang)))
    return found


def _text(chosen: Chosen, row: Row) -> str:
    if row.id == "FC-44":
        return " ".join(chosen.prefixes)
    return plans.cell(row, chosen.plan, chosen.changed)


def _note(row: Row, lang: Lang) -> str:
    notes = [] if row.fitted else [_say(WORDS["missing"], lang)]
    notes += [_say(WORDS["attendant"], lang)] if row.attendant else []
    return ", ".join(notes)


def _say(words: tuple[str, str], lang: Lang) -> str:
    return words[lang == "zh"]


# -- on paper --------------------------------------------------------------------------------------
SHEET = """@page{size:A4;margin:12mm}body{font:9pt/1.35 sans-serif;color:#000}
h1{font-size:14pt;margin:0}
h2{font-size:10pt;margin:8pt 0 2pt;border-bottom:.5pt solid #000;break-after:avoid}main{columns:2}
table{width:100%;border-collapse:collapse}tr{break-inside:avoid}td{padding:1pt 4pt 1pt 0}
td:first-child{font-family:monospace;white-space:nowrap;width:12em}i{color:#555}"""


def page(chosen: Chosen, lang: Lang) -> str:
    """One page of HTML that prints on one sheet of A4 and needs nothing else."""
    title, lines = _say(WORDS["title"], lang), rows(chosen, lang)
    parts = [f"<h2>{_say(WHERE[context], lang)}</h2>{_table(lines, context)}" for context in WHERE]
    body = "".join(part for part, context in zip(parts, WHERE, strict=True) if _in(lines, context))
    plan = f"{escaped(chosen.site)}. {_say(WORDS['plan'], lang)}: {escaped(chosen.plan)}"
    return (
        f'<!doctype html><html lang="{lang}"><meta charset="utf-8"><title>{title}</title>'
        f"<style>{SHEET}</style><h1>{title}</h1><p>{plan}</p>"
        f"<main>{body}</main><p>{_say(WORDS['foot'], lang)}</p></html>"
    )


def _in(lines: Iterable[Line], context: Context) -> list[Line]:
    return [line for line in lines if line.context == context]


def _table(lines: list[Line], context: Context) -> str:
    cells = (
        f"<tr><td>{escaped(line.code)}<td>{escaped(line.words)}"
        + (f" <i>({escaped(line.note)})</i>" if line.note else "")
        for line in _in(lines, context)
    )
    return f"<table>{''.join(cells)}</table>"


def escaped(text: str) -> str:
    for letter, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        text = text.replace(letter, entity)
    return text
