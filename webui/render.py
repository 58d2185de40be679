"""Templates: bottle's own, with everything escaped and the reader's language at hand.

In a template `_('...')` translates, `asset('theme.js')` names a file by its content, and
`layout.html` is the frame.  `icon(...)` and `bdi(...)` are HTML already and are the only things
written with `!`.  What comes from telephones, lines and files goes through `bdi`: one line, no
control characters, no tricks with the direction of writing.
"""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from bottle import SimpleTemplate

from webui.assets import Assets
from webui.language import NAMES, TAGS, Lang, other
from webui.menu import MENU, visible
from webui.visit import Visit

TEMPLATES = Path(__file__).parent / "templates"


class Renderer:
    def __init__(self, words: Mapping[Lang, Callable[[str], str]], assets: Assets) -> None:
        self._words, self._assets = words, assets
        self._templates: dict[str, SimpleTemplate] = {}

    def page(self, visit: Visit, name: str, **values: Any) -> str:
        translate = self._words[visit.lang]
        drawn: str = self._template(name).render(
            {
                "_": translate,
                "visit": visit,
                "tag": TAGS[visit.lang],
                "other_lang": other(visit.lang),
                "other_name": NAMES[other(visit.lang)],
                "asset": self._assets.path,
                "icon": self.icon,
                "bdi": bdi,
                "menu": visible(MENU, visit),
                **values,
            }
        )
        return drawn

    def translate(self, lang: Lang, text: str) -> str:
        return self._words[lang](text)

    def icon(self, name: str, state: bool = False) -> str:
        kind = "" if state else ' class="i"'
        file = self._assets.path("icons.svg")
        return f'<svg{kind} aria-hidden="true"><use href="{file}#{name}"/></svg>'

    def _template(self, name: str) -> SimpleTemplate:
        if name not in self._templates:
            self._templates[name] = SimpleTemplate(name=name, lookup=[str(TEMPLATES)])
        return self._templates[name]


def bdi(text: object) -> str:
    """A stranger's words, made harmless: shown as they are, on one line."""
    shown = "".join(_seen(letter) for letter in str(text))
    return f'<bdi title="{html.escape(shown)}">{html.escape(shown)}</bdi>'


def _seen(letter: str) -> str:
    """Control and direction characters are shown by their number."""
    return f"U+{ord(letter):04X}" if unicodedata.category(letter)[0] == "C" else letter
