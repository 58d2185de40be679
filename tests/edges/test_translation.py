"""The small translations at the edges: causes and codes, names in headers, links of bridges."""

from __future__ import annotations

import pytest

from firmware.core import causes
from firmware.core.effects import Invite
from firmware.edges.engine import nameservers
from firmware.edges.media import wanted_links
from firmware.edges.sip import DIALABLE, local_uri
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
        ("", "+861*2#", "<sip:+861*2%23@box>"),
        ("", "1 39", "<sip:anonymous@box>"),
        ("", "a>b", "<sip:anonymous@box>"),
        ("", "王", "<sip:anonymous@box>"),
        ("", "1\n", "<sip:anonymous@box>"),
        ("", "1;x=y", "<sip:anonymous@box>"),
        ("", "１", "<sip:anonymous@box>"),
        ("", "9" * 32, f"<sip:{'9' * 32}@box>"),
        ("", "9" * 33, "<sip:anonymous@box>"),
    ],
)
def test_a_caller_cannot_break_out_of_its_header(name: str, caller: str, expected: str) -> None:
    assert local_uri(Invite(1, "201", "sip:201@192.0.2.1", caller, name), "box") == expected


@pytest.mark.parametrize("called", ["", "1 2", "1\n", "abc", "1" * 33, "１０２", "../etc"])
def test_what_cannot_be_dialed_is_refused_at_the_door(called: str) -> None:
    assert not DIALABLE.fullmatch(called)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["127.0.0.1"]),
        ("# none\nsearch example.org\nnameserver\nnameserver localhost\n", ["127.0.0.1"]),
        ("nameserver fe80::1%eth0\n", ["127.0.0.1"]),
        ("nameserver 192.0.2.1\n  nameserver 2001:db8::1 # home\n", ["192.0.2.1", "2001:db8::1"]),
        ("nameserver 192.0.2.1\n" * 4, ["192.0.2.1"] * 3),
    ],
)
def test_there_is_always_a_nameserver_so_that_nobody_waits(text: str, expected: list[str]) -> None:
    assert nameservers(text) == expected


def test_links_between_legs_become_links_between_slots() -> None:
    slots = {1: 10, 3: 30, 5: 50}
    assert wanted_links([(1, 3), (3, 1)], [5], slots) == {(10, 30), (30, 10), (50, 50)}


def test_a_leg_without_audio_has_no_links_yet() -> None:
    assert wanted_links([(1, 3), (3, 1)], [5], {1: 10}) == set()
