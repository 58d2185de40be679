"""SIP phones: the only place that holds pjsua2 objects.

A leg is a pjsua call; the core knows it by number only.  Requests have been authenticated in C
(`native.authenticated`) before they get here, so the caller is the account, never what a From
header claims.  Callbacks run on the one Python thread, inside `pump` or inside a call of ours into
pjsua; they post, and tell `media` which audio slot a leg has, and decide nothing.

pjsua destroys a call when its Python object dies, whatever has reused the call's slot meanwhile:
an ended leg is therefore kept until the callback that ended it has returned.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from functools import wraps
from itertools import count
from typing import Any

from hookswitch_engine import native
from hookswitch_engine import pjsua2 as pj

from firmware.core import effects, events
from firmware.edges.inbox import Inbox
from firmware.edges.media import Media
from firmware.edges.sip_codes import cause_of, code_of

log = logging.getLogger("sip")

DIALABLE = re.compile(r"[0-9*#+]{1,32}")
CALLER = re.compile(r"[0-9A-Za-z+*#_.-]{1,32}")  # what a From header may say of anybody
PUMP_SECONDS = 0.005  # one turn's share of SIP: whoever floods us must not stop the loop
faults: list[BaseException] = []  # SWIG swallows exceptions of callbacks; `pump` raises them


def guarded(callback: Callable[..., None]) -> Callable[..., None]:
    @wraps(callback)
    def guard(*arguments: Any) -> None:
        try:
            callback(*arguments)
        except Exception as fault:  # the loop must see it, and SWIG would print and forget it
            faults.append(fault)

    return guard


class Leg(pj.Call):
    """One pjsua call under the number that the core knows."""

    def __init__(self, phone: Sip, account: pj.Account, leg: int, call: int) -> None:
        super().__init__(account, call)
        self.sip, self.leg = phone, leg
        self.outgoing = call == pj.PJSUA_INVALID_ID

    @guarded
    def onCallState(self, _: pj.OnCallStateParam) -> None:
        info = self.getInfo()
        if info.state == pj.PJSIP_INV_STATE_EARLY and self.outgoing:
            self.sip.post(events.LegAlerting, self.leg)
        elif info.state == pj.PJSIP_INV_STATE_CONFIRMED and self.outgoing:
            self.sip.post(events.LegAnswered, self.leg)
        elif info.state == pj.PJSIP_INV_STATE_DISCONNECTED:
            self.sip.ended(self, cause_of(info.lastStatusCode))

    @guarded
    def onCallMediaState(self, _: pj.OnCallMediaStateParam) -> None:
        info = self.getInfo()  # kept: its list of media dies with it
        slots = [media.audioConfSlot for media in info.media if audible(media)]
        self.sip.audio(self.leg, slots[0] if slots else None)

    @guarded
    def onDtmfDigit(self, digit: pj.OnDtmfDigitParam) -> None:
        self.sip.post(events.DigitHeard, self.leg, digit.digit)


class Account(pj.Account):
    """A local address; phones are told apart by their digest user, not by pjsua accounts."""

    def __init__(self, phone: Sip) -> None:
        super().__init__()
        self.sip = phone

    @guarded
    def onIncomingCall(self, call: pj.OnIncomingCallParam) -> None:
        self.sip.offered(self, call.callId)


class Sip:
    def __init__(self, media: Media, inbox: Inbox) -> None:
        self._media, self.post = media, inbox.post
        self._accounts: dict[int, Account] = {}  # IP version -> account
        self._domains: dict[int, str] = {}
        self._legs: dict[int, Leg] = {}
        self._numbers = count(2, 2)
        self._ended: list[Leg] = []

    def add_account(self, account: Account, version: int, domain: str) -> None:
        self._accounts[version], self._domains[version] = account, domain

    def has(self, leg: int) -> bool:
        return leg in self._legs

    # -- from callbacks ----------------------------------------------------------------------------
    def offered(self, account: Account, call: int) -> None:
        user, called = native.authenticated(), native.called() or ""
        leg = Leg(self, account, next(self._numbers), call)
        self._legs[leg.leg] = leg
        if user is None or not DIALABLE.fullmatch(called):
            code = 404 if user else 403
            log.info("leg=%d refused code=%d", leg.leg, code)
            self._drop(leg, code)
            return
        self.post(events.CallOffered, leg.leg, user, called)

    def audio(self, leg: int, slot: int | None) -> None:
        """None: held, refused or broken; pjsua has taken all links off such a slot."""
        if leg not in self._legs:
            return  # the core has let go of it
        try:
            if slot is None:
                self._media.detach(leg)
            else:
                self._media.attach(leg, slot)
        except OSError as error:
            log.warning("leg=%d audio failed: %s", leg, error)
            self.post(events.EffectFailed, leg, "Join", str(error))

    def ended(self, leg: Leg, cause: str) -> None:
        self._media.forget(leg.leg)
        self._ended.append(leg)
        if self._legs.pop(leg.leg, None):
            self.post(events.LegEnded, leg.leg, cause)

    # -- effects -----------------------------------------------------------------------------------
    def invite(self, effect: effects.Invite) -> None:
        uri = effect.contact
        if uri not in contacts_of(effect.extension):
            raise OSError("the phone is no longer registered")
        version = 6 if "@[" in uri or "sip:[" in uri else 4
        if version not in self._accounts:
            raise OSError(f"no SIP address of ours can reach {uri}")
        parameters = pj.CallOpParam(True)
        parameters.opt.textCount = 0
        parameters.txOption.localUri = local_uri(effect, self._domains[version])
        leg = Leg(self, self._accounts[version], effect.leg, pj.PJSUA_INVALID_ID)
        self._legs[effect.leg] = leg
        try:
            leg.makeCall(uri, parameters)
        except pj.Error as error:
            if self._legs.pop(effect.leg, None) is None:
                return  # onCallState came first: its LegEnded is on the way
            self._ended.append(leg)
            raise OSError(error.reason) from None

    def alert(self, effect: effects.Alert) -> None:
        self._reply(effect.leg, 180)

    def progress(self, effect: effects.Progress) -> None:
        self._reply(effect.leg, 183)

    def answer(self, effect: effects.Answer) -> None:
        self._reply(effect.leg, 200)

    def hang_up(self, effect: effects.Hangup) -> None:
        self._drop(self._legs[effect.leg], code_of(effect.cause))

    def _reply(self, number: int, code: int) -> None:
        leg = self._legs.get(number)
        if leg is None:
            return  # the phone left a moment ago; its LegEnded is on the way
        parameters = pj.CallOpParam(True)
        parameters.opt.textCount = 0  # pjsua would offer a text stream
        parameters.statusCode = code
        try:
            leg.answer(parameters)
        except pj.Error as error:
            raise OSError(error.reason) from None

    def _drop(self, leg: Leg, code: int) -> None:
        """End the call; what the phone still says about it is no news to the core."""
        self._legs.pop(leg.leg, None)
        self._ended.append(leg)
        self._media.forget(leg.leg)
        parameters = pj.CallOpParam()
        parameters.statusCode = code
        try:
            leg.hangup(parameters)
        except pj.Error as error:
            log.info("leg=%d hang-up: %s", leg.leg, error.reason)

    # -- the loop ----------------------------------------------------------------------------------
    def pump(self, endpoint: pj.Endpoint) -> bool:
        """Let pjsip handle what has arrived, then let go of the legs that ended.

        True when the time for it was used up before the work was.
        """
        end = time.monotonic() + PUMP_SECONDS
        while (more := endpoint.libHandleEvents(0) > 0) and time.monotonic() < end:
            pass
        self._ended = [leg for leg in self._ended if leg.isActive()]
        if faults:
            raise faults.pop(0)
        return more


def audible(media: pj.CallMediaInfo) -> bool:
    active: bool = media.status == pj.PJSUA_CALL_MEDIA_ACTIVE
    return active and media.type == pj.PJMEDIA_TYPE_AUDIO and media.audioConfSlot >= 0


def contacts_of(extension: str) -> tuple[str, ...]:
    """The addresses to call, newest first."""
    return tuple(uri for uri, _, _ in native.contacts(extension))


def local_uri(effect: effects.Invite, domain: str) -> str:
    """Who calls, as a From header; name and number may hold anything, only the harmless passes."""
    name = "".join(letter for letter in effect.name if letter.isprintable() and letter not in '"\\')
    user = effect.caller if CALLER.fullmatch(effect.caller) else "anonymous"
    user = user.replace("#", "%23")  # in a URI it would begin a fragment
    return f'"{name}" <sip:{user}@{domain}>' if name else f"<sip:{user}@{domain}>"
