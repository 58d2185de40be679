"""Every text has its translation, and nothing is written unescaped."""

from __future__ import annotations

import re
from pathlib import Path

from babel.messages.pofile import read_po

from webui import texts
from webui.language import LOCALES, choose

HERE = Path(texts.__file__).parent
RAW = re.compile(r"\{\{!\s*([^}]*)\}\}")
ALLOWED = re.compile(r"(icon|bdi)\(.*\)|base|' aria-current=\"page\"' if .* else ''")


def test_every_text_has_a_translation_and_no_translation_is_left_over() -> None:
    wanted = texts.texts()
    assert len(wanted) > 50
    for name in LOCALES.values():
        with (HERE / "locale" / name / "LC_MESSAGES" / "hookswitch.po").open("rb") as file:
            catalogue = {it.id: it.string for it in read_po(file) if it.id}
        assert set(catalogue) == wanted
        assert all(catalogue.values())


def test_only_drawings_and_escaped_words_are_written_raw() -> None:
    for path in HERE.glob("templates/*.html"):
        for expression in RAW.findall(path.read_text(encoding="utf-8")):
            assert ALLOWED.fullmatch(expression.strip()), f"{path.name}: {expression}"


def test_the_language_is_the_users_choice_or_the_browsers() -> None:
    assert choose("zh", "en-GB,en;q=0.9") == "zh"
    assert choose("", "zh-CN,zh;q=0.9,en;q=0.8") == "zh"
    assert choose("xx", "fr-FR,fr;q=0.9") == "en"
    assert choose("", "") == "en"
