"""The table of SIP legs: what pjsua's callbacks mean, and the effects on a leg that exists.

Callbacks run on the one Python thread, inside `pump` or inside a call of ours into pjsua; they
post, and tell `media` which audio slot a leg has.  A leg that the core has let go of is no longer
in the table; what its phone still says is no news.
"""

from __future__ import annotations

import logging
import time
from itertools import count

from hookswitch_engine import native
from hookswitch_engine import pjsua2 as pj

from firmware.core import causes, effects, events
from firmware.core.site import SipProfile
from firmware.edges.inbox import Inbox
from firmware.edges.media import Media
from firmware.edges.sip.codes import code_of
from firmware.edges.sip.guard import faults
from firmware.edges.sip.leg import Leg

log = logging.getLogger("sip")

PUMP_SECONDS = 0.005  # one turn's share of SIP: whoever floods us must not stop the loop
KEY_MS = 100  # of a key that is sent
RETRY_SECONDS = 30  # when the box is full


class Legs:
    def __init__(self, media: Media, inbox: Inbox) -> None:
        self._media, self.post = media, inbox.post
        self._legs: dict[int, Leg] = {}
        self._numbers = count(2, 2)
        self._ended: list[Leg] = []

    def has(self, leg: int) -> bool:
        return leg in self._legs

    def get(self, leg: int) -> Leg | None:
        return self._legs.get(leg)

    def of_call(self, call: int) -> int:
        """The leg of a pjsua call; 0: none that the core knows."""
        for leg in self._legs.values():
            if leg.getId() == call:
                return leg.leg
        return 0

    def pressed(self, call: int, key: str) -> None:
        """A key that came as a message (INFO) instead of sound."""
        leg = self.of_call(call)
        if leg:
            self.post(events.DigitHeard, leg, key)

    # -- coming and going --------------------------------------------------------------------------
    def take_in(self, account: pj.Account, call: int, profile: SipProfile) -> Leg:
        """A call that came in gets an even number of ours."""
        leg = Leg(self, account, next(self._numbers), call, profile)
        self._legs[leg.leg] = leg
        return leg

    def call_out(
        self,
        number: int,
        account: pj.Account,
        uri: str,
        parameters: pj.CallOpParam,
        profile: SipProfile,
    ) -> Leg:
        """Raises `OSError` when it cannot even be tried."""
        leg = Leg(self, account, number, pj.PJSUA_INVALID_ID, profile)
        self._legs[number] = leg
        try:
            leg.makeCall(uri, parameters)
        except pj.Error as error:
            self._ended.append(leg)
            if self._legs.pop(number, None) is not None:
                raise OSError(error.reason) from None
            # else onCallState came first: its LegEnded is on the way
        return leg

    def ended(self, leg: Leg, cause: str) -> None:
        self._media.forget(leg.leg)
        self._ended.append(leg)
        if self._legs.pop(leg.leg, None):
            self.post(events.LegEnded, leg.leg, cause)

    def redirected(self, leg: Leg, target: str) -> None:
        if target and leg.leg in self._legs:
            del self._legs[leg.leg]
            self._media.forget(leg.leg)
            self._ended.append(leg)
            self.post(events.LegRedirected, leg.leg, target)

    def lose(self, leg: Leg, cause: str) -> None:
        """End it on our side, and tell the core."""
        self.drop(leg, code_of(cause))
        self.post(events.LegEnded, leg.leg, cause)

    def drop(self, leg: Leg, code: int) -> None:
        """End the call; what the phone still says about it is no news to the core."""
        self._legs.pop(leg.leg, None)
        self._ended.append(leg)
        self._media.forget(leg.leg)
        parameters = pj.CallOpParam()
        parameters.statusCode = code
        if code == 503:
            parameters.txOption.headers.append(header("Retry-After", str(RETRY_SECONDS)))
        try:
            leg.hangup(parameters)
        except pj.Error as error:
            log.info("leg=%d hang-up: %s", leg.leg, error.reason)

    # -- audio -------------------------------------------------------------------------------------
    def audio(self, leg: int, slot: int | None) -> None:
        """None: held, refused or broken; pjsua has taken all links off such a slot."""
        if leg not in self._legs:
            return  # the core has let go of it
        try:
            if slot is None:
                self._media.detach(leg)
            else:
                call = self._legs[leg]
                inband = call.profile.dtmf == "inband"
                self._media.attach(leg, slot, call.getId(), inband)
        except OSError as error:
            log.warning("leg=%d audio failed: %s", leg, error)
            self.post(events.EffectFailed, leg, "Join", str(error))

    # -- effects -----------------------------------------------------------------------------------
    def alert(self, effect: effects.Alert) -> None:
        self._reply(effect.leg, 180)

    def progress(self, effect: effects.Progress) -> None:
        self._reply(effect.leg, 183)

    def answer(self, effect: effects.Answer) -> None:
        caller, called = self._legs.get(effect.leg), self._legs.get(effect.like)
        if caller and called:
            native.answer_like(caller.getId(), called.getId())
        self._reply(effect.leg, 200)

    def hang_up(self, effect: effects.Hangup) -> None:
        self.drop(self._legs[effect.leg], code_of(effect.cause))

    def send_digits(self, effect: effects.SendDigits) -> None:
        """In the way that the far end understands; `#` and `*` are keys like others."""
        leg = self._legs[effect.leg]
        if leg.profile.dtmf == "inband":
            self._media.press(effect.leg, effect.digits)
        elif leg.profile.dtmf == "info":
            _send_info(leg, effect.digits)
        else:
            self._send_events(leg, effect.digits)

    def _send_events(self, leg: Leg, keys: str) -> None:
        try:
            native.keys_send(leg.getId(), keys, KEY_MS)
        except OSError as error:
            log.info("leg=%d %s: as sound", leg.leg, error)
            self._media.press(leg.leg, keys)

    def _reply(self, number: int, code: int) -> None:
        leg = self._legs.get(number)
        if leg is None:
            return  # the phone left a moment ago; its LegEnded is on the way
        try:
            leg.answer(_REPLIES[code])
        except pj.Error as error:
            raise OSError(error.reason) from None

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

    def on_account(self, account: pj.Account) -> list[Leg]:
        return [leg for leg in self._legs.values() if leg.account is account]

    def lose_all(self, account: pj.Account) -> None:
        """The local address is gone: nobody can be told."""
        for leg in self.on_account(account):
            self.lose(leg, causes.UNREACHABLE)


def _send_info(leg: Leg, keys: str) -> None:
    parameters = pj.CallSendDtmfParam()
    parameters.digits, parameters.duration = keys, KEY_MS
    parameters.method = pj.PJSUA_DTMF_METHOD_SIP_INFO
    try:
        leg.sendDtmf(parameters)
    except pj.Error as error:
        log.warning("leg=%d keys not sent: %s", leg.leg, error.reason)


def header(name: str, value: str) -> pj.SipHeader:
    made = pj.SipHeader()
    made.hName, made.hValue = name, value
    return made


def _replying(code: int) -> pj.CallOpParam:
    parameters = pj.CallOpParam(True)
    parameters.opt.textCount = 0  # pjsua would offer a text stream
    parameters.statusCode = code
    return parameters


_REPLIES = {code: _replying(code) for code in (180, 183, 200)}
