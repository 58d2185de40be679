"""Transfers with the keys of SIP phones: REFER and Replaces in all four shapes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.doubles.driver import Phone
from tests.e2e.proofs import nothing_is_left, phones_hear_each_other
from tests.e2e.sipbox import SipBox, sip_box, site_of
from tests.e2e.test_sip_calls import plug_in


@pytest.fixture(scope="module")
def box() -> Iterator[SipBox]:
    with sip_box(site_of("201", "202", "203")) as running:
        yield running


def connect(one: Phone, two: Phone) -> None:
    one.tell("call", number="202")
    two.wait("incoming")
    two.tell("answer")
    one.wait("up")


@pytest.fixture
def three(box: SipBox) -> Iterator[tuple[Phone, Phone, Phone]]:
    """201 calls 202, who has the key; 203 is where the call goes.  201 and 203 talk in the end."""
    with ExitStack() as stack:
        one, two, other = (plug_in(stack, box, number) for number in ("201", "202", "203"))
        connect(one, two)
        yield one, two, other
        phones_hear_each_other(one, other)
        one.tell("hang")
        other.wait("ended")
    nothing_is_left(box)


def test_blind(three: tuple[Phone, Phone, Phone]) -> None:
    _, two, other = three
    two.tell("transfer", number="203")
    other.wait("incoming")
    other.tell("answer")
    other.wait("up")
    while not (news := two.wait("transfer"))["final"]:
        assert news["code"] < 200
    assert news["code"] == 200


def consult(two: Phone, other: Phone, answer: bool) -> None:
    two.tell("hold")
    two.wait("media")
    two.tell("call", number="203")
    other.wait("incoming")
    if answer:
        other.tell("answer")
        while two.wait("up")["call"] != 2:  # the first call's comes before it
            pass


def test_attended_with_both_calls_at_the_box(three: tuple[Phone, Phone, Phone]) -> None:
    _, two, other = three
    consult(two, other, answer=True)
    two.tell("transfer_to_call", call=1, other=2)
    while not (news := two.wait("transfer"))["final"]:
        assert news["code"] < 200
    assert news["code"] == 200


def test_attended_while_the_target_rings(three: tuple[Phone, Phone, Phone]) -> None:
    _, two, other = three
    consult(two, other, answer=False)
    two.wait("ringing")
    two.tell("transfer_to_call", call=1, other=2)
    two.wait("transfer")
    other.tell("answer")
    other.wait("up")


def tag(field: str, message: str) -> str:
    found = re.search(rf"^{field}:.*;tag=([^;\r\n]+)", message, re.MULTILINE)
    assert found
    return found[1]


def place_of(two: Phone) -> str:
    """The second phone's call as the box sees it, for a Replaces header."""
    message = two.wait("up")["message"]
    call = re.search(r"^Call-ID: (\S+)", message, re.MULTILINE)
    assert call
    return f"{call[1]};to-tag={tag('From', message)};from-tag={tag('To', message)}"


def test_another_phone_of_the_same_number_takes_the_call(box: SipBox) -> None:
    """INVITE with Replaces."""
    with ExitStack() as stack:
        one, two = plug_in(stack, box, "201"), plug_in(stack, box, "202")
        connect(one, two)
        place = place_of(two)
        mobile = plug_in(stack, box, "202")
        mobile.tell("call", number="202", headers={"Replaces": place})
        mobile.wait("up")
        two.wait("ended")
        phones_hear_each_other(one, mobile)
        one.tell("hang")
        mobile.wait("ended")
    nothing_is_left(box)


def test_a_stranger_does_not_get_the_call(three: tuple[Phone, Phone, Phone]) -> None:
    _, two, other = three
    other.tell("call", number="202", headers={"Replaces": place_of(two)})
    assert other.wait("ended")["code"] == 403
    two.tell("transfer", number="203")
    other.wait("incoming")
    other.tell("answer")
    other.wait("up")
