"""Follows the worked example of `firmware/features/README.md` to the letter."""

from __future__ import annotations

import re
import tomllib
import types

import msgspec
import pytest

from firmware.core import plans
from firmware.core.plans import Row
from firmware.core.site import Site
from firmware.features import card, catalog
from tests.architecture.tree import ROOT
from tests.scenarios import play as player
from tests.sites import SMALL

README = (ROOT / "firmware/features/README.md").read_text()
NAME = re.search(r"`firmware/features/(\w+)\.py`\. `start`", README)


def block(kind: str) -> str:
    [found] = re.findall(rf"^```{kind}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    return str(found)


def module() -> types.ModuleType:
    assert NAME, "the example names its file"
    made = types.ModuleType(f"firmware.features.{NAME[1]}")
    exec(compile(block("python"), f"{NAME[1]}.py", "exec"), made.__dict__)
    return made


def row() -> Row:
    made = module()
    names = {"Row": Row, "same": catalog.same, made.__name__.rpartition(".")[2]: made}
    new = eval(block("row"), names)
    assert isinstance(new, Row)
    return new


@pytest.fixture
def rows(monkeypatch: pytest.MonkeyPatch) -> tuple[Row, ...]:
    """The catalogue and the prompts with the example in them."""
    new = row()
    assert new.feature is not None
    rows = (*catalog.ROWS, new)
    monkeypatch.setattr(catalog, "ROWS", rows)
    monkeypatch.setattr(catalog, "FEATURES", {**catalog.FEATURES, new.feature.name: new.feature})
    prompts = {**player.CATALOGUE, **tomllib.loads(block("toml"))}
    monkeypatch.setattr(player, "CATALOGUE", prompts)
    return rows


@pytest.mark.usefixtures("rows")
def test_the_scenario_of_the_example_plays() -> None:
    site = msgspec.structs.replace(SMALL, codes=catalog.codes(SMALL))
    play = player.Play(site)
    play.last = []
    for line in block("call").splitlines():
        player._play_line(play, line)
    play.replay()


def test_it_is_on_the_card_and_clashes_with_nothing(rows: tuple[Row, ...]) -> None:
    new = rows[-1]
    for plan in plans.PLANS:
        site: Site = msgspec.structs.replace(SMALL, plan=plan)
        lines = {line.row: line for line in card.rows(plans.chosen(site), "en")}
        assert lines[new.id].words == new.en
        found = plans.clashes(catalog.codes(site), {})
        assert not [clash for clash in found if clash.weight == "refused"]


def test_the_example_is_not_built_already() -> None:
    assert row().id not in {it.id for it in catalog.ROWS}
