"""The small translations at the edges: causes and codes, names in headers, links of bridges."""

from __future__ import annotations

import pytest

from firmware.core import causes
from firmware.core.effects import Invite
from firmware.edges.media import wanted_links
from firmware.edges.sip import DIALABLE, REQUEST_LINE, local_uri
from firmware.edges.sip_codes import cause_of, code_of

CAUSES = [
    value for name, value in vars(causes).items() if name.isupper() and isinstance(value, str)
]


@pytest.mark.parametrize("cause", CAUSES)
def test_every_cause_has_a_code(cause: str) -> None:
    assert 200 <= code_of(cause) < 700
    assert code_of(cause) != 500 or cause == causes.FAILED


@pytest.mark.parametrize(
    "cause",
    [causes.BUSY, causes.NO_SUCH_NUMBER, causes.NOT_ALLOWED, causes.REFUSED, causes.CANCELED],
)
def test_a_cause_survives_the_way_through_sip(cause: str) -> None:
    assert cause_of(code_of(cause)) == cause


def test_unknown_codes_are_failures() -> None:
    assert cause_of(599) == causes.FAILED
    assert cause_of(202) == causes.NORMAL


@pytest.mark.parametrize(
    ("name", "caller", "expected"),
    [
        ("Reception", "101", '"Reception" <sip:101@box>'),
        ("", "101", "<sip:101@box>"),
        ("", "", "<sip:anonymous@box>"),
        ('A" <sip:evil@x>;x="', "101", '"A <sip:evil@x>;x=" <sip:101@box>'),
        ("line\r\nTo: evil", "101", '"lineTo: evil" <sip:101@box>'),
        ("back\\slash", "101", '"backslash" <sip:101@box>'),
        ("总台", "101", '"总台" <sip:101@box>'),
    ],
)
def test_a_name_cannot_break_out_of_its_header(name: str, caller: str, expected: str) -> None:
    assert local_uri(Invite(1, "201", 0, caller, name), "box") == expected


@pytest.mark.parametrize(
    ("line", "user"),
    [
        ("INVITE sip:102@127.0.0.1:5060 SIP/2.0\r\n", "102"),
        ("INVITE sips:*23%23@host SIP/2.0", "*23%23"),
        ("INVITE sip:host SIP/2.0", None),
        ("INVITE sip:1;x=y@host SIP/2.0", None),
        ("BYE sip:1@host SIP/2.0", None),
    ],
)
def test_the_called_user_is_read_from_the_request_line(line: str, user: str | None) -> None:
    match = REQUEST_LINE.match(line)
    assert (match[1] if match else None) == user


@pytest.mark.parametrize("called", ["", "1 2", "1\n", "abc", "1" * 33, "１０２", "../etc"])
def test_what_cannot_be_dialed_is_refused_at_the_door(called: str) -> None:
    assert not DIALABLE.fullmatch(called)


def test_links_between_legs_become_links_between_slots() -> None:
    slots = {1: 10, 3: 30, 5: 50}
    assert wanted_links([(1, 3), (3, 1)], [5], slots) == {(10, 30), (30, 10), (50, 50)}


def test_a_leg_without_audio_has_no_links_yet() -> None:
    assert wanted_links([(1, 3), (3, 1)], [5], {1: 10}) == set()
