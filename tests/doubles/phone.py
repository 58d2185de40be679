"""A SIP phone in a process of its own, told what to do by JSON lines on standard input.

Orders are the methods `do_...` of `Phone`; one about a call means the newest unless it says
`call=N`.  News on standard output: registered, incoming, ringing, up, media, ended, digit,
transfer, heard, failed.  Its audio is made and heard in this process, frame by frame at the pace of
the engine's clock, so nothing can be silently looped back inside the box under test.
"""

from __future__ import annotations

import argparse
import base64
import json
import math
import os
import selectors
import socket
import struct
import sys
from typing import Any

from hookswitch_engine import native
from hookswitch_engine import pjsua2 as pj

FRAME = 160
TRANSPORTS = {
    ("udp", False): pj.PJSIP_TRANSPORT_UDP,
    ("tcp", False): pj.PJSIP_TRANSPORT_TCP,
    ("tls", False): pj.PJSIP_TRANSPORT_TLS,
    ("udp", True): pj.PJSIP_TRANSPORT_UDP6,
    ("tcp", True): pj.PJSIP_TRANSPORT_TCP6,
    ("tls", True): pj.PJSIP_TRANSPORT_TLS6,
}
SRTP = {
    "off": pj.PJMEDIA_SRTP_DISABLED,
    "optional": pj.PJMEDIA_SRTP_OPTIONAL,
    "required": pj.PJMEDIA_SRTP_MANDATORY,
}


def say(news: str, **more: Any) -> None:
    print(json.dumps({"news": news, **more}), flush=True)


class Call(pj.Call):
    """`number` counts this phone's calls from 1."""

    def __init__(self, phone: Phone, account: pj.Account, call: int) -> None:
        super().__init__(account, call)
        self.phone, self.number = phone, len(phone.all) + 1
        phone.all.append(self)
        phone.calls[self.number] = self

    def onCallState(self, prm: Any) -> None:
        info = self.getInfo()
        if info.state == pj.PJSIP_INV_STATE_EARLY and info.role == pj.PJSIP_ROLE_UAC:
            say("ringing", code=info.lastStatusCode, call=self.number)
        elif info.state == pj.PJSIP_INV_STATE_CONFIRMED:
            say("up", call=self.number, message=_message(prm))
        elif info.state == pj.PJSIP_INV_STATE_DISCONNECTED:
            say("ended", code=info.lastStatusCode, call=self.number)
            self.phone.calls.pop(self.number, None)  # `all` keeps it beyond this callback

    def onCallMediaState(self, _: Any) -> None:
        info = self.getInfo()
        for media in info.media:
            if media.type != pj.PJMEDIA_TYPE_AUDIO:
                continue
            active = media.status == pj.PJSUA_CALL_MEDIA_ACTIVE
            codec = self.getStreamInfo(media.index).codecName if active else ""
            say("media", active=active, dir=media.dir, codec=codec, call=self.number)
            if media.audioConfSlot >= 0 and media.status != pj.PJSUA_CALL_MEDIA_NONE:
                native.connect(self.phone.slot, media.audioConfSlot)
                native.connect(media.audioConfSlot, self.phone.slot)

    def onDtmfDigit(self, digit: Any) -> None:
        info = digit.method == pj.PJSUA_DTMF_METHOD_SIP_INFO
        say("digit", digit=digit.digit, way="info" if info else "rfc4733", call=self.number)

    def onCallTransferStatus(self, status: Any) -> None:
        say("transfer", code=status.statusCode, final=status.finalNotify, call=self.number)


class Account(pj.Account):
    def __init__(self, phone: Phone) -> None:
        super().__init__()
        self.phone = phone

    def onRegState(self, state: Any) -> None:
        say("registered", code=state.code)

    def onIncomingCall(self, incoming: Any) -> None:
        call = Call(self.phone, self, incoming.callId)
        if not self.phone.silent:
            call.answer(_reply(180))
        caller = call.getInfo().remoteUri
        say("incoming", caller=caller, message=incoming.rdata.wholeMsg, call=call.number)


