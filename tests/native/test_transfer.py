"""REFER and INVITE with Replaces: seen by us, never followed by pjsua."""

from __future__ import annotations

from pathlib import Path

import pytest
from hookswitch_engine import native

from firmware.native import rawsip, rig
from tests.native.rawcall import Dialog, Edge, accept, place


def edge_and_phone(folder: Path) -> tuple[Edge, rawsip.Phone]:
    bench = rig.Bench(str(folder / "bindings"))
    native.set_accounts([rawsip.account("101", "secret"), rawsip.account("102", "secret")])
    return Edge(bench), rawsip.Phone(bench.port, bench.pump)


def another(phone: rawsip.Phone, user: str, call_id: str) -> rawsip.Phone:
    return rawsip.Phone(phone.server, phone.pump, user=user, call_id=call_id)


def refers(edge: Edge) -> list[tuple[int, int, str, int]]:
    """(call, transfer, target, other call) of each so far."""
    edge.bench.events += native.events()
    return [event[1:] for event in edge.bench.events if event[0] == "refer"]


def fragment(phone: rawsip.Phone) -> tuple[str, str]:
    notify = phone.wait_for("NOTIFY")
    assert notify.headers("Event") == ["refer"]
    return notify.headers("Subscription-State")[0].split(";")[0], notify.body.strip()


def test_blind_transfer_is_an_event_and_a_report(tmp_path: Path) -> None:
    edge, phone = edge_and_phone(tmp_path)
    _, dialog = place(phone)
    assert dialog.request("REFER", "Refer-To: <sip:%2A43@127.0.0.1>").code == 202
    [(call, transfer, *wanted)] = refers(edge)
    assert (call, wanted) == (edge.calls[0].getId(), ["*43", -1])
    assert fragment(phone) == ("active", "SIP/2.0 100 Trying")
    assert native.refer_notify(transfer, 180)
    assert fragment(phone) == ("active", "SIP/2.0 180 Ringing")
    assert native.refer_notify(transfer, 200)
    assert fragment(phone) == ("terminated", "SIP/2.0 200 OK")
    edge.bench.until(lambda: not native.refer_notify(transfer, 200))
    assert len(edge.calls) == 1, "pjsua dialed Refer-To"
    assert not phone.asked


def test_report_reaches_a_phone_that_has_left_the_call(tmp_path: Path) -> None:
    edge, phone = edge_and_phone(tmp_path)
    _, dialog = place(phone)
    dialog.request("REFER", "Refer-To: sip:201@127.0.0.1")
    assert dialog.request("BYE").code == 200
    [(_, transfer, _, _)] = refers(edge)
    assert native.refer_notify(transfer, 486)
    assert fragment(phone)[1] == "SIP/2.0 100 Trying"
    assert fragment(phone) == ("terminated", "SIP/2.0 486 Busy Here")


@pytest.mark.parametrize("theirs_first", [False, True], ids=["RFC 3891", "swapped tags"])
@pytest.mark.parametrize("outgoing", [False, True], ids=["phone called", "phone was called"])
def test_attended_transfer_names_our_other_call(
    tmp_path: Path, outgoing: bool, theirs_first: bool
) -> None:
    edge, phone = edge_and_phone(tmp_path)
    _, first = place(phone)
    if outgoing:
        edge.call(f"sip:101@127.0.0.1:{phone.port}")
        second = accept(phone)
    else:
        _, second = place(another(phone, "101", "two"))
    if theirs_first:
        second.ours, second.theirs = second.theirs, second.ours
    to = f"Refer-To: <sip:201@127.0.0.1?Replaces={second.escaped}>"
    assert first.request("REFER", to).code == 202
    [event] = refers(edge)
    assert event[2:] == ("", edge.calls[1].getId())


def test_call_that_is_not_ours_ends_the_transfer(tmp_path: Path) -> None:
    edge, phone = edge_and_phone(tmp_path)
    _, dialog = place(phone)
    stranger = Dialog(phone, "elsewhere", "a", "b")
    to = f"Refer-To: <sip:201@127.0.0.1?Replaces={stranger.escaped}>"
    assert dialog.request("REFER", to).code == 202
    assert fragment(phone) == ("terminated", "SIP/2.0 481 Call/Transaction Does Not Exist")
    assert refers(edge) == []


def test_phone_that_wants_no_report_gets_none(tmp_path: Path) -> None:
    edge, phone = edge_and_phone(tmp_path)
    _, dialog = place(phone)
    answer = dialog.request("REFER", "Refer-To: <sip:201@127.0.0.1>", "Refer-Sub: false")
    assert (answer.code, answer.headers("Refer-Sub")) == (202, ["false"])
    [(_, transfer, _, _)] = refers(edge)
    assert not native.refer_notify(transfer, 200)


@pytest.mark.parametrize(
    "headers",
    [
        [],
        ["Refer-To: <sip:201@127.0.0.1>", "Refer-To: <sip:202@127.0.0.1>"],
        ["Refer-To: <tel:201>"],
        ["Refer-To: <http://127.0.0.1/>"],
        ["Refer-To: <sip:127.0.0.1>"],
        ["Refer-To: <sip:2%0A1@127.0.0.1>"],
        ["Refer-To: <sip:2%001@127.0.0.1>"],
        ["Refer-To: <sip:" + "9" * 64 + "@127.0.0.1>"],
        ["Refer-To: <sip:201@127.0.0.1?Replaces=a>"],
        ["Refer-To: <sip:201@127.0.0.1?Replaces=a%3Bto-tag%3Db>"],
        ["Refer-To: <sip:201@127.0.0.1?Replaces=" + "a" * 300 + "%3Bto-tag%3Db%3Bfrom-tag%3Dc>"],
    ],
)
def test_fail__refer(tmp_path: Path, headers: list[str]) -> None:
    edge, phone = edge_and_phone(tmp_path)
    _, dialog = place(phone)
    assert dialog.request("REFER", *headers).code == 400
    assert refers(edge) == []
    assert dialog.request("BYE").code == 200


