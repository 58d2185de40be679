"""Plan Custom: a copy of the plan that was active, made when the administrator switches to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from firmware.api.noticeboard import Notices
from firmware.core.site import Site
from firmware.features import catalog
from firmware.store.mistakes import say
from firmware.store.settings import Config
from firmware.sysd.configuration import Configuration
from tests.store.samples import GROUND, SMALL

COUNTRY = 'country = "cn"'


def begun(state: Path) -> Configuration:
    notices = Notices(lambda _: None)
    return Configuration(state, GROUND.ports, notices, catalog.clashes, catalog.own_plan)


@pytest.fixture
def configuration(tmp_path: Path) -> Configuration:
    configuration = begun(tmp_path)
    configuration.settle(SMALL, None)
    return configuration


def apply(configuration: Configuration, text: str) -> Site:
    config = configuration.read(text)
    assert isinstance(config, Config), [say(mistake) for mistake in config]
    configuration.apply(config, "ann", "")
    return configuration.config().site


def with_plan(plan: str, more: str = "") -> str:
    assert COUNTRY in SMALL
    return SMALL.replace(COUNTRY, f'{COUNTRY}\nplan = "{plan}"{more}')


def dialed(site: Site) -> set[tuple[str, str]]:
    return {(code.row, code.digits) for code in catalog.codes(site)}


@pytest.mark.req("FCR-01")
@pytest.mark.parametrize("plan", ["CooVox", "CC", "Exchange"])
def test_it_starts_as_a_copy_of_the_active_plan(configuration: Configuration, plan: str) -> None:
    before = dialed(apply(configuration, with_plan(plan)))
    assert dialed(apply(configuration, with_plan("Custom"))) == before


@pytest.mark.req("FCR-01", "FCR-02")
def test_what_the_administrator_writes_counts(configuration: Configuration) -> None:
    cc = dialed(apply(configuration, with_plan("CC")))
    own = '\ncode.FC-33 = "*44"\ncode."FC-X2.8" = "*5"'
    site = apply(configuration, with_plan("Custom", own))
    rows = ("FC-33", "FC-X2.8")
    changed = {("FC-33", "*44"), ("FC-X2.8", "*5")}
    assert dialed(site) == {code for code in cc if code[0] not in rows} | changed
    again = configuration.text(0) or ""
    assert dialed(apply(configuration, again.replace("*44", "*45"))) == (
        dialed(site) - {("FC-33", "*44")} | {("FC-33", "*45")}
    )


@pytest.mark.req("FCR-01")
def test_it_stays_what_it_is(configuration: Configuration, tmp_path: Path) -> None:
    """After a restart, and when its version comes back over another plan."""
    apply(configuration, with_plan("CC"))
    own = dialed(apply(configuration, with_plan("Custom")))
    text = configuration.text(0) or ""
    again = begun(tmp_path)
    again.settle(SMALL, None)
    assert dialed(again.config().site) == own
    apply(again, with_plan("Exchange"))
    assert dialed(apply(again, text)) == own


@pytest.mark.req("FCR-03")
def test_the_copy_is_what_is_checked(configuration: Configuration) -> None:
    """`*841` is nobody's in the CooVox plan, but forwards in a copy of CC."""
    apply(configuration, with_plan("CC"))
    found = configuration.read(with_plan("Custom", '\ncode.FC-33 = "*841"'))
    assert isinstance(found, list)
    assert [mistake.code for mistake in found] == ["clash"]