class Phone:
    def __init__(self, options: argparse.Namespace) -> None:
        self.server, self.silent = options.server, options.silent == "yes"
        self.uri_end = "" if options.transport == "udp" else f";transport={options.transport}"
        self.calls: dict[int, Call] = {}
        self.all: list[Call] = []
        self.hz, self.phase, self.ear, self.wanted = 0, 0, bytearray(), 0
        self.endpoint = pj.Endpoint()
        self.endpoint.libCreate()
        self.endpoint.libInit(_settings())
        transport = pj.TransportConfig()
        transport.boundAddress = options.address
        kind = TRANSPORTS[options.transport, ":" in options.address]
        identity = self.endpoint.transportCreate(kind, transport)
        self._choose_codecs(options.codecs)
        self.endpoint.libStart()
        native.clock_start(20)
        near, self.far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.slot = native.line_open(near.fileno(), 1)
        near.close()
        self.far.setblocking(False)
        self.account = Account(self)
        self.account.create(_account(options, identity, self.uri_end))

    def _choose_codecs(self, wanted: str) -> None:
        order = [name for name in wanted.split(",") if name]
        for codec in self.endpoint.codecEnum2():
            name = codec.codecId.split("/")[0]
            if order:
                priority = 200 - order.index(name) if name in order else 0
                self.endpoint.codecSetPriority(codec.codecId, priority)

    # -- orders ------------------------------------------------------------------------------------
    def obey(self, order: dict[str, Any]) -> None:
        try:
            getattr(self, f"do_{order['do']}")(order)
        except pj.Error as error:
            say("failed", do=order["do"], why=error.reason)

    def call_of(self, order: dict[str, Any]) -> Call:
        return self.calls[order.get("call", max(self.calls, default=0))]

    def do_register(self, _: Any) -> None:
        self.account.setRegistration(True)

    def do_unregister(self, _: Any) -> None:
        self.account.setRegistration(False)

    def do_call(self, order: Any) -> None:
        number = order["number"].replace("#", "%23")
        prm = _reply(0)
        for name, value in order.get("headers", {}).items():
            header = pj.SipHeader()
            header.hName, header.hValue = name, value
            prm.txOption.headers.append(header)
        Call(self, self.account, pj.PJSUA_INVALID_ID).makeCall(self._uri(number), prm)

    def do_answer(self, order: Any) -> None:
        self.call_of(order).answer(_reply(order.get("code", 200)))

    def do_redirect(self, order: Any) -> None:
        prm, header = _reply(302), pj.SipHeader()
        header.hName, header.hValue = "Contact", order["to"]
        prm.txOption.headers.append(header)
        self.call_of(order).answer(prm)

    def do_hang(self, order: Any) -> None:
        self.call_of(order).hangup(pj.CallOpParam())

    def do_hold(self, order: Any) -> None:
        self.call_of(order).setHold(pj.CallOpParam(True))

    def do_resume(self, order: Any) -> None:
        prm = _reply(0)
        prm.opt.flag = pj.PJSUA_CALL_UNHOLD
        self.call_of(order).reinvite(prm)

    def do_update(self, order: Any) -> None:
        self.call_of(order).update(_reply(0))

    def do_transfer(self, order: Any) -> None:
        self.call_of(order).xfer(self._uri(order["number"]), pj.CallOpParam())

    def do_transfer_to_call(self, order: Any) -> None:
        """Attended: the party of `call` is to talk with the party of call `other`."""
        self.call_of(order).xferReplaces(self.calls[order["other"]], pj.CallOpParam())

    def do_tone(self, order: Any) -> None:
        self.hz = order["hz"]

    def do_dtmf(self, order: Any) -> None:
        prm = pj.CallSendDtmfParam()
        prm.digits, info = order["digits"], order.get("way") == "info"
        prm.method = pj.PJSUA_DTMF_METHOD_SIP_INFO if info else pj.PJSUA_DTMF_METHOD_RFC2833
        self.call_of(order).sendDtmf(prm)

    def do_sing(self, order: Any) -> None:
        """Keys as sound."""
        slot = self.call_of(order).getAudioMedia(-1).getPortId()
        native.digits_send(slot, order["digits"], 100, 100, 0)

    def do_hear(self, order: Any) -> None:
        self.ear.clear()
        self.wanted = order["ms"] * 16

    def _uri(self, number: str) -> str:
        return f"sip:{number}@{self.server}{self.uri_end}"

    # -- audio -------------------------------------------------------------------------------------
    def turn(self) -> None:
        while True:
            try:
                frame = self.far.recv(2 * FRAME)
            except BlockingIOError:
                return
            self.far.send(self._voice())
            if self.wanted:
                self.ear += frame
            if self.wanted and len(self.ear) >= self.wanted:
                say("heard", pcm=base64.b64encode(bytes(self.ear)).decode())
                self.wanted = 0

    def _voice(self) -> bytes:
        step = 2 * math.pi * self.hz / 8000
        wave = [round(8000 * math.sin(step * (self.phase + i))) for i in range(FRAME)]
        self.phase += FRAME
        return struct.pack(f"<{FRAME}h", *wave)


