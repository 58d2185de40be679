"""The small translations at the edges: causes and codes, names in headers."""

from __future__ import annotations

import msgspec
import pytest

from firmware.core import causes
from firmware.core.effects import Invite
from firmware.core.site import Trunk
from firmware.edges.engine import nameservers
from firmware.edges.sip.addresses import place_of
from firmware.edges.sip.codes import cause_of, code_of
from firmware.edges.sip.headers import Party, address, party_of, to_carrier, to_phone
from firmware.edges.sip.invites import ringing
from firmware.edges.sip.offers import DIALABLE
from firmware.edges.sip.trunks import LONGEST_RETRY, retry_after

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
    assert address(caller, name, "box") == expected


CALLER = Party("0755 83587106".replace(" ", ""), "Zhang")


def test_a_phone_is_told_who_calls_and_who_sent_the_call() -> None:
    who, headers = to_phone(CALLER, "101", "box")
    assert who == '"Zhang" <sip:075583587106@box>'
    assert headers == [
        ("Diversion", "<sip:101@box>;reason=unconditional"),
        ("P-Asserted-Identity", '"Zhang" <sip:075583587106@box>'),
    ]


def test_a_phone_never_learns_a_number_that_is_withheld() -> None:
    who, headers = to_phone(CALLER._replace(withheld=True), "", "box")
    assert who == '"Anonymous" <sip:anonymous@anonymous.invalid>'
    assert headers == [("Privacy", "id")]


@pytest.mark.parametrize(
    ("style", "withheld", "who", "where"),
    [
        ("from", False, '"Zhang" <sip:075583587106@c>', []),
        ("pai", False, '"Zhang" <sip:9000@c>', ["P-Asserted-Identity"]),
        ("ppi", False, '"Zhang" <sip:9000@c>', ["P-Preferred-Identity"]),
        ("rpid", False, '"Zhang" <sip:9000@c>', ["Remote-Party-ID"]),
        ("from", True, '"Anonymous" <sip:anonymous@anonymous.invalid>', ["Privacy"]),
        (
            "pai",
            True,
            '"Anonymous" <sip:anonymous@anonymous.invalid>',
            ["Privacy", "P-Asserted-Identity"],
        ),
    ],
)
def test_a_carrier_reads_the_caller_where_it_wants_to(
    style: str, withheld: bool, who: str, where: list[str]
) -> None:
    trunk = Trunk("t", "register", "c", user="9000", identity=style)  # type: ignore[arg-type]
    sender, headers = to_carrier(trunk, CALLER._replace(withheld=withheld), "", "c")
    assert sender == who
    assert [name for name, _ in headers] == where
    for name, value in headers:
        assert name == "Privacy" or "sip:075583587106@c" in value


def test_who_has_no_number_to_show_calls_a_carrier_with_the_trunks_own() -> None:
    trunk = Trunk("t", "register", "c", user="9000", caller="83587100")
    assert to_carrier(trunk, Party("", ""), "", "c")[0] == "<sip:83587100@c>"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<sip:203@pbx.example.com>;q=0.9", Party("203")),
        ("sip:0155500100@pbx.example.com;user=phone", Party("0155500100")),
        ('"Ex. \\"GmbH\\"" <sip:+49-89(555)@x;user=phone>', Party("+4989555", "Ex. GmbH")),
        ("<tel:+861055500200>", Party("+861055500200")),
        ("<sip:%2a23%23@x>", Party("*23#")),
        ("<sip:a b@x>", Party("")),
        ("<sip:%0d%0aTo:@x>", Party("")),
        ("<http://evil>", Party("")),
        ("", Party("")),
    ],
)
def test_where_a_phone_sends_its_caller(text: str, expected: Party) -> None:
    assert party_of(text) == expected


def test_phones_are_asked_to_answer_in_every_dialect() -> None:
    invite = Invite(1, "201", "sip:201@x", "101", "", auto_answer="talk")
    headers = dict(ringing(invite, "box"))
    assert headers["Call-Info"] == "<sip:box>;answer-after=0"
    assert headers["Alert-Info"].endswith(";info=alert-autoanswer;delay=0")
    assert headers["Answer-Mode"] == "Auto"


def test_a_phone_rings_its_usual_way_unless_told() -> None:
    invite = Invite(1, "201", "sip:201@x", "101", "")
    assert ringing(invite, "box") == []
    outside = msgspec.structs.replace(invite, ring="outside")
    [(name, value)] = ringing(outside, "box")
    assert (name, value) == ("Alert-Info", "<http://127.0.0.1/Bellcore-dr2>;info=outside")


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("sip:201@192.0.2.1:5070", ("192.0.2.1", "udp")),
        ("sip:201@192.0.2.1:5070;transport=TCP;ob", ("192.0.2.1", "tcp")),
        ("sip:201@[2001:db8::5]:5070;ob;transport=tls", ("2001:db8::5", "tls")),
        ("sips:201@[2001:db8::5]", ("2001:db8::5", "tls")),
        ("sip:192.0.2.1", ("192.0.2.1", "udp")),
        ("sip:201@192.0.2.1;transport=ws", ("192.0.2.1", "udp")),
    ],
)
def test_where_a_contact_is_and_how_it_is_reached(uri: str, expected: tuple[str, str]) -> None:
    assert place_of(uri) == expected


def test_a_carrier_that_refuses_is_asked_less_and_less_often() -> None:
    waits = [retry_after(failures) for failures in range(1, 40)]
    assert waits[:4] == [2, 4, 8, 16]
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_RETRY


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
