"""The printed code card says what the box obeys."""

from __future__ import annotations

import re

import msgspec
import pytest

from firmware.core import plans
from firmware.features import card, catalog
from tests.sites import HOUSE


@pytest.mark.req("FC-X1", "FCR-02")
@pytest.mark.parametrize("plan", plans.PLANS)
def test_the_card_has_every_code_of_the_plan(plan: str) -> None:
    chosen = plans.chosen(msgspec.structs.replace(HOUSE, plan=plan))
    for lang in ("en", "zh"):
        lines = {line.row: line for line in card.rows(chosen, lang)}
        for code in catalog.codes(msgspec.structs.replace(HOUSE, plan=plan)):
            assert code.row in lines
        assert lines["FC-44"].code == "9", "the prefix is that of the route"
    assert ("FC-50" in lines) == (plan != "CC")


def test_what_is_not_fitted_says_so() -> None:
    lines = {line.row: line for line in card.rows(plans.chosen(HOUSE), "zh")}
    assert lines["FC-01"].note == "未配备"
    assert lines["FC-33"].note == ""
    assert lines["FC-64"].note == "仅限话务员"
    assert lines["FC-27"].code == "*71 号码"


@pytest.mark.req("FC-X1")
@pytest.mark.parametrize(("lang", "title"), [("en", "Feature codes"), ("zh", "功能码")])
def test_the_page_stands_alone(lang: str, title: str) -> None:
    house = msgspec.structs.replace(HOUSE, name="<b>Fish & Chips</b>")
    page = card.page(plans.chosen(house), lang)
    assert page.startswith("<!doctype html>")
    assert f"<h1>{title}</h1>" in page
    assert "<b>" not in page
    assert "&lt;b&gt;Fish &amp; Chips" in page
    assert not re.search(r"(src|href)=", page), "it needs nothing else"
    assert page.count("<tr>") == len(card.rows(plans.chosen(house), lang))


@pytest.mark.req("FCR-01", "FCR-02")
def test_the_custom_card_shows_the_changes() -> None:
    custom = plans.Chosen("House", "Custom", {"FC-33": "*44", "FC-34": ""}, ("9",))
    lines = {line.row: line.code for line in card.rows(custom, "en")}
    assert lines["FC-33"] == "*44"
    assert "FC-34" not in lines
