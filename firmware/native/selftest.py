"""Whether this build of the engine may be used: a line for each proof, stops at the first failure.

A pjproject other than the proven one is accepted only if this passes.  It takes about ten seconds,
uses loopback and free ports only, and asks nothing of the machine's sound or network.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable

from hookswitch_engine import native
from hookswitch_engine import pjsua2 as pj

from firmware.native import rawsip, rig

DIGITS = "0123456789*#ABCD"
CALLER, CALLEE = 1000, 440  # Hz: what each side of the call says


class Call(pj.Call):
    """Says a tone, and lets `far` hear what the other side says."""

    def __init__(self, account: pj.Account, far: rig.FarEnd, hz: int, number: int = -1) -> None:
        super().__init__(account, number)
        self.far, self.hz = far, hz

    def onCallMediaState(self, prm: object) -> None:
        del prm
        info = self.getInfo()  # in a variable: its media list dies with it
        for media in info.media:
            if media.type == pj.PJMEDIA_TYPE_AUDIO and media.status == pj.PJSUA_CALL_MEDIA_ACTIVE:
                self.line_up(self.getAudioMedia(media.index).getPortId())

    def line_up(self, slot: int) -> None:
        native.tone_start(slot, [(self.hz, 0, 1000, 0)])
        native.connect(slot, self.far.slot)


class Account(pj.Account):
    """A user that calls itself: the registrar, the challenge and both ends are ours."""

    def __init__(self, far: rig.FarEnd) -> None:
        super().__init__()
        self.far = far
        self.callers: list[str | None] = []

    def onIncomingCall(self, prm: pj.OnIncomingCallParam) -> None:
        self.callers.append(native.authenticated())
        self.answered = Call(self, self.far, CALLEE, prm.callId)
        answer = pj.CallOpParam()
        answer.statusCode = 200
        self.answered.answer(answer)


def imports(bench: rig.Bench) -> None:
    version = bench.endpoint.libVersion()
    say(f"pjproject {version.full}, Python {sys.version.split()[0]}")
    need(bench.port > 0, "a UDP transport on 127.0.0.1")
    need(bench.listen(pj.PJSIP_TRANSPORT_UDP6, "::1") > 0, "IPv6: a UDP transport on ::1")
    need(native.ioqueue_fd() > 0, "SIP sockets are in an epoll set that a loop can wait for")


def clock(bench: rig.Bench) -> None:
    native.clock_start(20)
    bench.until(lambda: native.clock_stats()["ticks"] >= 10)
    need(True, f"the clock runs: {native.clock_stats()}")


def audio(bench: rig.Bench) -> None:
    (one, two), listener = bench.back_to_back(1, 2), bench.line(3)
    native.connect(two, listener.slot)
    native.tone_start(one, [(1000, 0, 1000, 0)])
    bench.frames(listener, 110)
    need(
        min(rig.levels(listener.samples(100), 1000)) > 5000, "1000 Hz through two lines, 100 frames"
    )
    native.digits_send(one, DIGITS, 80, 60, 1)
    bench.until(lambda: ("sent", 1) in bench.events and len(bench.digits(2)) >= len(DIGITS))
    need(bench.digits(2) == DIGITS, f"digits sent and heard: {DIGITS}")


def registrar(bench: rig.Bench) -> None:
    native.set_accounts([rawsip.account("101", "secret"), rawsip.account("102", "other")])
    phone = rawsip.Phone(bench.port, bench.pump)
    contact = f"Contact: {phone.contact}"
    for algorithm in ("MD5", "SHA-256"):
        answer = phone.register("secret", contact, algorithm=algorithm)
        need(answer.code == 200 and len(native.contacts("101")) == 1, f"REGISTER, {algorithm}")
    need(phone.register("wrong", contact).code == 401, "a wrong password is refused")
    asked = phone.request("REGISTER", contact)
    forged = phone.authorize(asked, "REGISTER", "secret", nonce="0" * 48)
    again = phone.request("REGISTER", forged, contact)
    need(again.challenge("SHA-256").get("stale") == "true", "a foreign nonce is stale")
    need(phone.request("SUBSCRIBE").code == 401, "SUBSCRIBE is challenged")


def call(bench: rig.Bench) -> None:
    account = Account(bench.line(4))
    account.create(account_config(bench.port))
    outgoing = Call(account, bench.line(5), CALLER)
    outgoing.makeCall(f"sip:102@127.0.0.1:{bench.port}", pj.CallOpParam(True))
    bench.frames(outgoing.far, 75)
    need(account.callers == ["102"], "INVITE: challenged, answered, and we know who calls")
    to_caller, to_callee = outgoing.far.samples(25), account.far.samples(25)
    need(rig.level(to_caller, CALLEE) > 4000, "the caller hears the callee")
    need(rig.level(to_callee, CALLER) > 4000, "the callee hears the caller")
    outgoing.hangup(pj.CallOpParam())
    bench.until(lambda: not account.answered.isActive() and not outgoing.isActive())
    account.shutdown()


def account_config(port: int) -> pj.AccountConfig:
    settings = pj.AccountConfig()
    settings.idUri = f"sip:102@127.0.0.1:{port}"
    settings.sipConfig.authCreds.append(pj.AuthCredInfo("digest", "*", "102", 0, "other"))
    settings.mediaConfig.transportConfig.boundAddress = "127.0.0.1"
    settings.mediaConfig.ipv6Use = pj.PJSUA_IPV6_DISABLED
    return settings


def say(text: str) -> None:
    print(f"  {text}", flush=True)


def need(proved: bool, what: str) -> None:
    if not proved:
        raise SystemExit(f"engine-selftest FAILED: {what}")
    say(what)


def main() -> None:
    proofs: list[Callable[[rig.Bench], None]] = [imports, clock, audio, registrar, call]
    with tempfile.TemporaryDirectory() as folder:
        bench = rig.Bench(os.path.join(folder, "bindings"))
        for proof in proofs:
            proof(bench)
        bench.close()
    say("taken down without a crash")


if __name__ == "__main__":
    main()
