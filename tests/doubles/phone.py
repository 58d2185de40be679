"""A SIP phone in a process of its own, told what to do by JSON lines on standard input.

Orders: register, unregister, call NUMBER, answer, refuse CODE, hang, hold, resume, tone HZ,
hear MS, dtmf DIGITS.
News on standard output: registered, incoming, ringing, up, media, ended, heard.  Its audio is made
and heard in this process, frame by frame at the pace of the engine's clock, so nothing can be
silently looped back inside the box under test.
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


def say(news: str, **more: Any) -> None:
    print(json.dumps({"news": news, **more}), flush=True)


class Call(pj.Call):
    def __init__(self, phone: Phone, account: pj.Account, call: int) -> None:
        super().__init__(account, call)
        self.phone = phone

    def onCallState(self, _: Any) -> None:
        info = self.getInfo()
        if info.state == pj.PJSIP_INV_STATE_EARLY and info.role == pj.PJSIP_ROLE_UAC:
            say("ringing", code=info.lastStatusCode)
        elif info.state == pj.PJSIP_INV_STATE_CONFIRMED:
            say("up")
        elif info.state == pj.PJSIP_INV_STATE_DISCONNECTED:
            say("ended", code=info.lastStatusCode)
            self.phone.old.append(self.phone.call)  # the last reference must outlive the callback
            self.phone.call = None

    def onCallMediaState(self, _: Any) -> None:
        info = self.getInfo()
        for media in info.media:
            if media.type != pj.PJMEDIA_TYPE_AUDIO:
                continue
            say("media", active=media.status == pj.PJSUA_CALL_MEDIA_ACTIVE)
            if media.status == pj.PJSUA_CALL_MEDIA_ACTIVE:
                native.connect(self.phone.slot, media.audioConfSlot)
                native.connect(media.audioConfSlot, self.phone.slot)


class Account(pj.Account):
    def __init__(self, phone: Phone) -> None:
        super().__init__()
        self.phone = phone

    def onRegState(self, state: Any) -> None:
        say("registered", code=state.code)

    def onIncomingCall(self, incoming: Any) -> None:
        self.phone.call = Call(self.phone, self, incoming.callId)
        prm = pj.CallOpParam(True)
        prm.statusCode = 180
        self.phone.call.answer(prm)
        say("incoming", caller=self.phone.call.getInfo().remoteUri)


class Phone:
    def __init__(self, number: str, password: str, server: str, address: str) -> None:
        self.server = server
        self.call: Any = None
        self.old: list[Any] = []
        self.hz, self.phase, self.ear, self.wanted = 0, 0, bytearray(), 0
        self.endpoint = pj.Endpoint()
        self.endpoint.libCreate()
        self.endpoint.libInit(_settings())
        transport = pj.TransportConfig()
        transport.boundAddress = address
        transport.port = 0
        self.endpoint.transportCreate(pj.PJSIP_TRANSPORT_UDP, transport)
        self.endpoint.libStart()
        native.clock_start(20)
        near, self.far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.slot = native.line_open(near.fileno(), 1)
        near.close()
        self.far.setblocking(False)
        self.account = Account(self)
        self.account.create(_account(number, password, server, address))

    # -- orders ------------------------------------------------------------------------------------
    def obey(self, order: dict[str, Any]) -> None:
        getattr(self, f"do_{order['do']}")(order)

    def do_register(self, _: Any) -> None:
        self.account.setRegistration(True)

    def do_unregister(self, _: Any) -> None:
        self.account.setRegistration(False)

    def do_call(self, order: Any) -> None:
        self.call = Call(self, self.account, pj.PJSUA_INVALID_ID)
        number = order["number"].replace("#", "%23")
        prm = pj.CallOpParam(True)
        prm.opt.textCount = 0
        self.call.makeCall(f"sip:{number}@{self.server}", prm)

    def do_answer(self, order: Any) -> None:
        prm = pj.CallOpParam(True)
        prm.statusCode = order.get("code", 200)
        self.call.answer(prm)

    def do_hang(self, _: Any) -> None:
        self.call.hangup(pj.CallOpParam())

    def do_hold(self, _: Any) -> None:
        self.call.setHold(pj.CallOpParam(True))

    def do_resume(self, _: Any) -> None:
        prm = pj.CallOpParam(True)
        prm.opt.textCount = 0
        prm.opt.flag = pj.PJSUA_CALL_UNHOLD
        self.call.reinvite(prm)

    def do_tone(self, order: Any) -> None:
        self.hz = order["hz"]

    def do_dtmf(self, order: Any) -> None:
        self.call.dialDtmf(order["digits"])

    def do_hear(self, order: Any) -> None:
        self.ear.clear()
        self.wanted = order["ms"] * 16

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


def _settings() -> pj.EpConfig:
    settings = pj.EpConfig()
    settings.uaConfig.threadCnt, settings.uaConfig.mainThreadOnly = 0, True
    media = settings.medConfig
    media.clockRate = media.sndClockRate = 8000
    media.audioFramePtime, media.threadCnt, media.ecTailLen, media.noVad = 20, 1, 0, True
    settings.logConfig.level = settings.logConfig.consoleLevel = 0
    return settings


def _account(number: str, password: str, server: str, address: str) -> pj.AccountConfig:
    settings = pj.AccountConfig()
    settings.idUri = f"sip:{number}@{server}"
    settings.regConfig.registrarUri = f"sip:{server}"
    settings.regConfig.registerOnAdd = False
    settings.sipConfig.authCreds.append(pj.AuthCredInfo("digest", "*", number, 0, password))
    media = settings.mediaConfig
    media.transportConfig.boundAddress = address
    media.transportConfig.port, media.transportConfig.portRange = 30000 + os.getpid() % 500 * 20, 18
    media.ipv6Use = settings.sipConfig.ipv6Use = pj.PJSUA_IPV6_DISABLED
    return settings


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("number")
    parser.add_argument("password")
    parser.add_argument("server")
    parser.add_argument("--address", default="127.0.0.1")
    phone = Phone(**vars(parser.parse_args()))
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
        phone.old.clear()
        if orders in ready:
            data = os.read(orders, 65536)
            if not data:
                os._exit(0)  # the test has gone; taking the stack down properly is not its subject
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                phone.obey(json.loads(line))


if __name__ == "__main__":
    main()