def _message(prm: Any) -> str:
    """What arrived and changed the call's state; empty when nothing did."""
    source: str = prm.e.body.rxMsg.rdata.wholeMsg or prm.e.body.tsxState.src.rdata.wholeMsg
    return source


def _reply(code: int) -> Any:
    prm = pj.CallOpParam(True)
    prm.opt.textCount, prm.statusCode = 0, code
    return prm


def _settings() -> pj.EpConfig:
    settings = pj.EpConfig()
    settings.uaConfig.threadCnt, settings.uaConfig.mainThreadOnly = 0, True
    media = settings.medConfig
    media.clockRate = media.sndClockRate = 8000
    media.audioFramePtime, media.threadCnt, media.ecTailLen, media.noVad = 20, 1, 0, True
    settings.logConfig.level = settings.logConfig.consoleLevel = 0
    return settings


def _account(options: argparse.Namespace, transport: int, uri_end: str) -> pj.AccountConfig:
    number = options.number
    settings = pj.AccountConfig()
    settings.idUri = f"sip:{number}@{options.server}"
    settings.regConfig.registrarUri = f"sip:{options.server}{uri_end}"
    settings.regConfig.registerOnAdd = False
    credentials = pj.AuthCredInfo("digest", "*", number, 0, options.password)
    settings.sipConfig.authCreds.append(credentials)
    settings.sipConfig.transportId = transport
    if options.rel == "required":
        settings.callConfig.prackUse = pj.PJSUA_100REL_MANDATORY
    media = settings.mediaConfig
    media.transportConfig.boundAddress = options.address
    media.transportConfig.port, media.transportConfig.portRange = 30000 + os.getpid() % 500 * 20, 18
    media.srtpUse, media.srtpSecureSignaling = SRTP[options.srtp], 0
    media.srtpOpt.keyings.append(pj.PJMEDIA_SRTP_KEYING_SDES)
    four = ":" not in options.address
    use = pj.PJSUA_IPV6_DISABLED if four else pj.PJSUA_IPV6_ENABLED_USE_IPV6_ONLY
    media.ipv6Use = settings.sipConfig.ipv6Use = use
    return settings


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("number")
    parser.add_argument("password")
    parser.add_argument("server")
    parser.add_argument("--address", default="127.0.0.1")
    parser.add_argument("--transport", default="udp", choices=("udp", "tcp", "tls"))
    parser.add_argument("--srtp", default="off", choices=SRTP)
    parser.add_argument("--codecs", default="", help="in order; empty: the engine's own")
    parser.add_argument("--rel", default="optional", choices=("optional", "required"))
    parser.add_argument("--silent", default="no", help="yes: a call that comes in is not even rung")
    phone = Phone(parser.parse_args())
    select = selectors.DefaultSelector()
    orders, rest = sys.stdin.fileno(), b""
    os.set_blocking(orders, False)
    for fd in (orders, phone.far.fileno(), native.ioqueue_fd()):
        select.register(fd, selectors.EVENT_READ)
    say("ready")
    while True:
        ready = [key.fd for key, _ in select.select(0.02)]
        phone.turn()
        while phone.endpoint.libHandleEvents(0) > 0:
            pass
        native.events()
        if orders in ready:
            data = os.read(orders, 65536)
            if not data:
                os._exit(0)  # the test has gone; taking the stack down properly is not its subject
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                phone.obey(json.loads(line))


if __name__ == "__main__":
    main()