def test_one_transfer_at_a_time_and_another_after_it(tmp_path: Path) -> None:
    edge, phone = edge_and_phone(tmp_path)
    _, dialog = place(phone)
    to = "Refer-To: <sip:201@127.0.0.1>"
    assert [dialog.request("REFER", to).code for _ in range(2)] == [202, 491]
    [(_, transfer, _, _)] = refers(edge)
    native.refer_notify(transfer, 404)
    assert [fragment(phone)[0] for _ in range(2)] == ["active", "terminated"]
    edge.bench.until(lambda: not native.refer_notify(transfer, 404))
    assert dialog.request("REFER", to).code == 202
    assert len(refers(edge)) == 2


def test_replaces_is_told_and_taken_from_pjsua(tmp_path: Path) -> None:
    edge, phone = edge_and_phone(tmp_path)
    _, first = place(phone)
    answer, _ = place(another(phone, "102", "two"), f"Replaces: {first.replaces}")
    assert answer.code == 200
    assert edge.offers[1] == ("102", None, "200", edge.calls[0].getId())
    assert edge.calls[0].isActive(), "pjsua ended the call by itself"
    assert edge.offers[0][3] == -1


def test_ringing_call_of_ours_can_be_replaced(tmp_path: Path) -> None:
    edge, phone = edge_and_phone(tmp_path)
    edge.call(f"sip:101@127.0.0.1:{phone.port}")
    ringing = accept(phone, 180)
    edge.bench.pump()
    answer, _ = place(another(phone, "102", "two"), f"Replaces: {ringing.replaces};early-only")
    assert (answer.code, edge.offers[0][3]) == (200, edge.calls[0].getId())


def test_fail__replaces(tmp_path: Path) -> None:
    edge, phone = edge_and_phone(tmp_path)
    _, first = place(phone)
    codes = [
        place(another(phone, "102", f"two{n}"), *headers)[0].code
        for n, headers in enumerate(
            [
                [f"Replaces: {first.replaces}x"],
                [f"Replaces: {first.replaces};early-only"],
                [f"Replaces: {first.replaces}", f"Replaces: {first.replaces}"],
            ]
        )
    ]
    assert codes == [481, 486, 400]
    assert len(edge.offers) == 1


def test_stranger_cannot_ask_which_calls_there_are(tmp_path: Path) -> None:
    edge, phone = edge_and_phone(tmp_path)
    _, first = place(phone)
    other = another(phone, "102", "two")
    uri = f"sip:200@127.0.0.1:{phone.server}"
    for replaces in (first.replaces, "no;to-tag=such;from-tag=call"):
        assert other.request("INVITE", f"Replaces: {replaces}", uri=uri).code == 401
    assert len(edge.offers) == 1


@pytest.mark.parametrize(
    ("kind", "body", "pressed"),
    [
        ("application/dtmf-relay", "Signal=5\r\nDuration=160\r\n", ("5", 160)),
        ("application/dtmf-relay", "Signal= *\r\nDuration= 100", ("*", 100)),
        ("application/dtmf-relay", "Duration=9999999999999\nSignal=11", ("#", 99999)),
        ("Application/DTMF-Relay", "signal=d\r\n", ("D", 0)),
        ("application/dtmf-relay", "Signal=16\r\nDuration=250", ("F", 250)),
        ("application/dtmf-relay", "Signal=hf\r\n", ("F", 0)),
        ("application/dtmf", "10", ("*", 0)),
        ("application/dtmf", " 7 \r\n", ("7", 0)),
        ("application/broadsoft; version=1.0", "event flashhook\r\n", ("F", 0)),
        ("application/dtmf-relay", "Signal=E\r\n", None),
        ("application/dtmf-relay", "Signal=17\r\n", None),
        ("application/dtmf-relay", "no key", None),
        ("application/dtmf", "", None),
        ("text/plain", "5", None),
    ],
)
def test_keys_by_info(
    tmp_path: Path, kind: str, body: str, pressed: tuple[str, int] | None
) -> None:
    edge, phone = edge_and_phone(tmp_path)
    _, dialog = place(phone)
    answer = dialog.request("INFO", f"Content-Type: {kind}", body=body)
    edge.bench.events += native.events()
    told = [event[1:] for event in edge.bench.events if event[0] == "pressed"]
    assert told == ([(edge.calls[0].getId(), *pressed)] if pressed else [])
    assert answer.code == (200 if pressed or not body else 415)


def test_other_requests_inside_a_call(tmp_path: Path) -> None:
    _, phone = edge_and_phone(tmp_path)
    _, dialog = place(phone)
    picture = "Content-Type: application/media_control+xml"
    assert dialog.request("INFO").code == 200
    assert dialog.request("INFO", picture, body="<media_control/>").code == 200
    assert dialog.request("OPTIONS").code == 200
    assert dialog.request("MESSAGE", "Content-Type: text/plain", body="hello").code == 405
    assert dialog.request("BYE").code == 200
