"""Countries, clock changes, and what differs between two configurations."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.core.site import Extension, OutboundRoute, Timing
from firmware.store import countries, zones
from firmware.store.changes import WORDS, between, say
from firmware.store.form import KEPT
from firmware.store.settings import Config, empty_site
from tests.store.any_config import configs


# -- countries -------------------------------------------------------------------------------------
@pytest.mark.parametrize("country", countries.names())
def test_every_country_can_be_played(country: str) -> None:
    for steps in msgspec.structs.astuple(countries.tones(country)):
        for first, second, on, off in steps:
            assert 15 <= first <= 2500
            assert second == 0 or 15 <= second <= 2500
            assert on > 0
            assert off >= 0
    cadence = countries.ring_cadence(country)
    assert len(cadence) % 2 == 0
    assert all(ms > 0 for ms in cadence)
    assert zones.exists(countries.zone(country))


def test_tones_of_china_and_of_a_country_with_two_bursts() -> None:
    china = countries.tones("cn")
    assert china.dial == ((450, 0, 1000, 0),)
    assert china.ringback == ((450, 0, 1000, 4000),)
    assert china.busy == ((450, 0, 350, 350),)
    assert countries.tones("gb").ringback == ((400, 450, 400, 200), (400, 450, 400, 2000))


def test_a_modulated_tone_is_two_side_tones() -> None:
    assert countries.tones("sg").ringback[0][:2] == (401, 449)


# -- zones -----------------------------------------------------------------------------------------
@given(
    st.sampled_from(["Asia/Shanghai", "America/New_York", "Australia/Sydney", "Europe/Moscow"]),
    st.integers(0, 20 * 365 * 86_400 - 1),
)
def test_plain_numbers_say_what_the_zone_file_says(zone: str, seconds: int) -> None:
    moment = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp()) + seconds
    offset = [east for at, east in zones.changes(zone, 2026) if at <= moment * 1000][-1]
    local = datetime.fromtimestamp(moment, ZoneInfo(zone)).utcoffset()
    assert local is not None
    assert offset == local.total_seconds()


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../../etc/passwd", "/etc/passwd", "x\0y"])
def test_fail__zone(zone: str) -> None:
    assert not zones.exists(zone)


# -- changes ---------------------------------------------------------------------------------------
DESK = Extension("101", "Desk", 1)
PHONE = Extension("201")
FIRST = OutboundRoute("a", "9", (5,))
SECOND = OutboundRoute("b", "8", (5,))
WORD = ("extension", "201", "password")


def house(*extensions: Extension, **fields: object) -> Config:
    site = empty_site(extensions={each.number: each for each in extensions}, **fields)
    return Config(site=site)


def with_word(word: str) -> Config:
    return Config(site=house(PHONE).site, secrets={WORD: word})


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (house(DESK), house(DESK), []),
        (house(), house(DESK), ["extension 101 is added"]),
        (house(DESK), house(), ["extension 101 is removed"]),
        (
            house(DESK),
            house(msgspec.structs.replace(DESK, name="", line=2)),
            [
                "extension 101: name changes from Desk to -",
                "extension 101: port changes from 1 to 2",
            ],
        ),
        (with_word(KEPT), with_word("new-word-1"), ["extension 201 gets a new password"]),
        (with_word(KEPT), house(PHONE), ["extension 201 loses its password"]),
        (house(), house(name="Inn"), ["site: name changes from Hookswitch to Inn"]),
        (
            house(),
            house(timing=Timing(ring=12_500)),
            ["timing: ring changes from 30 to 12.5"],
        ),
        (
            house(routes=(FIRST, SECOND)),
            house(routes=(SECOND, FIRST)),
            ["the order of the route entries changes to b, a"],
        ),
        (
            house(DESK),
            Config(site=house(DESK).site, notes={("extension", "101", ""): ("by the door",)}),
            ["the comment at extension 101 changes"],
        ),
    ],
)
def test_changes_in_words(old: Config, new: Config, words: list[str]) -> None:
    found = between(old, new)
    assert [say(change) for change in found] == words
    assert all(say(change, "zh") != say(change) for change in found)
    assert {change.kind for change in found} <= WORDS.keys()


def test_no_change_tells_a_password() -> None:
    typed = with_word("very-secret-1")
    for change in [*between(house(), typed), *between(house(PHONE), typed)]:
        assert "very-secret" not in say(change) + change.old + change.new


@given(configs, configs)
def test_no_change_exactly_when_equal(old: Config, new: Config) -> None:
    assert between(old, old) == []
    assert bool(between(old, new)) == (old != new)
