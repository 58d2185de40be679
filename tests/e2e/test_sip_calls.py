"""Calls between telephones of every kind of SIP, and what is heard in them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from firmware.core.site import SipProfile
from hal.sim import messages as sim
from tests.doubles.driver import Phone
from tests.doubles.ear import hears
from tests.e2e.proofs import nothing_is_left, phones_hear_each_other
from tests.e2e.sipbox import SipBox, sip_box, site_of

PROFILES = {
    "203": SipProfile(srtp="required"),
    "204": SipProfile(srtp="optional"),
    "205": SipProfile(dtmf="info"),
    "206": SipProfile(dtmf="inband", codecs=("PCMU", "PCMA")),
    "207": SipProfile(codecs=("G722", "PCMU")),
    "208": SipProfile(codecs=("GSM",)),
}
NUMBERS = [str(number) for number in range(201, 211)]


@pytest.fixture(scope="module")
def box() -> Iterator[SipBox]:
    with sip_box(site_of(*NUMBERS, profiles=PROFILES)) as running:
        yield running


@pytest.fixture
def phones(box: SipBox) -> Iterator[ExitStack]:
    """Phones that go when the test does, and a box that is empty afterwards."""
    with ExitStack() as stack:
        yield stack
    nothing_is_left(box)


def plug_in(phones: ExitStack, box: SipBox, number: str, **options: str) -> Phone:
    phone = phones.enter_context(box.phone(number, **options))
    assert phone.register() == 200
    return phone


def connect(box: SipBox, caller: Phone, callee: Phone, number: str) -> None:
    caller.tell("call", number=number)
    callee.wait("incoming")
    callee.tell("answer")
    callee.wait("up")
    caller.wait("up")
    box.wait_leg("up", party=number)


def part(box: SipBox, caller: Phone, callee: Phone) -> None:
    caller.tell("hang")
    callee.wait("ended")
    caller.wait("ended")
    box.wait_record()


# -- transports ------------------------------------------------------------------------------------
@pytest.mark.parametrize("transport", ["tcp", "udp"])
def test_phones_on_different_transports_talk(
    box: SipBox, phones: ExitStack, transport: str
) -> None:
    one, other = plug_in(phones, box, "201", transport=transport), plug_in(phones, box, "202")
    connect(box, one, other, "202")
    phones_hear_each_other(one, other)
    part(box, one, other)
    connect(box, other, one, "201")
    phones_hear_each_other(one, other)
    part(box, other, one)


# -- forking ---------------------------------------------------------------------------------------
def test_all_phones_of_a_number_ring_and_the_first_to_answer_gets_the_call(
    box: SipBox, phones: ExitStack
) -> None:
    desk, mobile = plug_in(phones, box, "202"), plug_in(phones, box, "202", transport="tcp")
    caller = plug_in(phones, box, "201")
    caller.tell("call", number="202")
    desk.wait("incoming")
    mobile.wait("incoming")
    mobile.tell("answer")
    caller.wait("up")
    assert desk.wait("ended")["code"] == 487
    phones_hear_each_other(caller, mobile)
    part(box, caller, mobile)


# -- early media -----------------------------------------------------------------------------------
def test_a_sip_caller_hears_what_the_far_phone_plays_before_it_answers(
    box: SipBox, phones: ExitStack
) -> None:
    caller, callee = plug_in(phones, box, "201"), plug_in(phones, box, "202")
    callee.tell("tone", hz=440)
    caller.tell("call", number="202")
    callee.wait("incoming")
    callee.tell("answer", code=183)
    caller.wait("media")
    caller.hear(400)
    assert hears(caller.hear(), 440)
    callee.tell("answer")
    caller.wait("up")
    phones_hear_each_other(caller, callee)
    part(box, caller, callee)


def test_a_handset_hears_what_the_far_phone_plays_before_it_answers(
    box: SipBox, phones: ExitStack
) -> None:
    callee = plug_in(phones, box, "202")
    callee.tell("tone", hz=1000)
    box.lift_and_dial(1, "202")
    callee.wait("incoming")
    callee.tell("answer", code=183)
    callee.wait("media")
    assert hears(box.hear(1, 1500)[4000:], 1000)
    box.people(sim.Hang(1))
    callee.wait("ended")
    box.wait_record()


# -- 100rel and UPDATE -----------------------------------------------------------------------------
def test_a_caller_that_insists_on_prack_is_served(box: SipBox, phones: ExitStack) -> None:
    caller = plug_in(phones, box, "201", rel="required")
    callee = plug_in(phones, box, "202", rel="required")
    connect(box, caller, callee, "202")
    phones_hear_each_other(caller, callee)
    caller.tell("update")
    caller.hear(400)
    phones_hear_each_other(caller, callee)
    part(box, caller, callee)


# -- SRTP ------------------------------------------------------------------------------------------
@pytest.mark.req("EXT-28")
@pytest.mark.parametrize(
    ("number", "mode"), [("203", "required"), ("204", "optional"), ("204", "off")]
)
def test_speech_is_encrypted_where_the_extension_wants_it(
    box: SipBox, phones: ExitStack, number: str, mode: str
) -> None:
    secret, plain = plug_in(phones, box, number, srtp=mode), plug_in(phones, box, "201")
    connect(box, plain, secret, number)
    phones_hear_each_other(plain, secret)
    part(box, plain, secret)
    connect(box, secret, plain, "201")
    phones_hear_each_other(plain, secret)
    part(box, secret, plain)


@pytest.mark.req("EXT-28")
def test_a_phone_that_must_encrypt_and_does_not_is_refused(box: SipBox, phones: ExitStack) -> None:
    careless = plug_in(phones, box, "203", srtp="off")
    careless.tell("call", number="201")
    assert careless.wait("ended")["code"] in (406, 488)


# -- codecs ----------------------------------------------------------------------------------------
@pytest.mark.req("EXT-30")
def test_each_phone_is_offered_its_own_codecs_in_its_own_order(
    box: SipBox, phones: ExitStack
) -> None:
    wide, narrow = plug_in(phones, box, "207"), plug_in(phones, box, "208")
    wide.tell("call", number="208")
    narrow.wait("incoming")
    narrow.tell("answer")
    assert narrow.wait("media")["codec"] == "GSM"
    assert wide.wait("media")["codec"] == "G722"
    phones_hear_each_other(wide, narrow)
    part(box, wide, narrow)


# -- hold ------------------------------------------------------------------------------------------
def test_hold_and_resume_and_a_second_hold(box: SipBox, phones: ExitStack) -> None:
    one, other = plug_in(phones, box, "201"), plug_in(phones, box, "202")
    connect(box, one, other, "202")
    for _ in range(2):
        one.tell("tone", hz=440)
        one.tell("hold")
        one.wait("media")
        other.hear(400)
        assert not hears(other.hear(), 440)
        one.tell("resume")
        one.wait("media")
        phones_hear_each_other(one, other)
    part(box, one, other)


def test_both_hold_and_resume_at_once(box: SipBox, phones: ExitStack) -> None:
    """Each has its own dialog with the box, so neither can collide with the other."""
    one, other = plug_in(phones, box, "201"), plug_in(phones, box, "202")
    connect(box, one, other, "202")
    for order in ("hold", "resume"):
        one.tell(order)
        other.tell(order)
        one.wait("media")
        other.wait("media")
    phones_hear_each_other(one, other)
    part(box, one, other)


# -- redirection -----------------------------------------------------------------------------------
def test_a_phone_that_sends_its_caller_on(box: SipBox, phones: ExitStack) -> None:
    caller, away = plug_in(phones, box, "201"), plug_in(phones, box, "202")
    other = plug_in(phones, box, "209")
    caller.tell("call", number="202")
    away.wait("incoming")
    away.tell("redirect", to=f"<sip:209@{box.address}>")
    other.wait("incoming")
    other.tell("answer")
    caller.wait("up")
    phones_hear_each_other(caller, other)
    part(box, caller, other)
