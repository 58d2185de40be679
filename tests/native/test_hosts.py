"""Host names in what arrives are never looked up: they are refused before pjsip sees them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hookswitch_engine import native
from hookswitch_engine import pjsua2 as pj

from firmware.native import rawsip, rig

NAME = "phone.example.org"


def sdp(connection: str = "IN IP4 127.0.0.1", media: str = "") -> str:
    return (
        f"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc={connection}\r\nt=0 0\r\n"
        f"m=audio 4000 RTP/AVP 8\r\n{media}"
    )


class Ringing(pj.Account):
    """Lets every call ring, which is when pjsua reads its SDP."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[pj.Call] = []

    def onIncomingCall(self, prm: pj.OnIncomingCallParam) -> None:
        self.calls.append(pj.Call(self, prm.callId))
        busy = pj.CallOpParam()
        busy.statusCode = 486
        self.calls[-1].answer(busy)


def edge_and_phone(folder: Path) -> tuple[Ringing, rig.Bench, rawsip.Phone]:
    bench = rig.Bench(str(folder / "bindings"))
    native.set_accounts([rawsip.account("101", "secret")])
    edge, settings = Ringing(), pj.AccountConfig()
    settings.idUri = f"sip:pbx@127.0.0.1:{bench.port}"
    edge.create(settings)
    return edge, bench, rawsip.Phone(bench.port, bench.pump)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        pytest.param(sdp(), 486, id="address"),
        pytest.param(sdp("IN IP6 ::1"), 486, id="IPv6 address"),
        pytest.param(sdp(media="a=rtcp:4001\r\n"), 486, id="rtcp port"),
        pytest.param(sdp(media="a=rtcp:4001 IN IP4 127.0.0.1\r\n"), 486, id="rtcp address"),
        pytest.param(sdp(f"IN IP4 {NAME}"), 488, id="name of the session"),
        pytest.param(sdp(f"IN IP6 {NAME}"), 488, id="name, said to be IPv6"),
        pytest.param(sdp(media=f"c=IN IP4 {NAME}\r\n"), 488, id="name of one stream"),
        pytest.param(sdp(media=f"a=rtcp:4001 IN IP4 {NAME}\r\n"), 488, id="name for rtcp"),
        pytest.param(sdp("IN IP4 1.2"), 488, id="an address in short"),
    ],
)
def test_sdp_with_a_name_is_refused(tmp_path: Path, body: str, code: int) -> None:
    edge, _, phone = edge_and_phone(tmp_path)
    uri = f"sip:200@127.0.0.1:{phone.server}"
    headers = [f"Contact: {phone.contact}", "Content-Type: application/sdp"]
    proof = phone.authorize(phone.request("INVITE", uri=uri), "INVITE", "secret")
    assert phone.request("INVITE", proof, *headers, uri=uri, body=body).code == code
    assert len(edge.calls) == (code == 486)


def test_an_answer_goes_where_the_request_came_from(tmp_path: Path) -> None:
    """A stranger's maddr names another host: a lookup, and a way to shoot at others."""
    _, _, phone = edge_and_phone(tmp_path)
    phone.via = f";maddr={NAME}"
    assert phone.request("OPTIONS").code == 200


@pytest.mark.parametrize(
    ("connection", "up"), [("IN IP4 127.0.0.1", True), (f"IN IP4 {NAME}", False)]
)
def test_a_phone_that_answers_with_a_name_is_hung_up(
    tmp_path: Path, connection: str, up: bool
) -> None:
    edge, bench, phone = edge_and_phone(tmp_path)
    native.clock_start(20)
    call, prm = pj.Call(edge, pj.PJSUA_INVALID_ID), pj.CallOpParam(True)
    prm.opt.textCount = 0
    call.makeCall(f"sip:101@127.0.0.1:{phone.port}", prm)
    heard: list[str] = []

    def answered() -> bool:
        try:
            heard.append(phone.socket.recv(65536).decode())
        except BlockingIOError:
            return False
        if heard[-1].startswith("INVITE"):
            phone.socket.sendto(ok(heard[-1], phone, sdp(connection)), ("127.0.0.1", bench.port))
        return heard[-1].startswith("ACK" if up else "BYE")

    bench.until(answered)


def ok(invite: str, phone: rawsip.Phone, body: str) -> bytes:
    kept = re.findall(r"^(?:Via|From|Call-ID|CSeq):.*$", invite.replace("\r", ""), re.MULTILINE)
    to = re.findall(r"^To:.*$", invite.replace("\r", ""), re.MULTILINE)
    lines = [
        "SIP/2.0 200 OK",
        *kept,
        f"{to[0]};tag=to",
        f"Contact: {phone.contact}",
        "Content-Type: application/sdp",
        f"Content-Length: {len(body)}",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()
