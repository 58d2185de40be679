"""Service classes: the worked examples of the specification, and the order of the checks."""

from __future__ import annotations

import msgspec
import pytest

from firmware.core import userstate as us
from firmware.core.decision import Caller, Dial, Reject
from firmware.core.site import Extension, Permission, Restrictions, ServiceClass, Site
from firmware.core.userstate import UserState
from firmware.routing.resolve import resolve
from tests.sites import HOUSE

OPENED = Restrictions(opened=("0755",))


def site(day: str, night: str = "", **changes: object) -> Site:
    phone = Extension("102", "Workshop", 2, day_class=day, night_class=night)
    extensions = {**HOUSE.extensions, "102": phone}
    return msgspec.structs.replace(HOUSE, extensions=extensions, **changes)


def allowed(where: Site, number: str, state: UserState | None = None) -> bool:
    decision = resolve(where, state or UserState(), Caller("102"), f"9{number}#", 0).decision
    assert isinstance(decision, Dial | Reject)
    return isinstance(decision, Dial)


@pytest.mark.req("COS-01", "COS-02", "COS-03", "COS-04", "COS-08", "COS-09", "COS-22")
@pytest.mark.parametrize(
    ("name", "number", "expected"),
    [
        ("11", "0086123456", True),
        ("21", "0086123456", False),
        ("21", "075583587106", True),
        ("21", "16812345", False),
        ("31", "075583587106", False),
        ("31", "96812345", False),
        ("41", "075583587106", False),
        ("41", "83587106", True),
        ("51", "110", True),
        ("51", "83587106", False),
        ("61", "83587106", False),
        ("61", "110", True),
    ],
)
def test_levels_of_the_table(name: str, number: str, expected: bool) -> None:
    assert allowed(site(name), number) is expected


@pytest.mark.req("COS-03", "COS-22")
def test_opened_areas_count_for_level_3_only() -> None:
    assert allowed(site("31", restrictions=OPENED), "075583587106")
    assert not allowed(site("31", restrictions=OPENED), "01083587106")
    assert not allowed(site("41", restrictions=OPENED), "075583587106")


@pytest.mark.req("COS-10", "COS-11", "COS-12", "COS-23")
@pytest.mark.parametrize(
    ("name", "number", "expected"),
    [
        ("international", "0086123456", True),
        ("national", "0086123456", False),
        ("national", "075583587106", True),
        ("national", "16812345", True),
        ("local", "075583587106", False),
        ("local", "13812345678", True),
        ("local", "8008001234", True),
        ("internal", "83587106", False),
        ("nonsense", "075583587106", False),
    ],
)
def test_levels_of_the_console(name: str, number: str, expected: bool) -> None:
    assert allowed(site(name), number) is expected


def test_a_new_extension_is_local() -> None:
    assert Extension("101").day_class == "local"


@pytest.mark.req("COS-17", "COS-23")
def test_a_white_list_beats_the_class() -> None:
    white = UserState(lists={"102": us.Lists((us.ListRule("white", "out", "0755"),))})
    assert allowed(site("local"), "075583587106", white)


@pytest.mark.req("COS-05")
@pytest.mark.parametrize(
    ("incoming", "inside", "outside"),
    [("1", True, True), ("2", True, False), ("3", False, True), ("4", False, False)],
)
def test_who_may_call_in(incoming: str, inside: bool, outside: bool) -> None:
    where = site(f"1{incoming}", attendant="102")
    called = resolve(where, UserState(), Caller("101"), "102#", 0).decision
    rung = resolve(where, UserState(), Caller("138", 5), "#", 0).decision
    assert isinstance(called, Dial) is inside
    assert isinstance(rung, Dial) is outside


@pytest.mark.req("COS-18", "DAY-02")
def test_the_night_has_its_own_class() -> None:
    where = site("international", "internal")
    assert allowed(where, "83587106")
    assert not allowed(where, "83587106", UserState(day={"box": us.DayNight("night")}))


@pytest.mark.req("COS-15", "COS-16")
def test_a_permission_group_goes_by_its_longest_prefix() -> None:
    rules = (Permission("0", False), Permission("0755", True), Permission("13", False))
    where = site("sales", classes={"sales": ServiceClass(1, rules=rules)})
    assert not allowed(where, "01083587106")
    assert allowed(where, "075583587106")
    assert not allowed(where, "13800001111")
    assert allowed(where, "83587106"), "no match is allowed"


@pytest.mark.req("COS-06")
def test_only_the_attendant() -> None:
    phone = msgspec.structs.replace(HOUSE.extensions["102"], only_attendant=True)
    where = msgspec.structs.replace(HOUSE, extensions={**HOUSE.extensions, "102": phone})
    for digits, expected in (("0", True), ("103", False), ("983587106", False), ("110", True)):
        decision = resolve(where, UserState(), Caller("102"), digits + "#", 0).decision
        assert isinstance(decision, Dial) is expected, digits


@pytest.mark.req("COS-17")
@pytest.mark.parametrize("name", ["61", "internal", "64"])
def test_no_class_stops_an_emergency_call(name: str) -> None:
    black = UserState(lists={"102": us.Lists((us.ListRule("black", "out", "110|X."),))})
    for digits in ("110", "9110", "110#"):
        decision = resolve(site(name), black, Caller("102"), digits, 0).decision
        assert isinstance(decision, Dial)
        assert decision.emergency


def test_a_class_may_be_without_codes() -> None:
    where = site("kids", classes={"kids": ServiceClass(refused_codes=("FC-33",))})
    assert isinstance(resolve(where, UserState(), Caller("102"), "*74#", 0).decision, Reject)
    assert not isinstance(resolve(where, UserState(), Caller("102"), "*074#", 0).decision, Reject)
