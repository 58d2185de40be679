"""A call of a raw phone with the engine, in either direction, and requests inside it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from hookswitch_engine import native
from hookswitch_engine import pjsua2 as pj

from firmware.native import rawsip, rig

SDP = (
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    "m=audio 40000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n"
)
SDP_TYPE = "Content-Type: application/sdp"


class Edge(pj.Account):
    """Answers every call at once, and remembers what the engine said of it."""

    def __init__(self, bench: rig.Bench) -> None:
        super().__init__()
        self.bench = bench
        self.calls: list[pj.Call] = []
        self.offers: list[tuple[str | None, str | None, str | None, int]] = []
        self.identities: list[native.Identity] = []
        self.code = 200
        settings = pj.AccountConfig()
        settings.idUri = f"sip:pbx@127.0.0.1:{bench.port}"
        settings.mediaConfig.transportConfig.boundAddress = "127.0.0.1"
        settings.mediaConfig.ipv6Use = pj.PJSUA_IPV6_DISABLED
        self.create(settings)
        native.clock_start(20)  # pjsua would look for a sound device to call out

    def onIncomingCall(self, prm: pj.OnIncomingCallParam) -> None:
        told = (native.authenticated(), native.trunk(), native.called(), native.replaced())
        self.offers.append(told)
        self.identities.append(native.identity())
        self.calls.append(pj.Call(self, prm.callId))
        answer = pj.CallOpParam(True)
        answer.opt.textCount = 0
        answer.statusCode = self.code
        self.calls[-1].answer(answer)

    def call(self, uri: str) -> pj.Call:
        self.calls.append(pj.Call(self))
        options = pj.CallOpParam(True)
        options.opt.textCount = 0
        self.calls[-1].makeCall(uri, options)
        return self.calls[-1]


@dataclass
class Dialog:
    """What the phone knows of a call that stands."""

    phone: rawsip.Phone
    call_id: str
    ours: str
    theirs: str
    cseq: int = 100

    def request(self, method: str, *headers: str, body: str = "") -> rawsip.Answer:
        self.cseq += 1
        phone = self.phone
        lines = [
            f"{method} sip:pbx@127.0.0.1:{phone.server} SIP/2.0",
            f"Via: SIP/2.0/{phone.transport} 127.0.0.1:{phone.port};rport"
            f";branch=z9hG4bK{self.call_id}-{self.cseq}",
            f"From: <sip:{phone.user}@127.0.0.1>;tag={self.ours}",
            f"To: <sip:200@127.0.0.1>;tag={self.theirs}",
            f"Call-ID: {self.call_id}",
            f"CSeq: {self.cseq} {method}",
            "Max-Forwards: 70",
            f"Contact: {phone.contact}",
            *headers,
            f"Content-Length: {len(body)}",
        ]
        message = ("\r\n".join(lines) + "\r\n\r\n" + body).encode()
        if method == "ACK":
            phone.send(message)
            return rawsip.Answer(0, "")
        return phone.exchange(message)

    @property
    def replaces(self) -> str:
        return f"{self.call_id};to-tag={self.theirs};from-tag={self.ours}"

    @property
    def escaped(self) -> str:
        return self.replaces.replace(";", "%3B").replace("=", "%3D").replace("@", "%40")


def place(phone: rawsip.Phone, *headers: str, number: str = "200") -> tuple[rawsip.Answer, Dialog]:
    """The phone calls, with its password, and acknowledges."""
    uri = f"sip:{number}@127.0.0.1:{phone.server}"
    contact = f"Contact: {phone.contact}"
    asked = phone.request("INVITE", contact, uri=uri)
    proof = phone.authorize(asked, "INVITE", "secret")
    answer = phone.request("INVITE", contact, proof, SDP_TYPE, *headers, uri=uri, body=SDP)
    [to] = answer.headers("To")
    tag = re.search(r";tag=(\S+)", to)
    assert tag
    dialog = Dialog(phone, phone.call_id, phone.tag, tag[1], phone.cseq - 1)
    dialog.request("ACK")
    return answer, dialog


def accept(phone: rawsip.Phone, code: int = 200) -> Dialog:
    """The phone answers the call that comes."""
    invite = phone.wait_for("INVITE")
    contact = f"Contact: {phone.contact}"
    if code == 200:
        phone.reply(invite, 200, contact, SDP_TYPE, body=SDP)
        phone.wait_for("ACK")
    else:
        phone.reply(invite, code, contact)
    [sender] = invite.headers("From")
    tag = re.search(r";tag=(\S+)", sender)
    assert tag
    return Dialog(phone, invite.headers("Call-ID")[0], "phone", tag[1])
