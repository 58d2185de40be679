"""The reader's language: Chinese or English, by the user's choice or the browser's.

The program's words are English in the source and gettext catalogues beside it (`locale/`); what
people typed (names, remarks) is shown as it is.  A test fails on a word without translation.
"""

from __future__ import annotations

import gettext
from collections.abc import Callable
from pathlib import Path
from typing import Literal, get_args

Lang = Literal["en", "zh"]
LANGUAGES: tuple[Lang, ...] = get_args(Lang)
TAGS: dict[Lang, str] = {"en": "en", "zh": "zh-CN"}
NAMES: dict[Lang, str] = {"en": "English", "zh": "中文"}
LOCALES: dict[Lang, str] = {"zh": "zh_CN"}


def load(folder: Path) -> dict[Lang, Callable[[str], str]]:
    """For each language the function that translates."""
    found: dict[Lang, Callable[[str], str]] = {"en": lambda text: text}
    for lang, name in LOCALES.items():
        found[lang] = gettext.translation("hookswitch", folder, [name]).gettext
    return found


def choose(cookie: str, accepted: str) -> Lang:
    """`accepted` is the browser's Accept-Language, best first in practice."""
    if cookie in LANGUAGES:
        return cookie
    for entry in accepted.lower().split(",")[:8]:
        lang = entry.strip()[:2]
        if lang in LANGUAGES:
            return lang
    return "en"


def other(lang: Lang) -> Lang:
    return "en" if lang == "zh" else "zh"
