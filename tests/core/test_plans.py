"""Code plans: what is dialed in each, and which plans and numbers clash."""

from __future__ import annotations

import msgspec
import pytest

from firmware.core import plans
from firmware.core.site import Code, SpeedDial
from firmware.features import catalog
from tests.sites import HOUSE, NIGHT_DESK

EXTENSIONS = {number: f"extensions.{number}" for number in HOUSE.extensions}


def fold(plan: str, changed: dict[str, str] | None = None) -> tuple[Code, ...]:
    return plans.fold(catalog.ROWS, plan, changed or {})


def of(plan: str, row: str) -> list[str]:
    return [code.digits for code in fold(plan) if code.row == row]


@pytest.mark.req("FCR-01", "FCX-01", "FCX-02", "FCX-07")
@pytest.mark.parametrize(
    ("row", "coovox", "cc", "exchange"),
    [
        ("FC-07", ["#"], ["##"], ["#"]),
        ("FC-27", ["*71"], ["*841"], ["*71"]),
        ("FC-29", ["*73"], ["*842"], ["*73"]),
        ("FC-31", ["*72"], ["*843"], ["*72"]),
        ("FC-28", ["*071"], ["*851"], ["*071"]),
        ("FC-50", ["0"], [], ["0"]),
        ("FC-49", [], [], list("12345678")),
        ("FC-48", ["*86", "*87", "*88"], ["*86", "*87", "*88"], ["*86", "*87", "*88"]),
    ],
)
def test_plans_differ_where_the_manuals_do(
    row: str, coovox: list[str], cc: list[str], exchange: list[str]
) -> None:
    assert [of(plan, row) for plan in ("CooVox", "CC", "Exchange")] == [coovox, cc, exchange]


def test_rooms_and_slots_are_spans() -> None:
    assert of("CooVox", "FC-19") == [str(number) for number in range(90, 100)]
    assert of("CC", "FC-19") == [str(number) for number in range(1000, 1021)]
    assert of("CooVox", "FC-06") == [str(number) for number in range(41, 50)]
    arguments = [code.argument for code in fold("CooVox") if code.row in ("FC-06", "FC-48")]
    assert arguments == [*(str(slot) for slot in range(41, 50)), "1", "2", "3"]


def test_every_row_of_the_specification_is_there_once() -> None:
    ids = [row.id for row in catalog.ROWS]
    assert len(ids) == len(set(ids))
    assert {f"FC-{number:02}" for number in range(1, 65)} <= set(ids)
    for row in catalog.ROWS:
        assert row.en, row.id
        assert row.zh, row.id


@pytest.mark.req("FCR-02")
def test_custom_begins_as_the_factory_plan_and_takes_changes() -> None:
    assert fold("Custom") == fold("CooVox")
    changed = {code.row: code for code in fold("Custom", {"FC-33": "*44 *45", "FC-34": ""})}
    assert changed["FC-33"].digits == "*45"
    assert "FC-34" not in changed


@pytest.mark.parametrize("text", ["*", "#", "*71", "41-49", "*86 *87", "0", ""])
def test_ok__cell(text: str) -> None:
    assert plans.expand(text) is not None


@pytest.mark.parametrize(
    "text", ["71a", "*71-*73", "9-1", "1-1000", "099-1", "123456789", "-", "+"]
)
def test_fail__cell(text: str) -> None:
    assert plans.expand(text) is None


# -- clashes ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("plan", plans.PLANS)
def test_no_plan_of_ours_clashes_with_itself(plan: str) -> None:
    assert [it for it in plans.clashes(fold(plan), {}) if it.weight == "refused"] == []


@pytest.mark.req("FCR-03")
def test_two_codes_or_a_code_and_a_number_are_refused() -> None:
    both = plans.clashes(fold("Custom", {"FC-33": "*8"}), {})
    assert ("refused", "*8", "FC-04", "FC-33") in [
        (it.weight, it.digits, it.one, it.other) for it in both
    ]
    number = plans.clashes(fold("Custom", {"FC-06": "101"}), EXTENSIONS)
    refused = [it for it in number if it.weight == "refused"]
    assert [(it.digits, it.one, it.other) for it in refused] == [("101", "FC-06", "extensions.101")]
    assert "101" in refused[0].zh
    assert "101" in refused[0].en


@pytest.mark.req("FCR-03", "FCX-03", "FCX-11", "FCX-13")
def test_a_beginning_is_a_warning() -> None:
    numbers = {"4101": "extensions.4101", "9": "routes.Outside", "900": "extensions.900"}
    found = plans.clashes(fold("CooVox"), numbers)
    warned = {(it.digits, it.one, it.other) for it in found if it.weight == "warning"}
    assert ("*8", "FC-04", "FC-41") in warned
    assert ("41", "FC-06", "extensions.4101") in warned
    assert ("9", "routes.Outside", "extensions.900") in warned
    exchange = plans.clashes(fold("Exchange"), {"8001": "extensions.8001"})
    assert ("8", "FC-49", "extensions.8001") in {(it.digits, it.one, it.other) for it in exchange}


@pytest.mark.req("FCR-04", "FCX-09")
def test_contexts_never_compete() -> None:
    """`**` picks up off-hook and confirms in a conference; `*0` in a call, `*055` off-hook."""
    codes = [code for code in fold("CooVox") if code.digits in ("**", "*0", "0")]
    assert len({(code.digits, code.context) for code in codes}) == len(codes) == 5
    refused = [it for it in plans.clashes(fold("CooVox"), {}) if it.weight == "refused"]
    assert not refused


@pytest.mark.req("FCX-05", "SPD-04")
@pytest.mark.parametrize(
    ("short", "clash"),
    [
        ("8", "FC-04"),
        ("7", "FC-09"),
        ("71", "FC-27"),
        ("711", "FC-27"),
        ("901", "FC-12"),
        ("12", ""),
        ("1", ""),
        ("30", ""),
        ("611", ""),
    ],
)
def test_a_speed_dial_gives_way_to_star_codes(short: str, clash: str) -> None:
    found = plans.speed_clash(fold("CooVox"), short)
    assert bool(found) == bool(clash)
    if found and clash != "FC-09":
        assert found.one == clash


@pytest.mark.req("FCX-04")
def test_the_functions_of_cc_have_their_codes_in_every_plan() -> None:
    for row in ("FC-41", "FC-42", "FC-46", "FC-47", "FC-48"):
        assert of("CooVox", row) == of("CC", row) == of("Exchange", row)


def test_two_thousand_extensions_are_checked_at_once() -> None:
    numbers = {str(number): f"extensions.{number}" for number in range(2000, 4000)}
    assert not [it for it in plans.clashes(fold("CooVox"), numbers) if it.weight == "refused"]


@pytest.mark.req("FCR-03", "FCX-05")
def test_the_check_of_a_site_sees_numbers_and_speed_dials() -> None:
    """What `sysd` asks before a configuration is applied."""
    assert [it for it in catalog.clashes(NIGHT_DESK) if it.weight == "refused"] == []
    speed = (*NIGHT_DESK.speed_dials, SpeedDial("71", "9110"))
    clash = msgspec.structs.replace(NIGHT_DESK, speed_dials=speed)
    refused = [it for it in catalog.clashes(clash) if it.weight == "refused"]
    assert [(it.one, it.other) for it in refused] == [("FC-27", "speed_dials.71")]
    changed = msgspec.structs.replace(NIGHT_DESK, plan="Custom", changed_codes={"FC-33": "300"})
    refused = [it for it in catalog.clashes(changed) if it.weight == "refused"]
    assert [(it.digits, it.other) for it in refused] == [("300", "departments.Sales")]
