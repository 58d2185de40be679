"""Countries, clock changes, and what differs between two configurations."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.store import countries, zones
from firmware.store.changes import WORDS, between, say
from firmware.store.form import KEPT, Config, ExtensionEntry, RouteEntry, SiteSection
from tests.store.samples import configs


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
DESK = ExtensionEntry(number="101", name="Desk", port=1)
PHONE = ExtensionEntry(number="201", sip=True)
WITH_WORD = ExtensionEntry(number="201", sip=True, password=KEPT)
FIRST = RouteEntry(name="a", prefix="9", lines=(5,))
SECOND = RouteEntry(name="b", prefix="8", lines=(5,))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (Config(extension=(DESK,)), Config(extension=(DESK,)), []),
        (Config(), Config(extension=(DESK,)), ["extension 101 is added"]),
        (Config(extension=(DESK,)), Config(), ["extension 101 is removed"]),
        (
            Config(extension=(DESK,)),
            Config(extension=(msgspec.structs.replace(DESK, name="", port=2),)),
            [
                "extension 101: name changes from Desk to -",
                "extension 101: port changes from 1 to 2",
            ],
        ),
        (
            Config(extension=(WITH_WORD,)),
            Config(extension=(msgspec.structs.replace(PHONE, password="new-word-1"),)),
            ["extension 201 gets a new password"],
        ),
        (
            Config(extension=(WITH_WORD,)),
            Config(extension=(PHONE,)),
            ["extension 201 loses its password"],
        ),
        (
            Config(),
            Config(site=SiteSection(name="Inn")),
            ["site: name changes from Hookswitch to Inn"],
        ),
        (
            Config(route=(FIRST, SECOND)),
            Config(route=(SECOND, FIRST)),
            ["the order of the routes changes to b, a"],
        ),
    ],
)
def test_changes_in_words(old: Config, new: Config, words: list[str]) -> None:
    found = between(old, new)
    assert [say(change) for change in found] == words
    assert all(say(change, "zh") != say(change) for change in found)
    assert {change.kind for change in found} <= WORDS.keys()


def test_no_change_tells_a_password() -> None:
    typed = Config(extension=(msgspec.structs.replace(PHONE, password="very-secret-1"),))
    for change in [*between(Config(), typed), *between(Config(extension=(PHONE,)), typed)]:
        assert "very-secret" not in say(change) + change.old + change.new


@given(configs(), configs())
def test_no_change_exactly_when_equal(old: Config, new: Config) -> None:
    assert between(old, old) == []
    assert bool(between(old, new)) == (old != new)
