"""Calls that go out, to one place where an extension is registered or to a carrier.

A phone is told who calls in the ways that phones read (From, P-Asserted-Identity), to answer by
itself or to ring differently in the three dialects that are understood (Call-Info, Alert-Info,
Answer-Mode).  A contact that is no longer registered is not called, whoever names it.
"""

from __future__ import annotations

from hookswitch_engine import native
from hookswitch_engine import pjsua2 as pj

from firmware.core import effects
from firmware.edges.sip.addresses import Addresses, place_of
from firmware.edges.sip.headers import Header, Party, to_phone
from firmware.edges.sip.legs import Legs, header
from firmware.edges.sip.profiles import Profiles

_RINGS = {"internal": 1, "outside": 2, "group": 3}


class Invites:
    def __init__(self, legs: Legs, addresses: Addresses, profiles: Profiles) -> None:
        self._legs, self._addresses, self._profiles = legs, addresses, profiles

    def invite(self, effect: effects.Invite) -> None:
        uri = effect.contact
        if uri not in contacts_of(effect.extension):
            raise OSError("the phone is no longer registered")
        profile = self._profiles.of_extension(effect.extension)
        host, transport = place_of(uri)
        address = self._addresses.towards(host)
        account = address.account(transport, profile.srtp)
        caller = Party(effect.caller, effect.name, effect.withheld)
        who, headers = to_phone(caller, effect.diverted_by, address.domain)
        parameters = outgoing(who, headers + ringing(effect, address.domain))
        if effect.auto_answer == "listen":  # nobody who is made to listen is listened to
            parameters.opt.flag |= pj.PJSUA_CALL_SET_MEDIA_DIR
            parameters.opt.mediaDir.append(pj.PJMEDIA_DIR_ENCODING)
        native.speak_to(effect.extension)
        leg = self._legs.call_out(effect.leg, account, uri, parameters, profile)
        leg.paged = effect.auto_answer == "listen"


def outgoing(who: str, headers: list[Header]) -> pj.CallOpParam:
    parameters = pj.CallOpParam(True)
    parameters.opt.textCount = 0  # pjsua would offer a text stream
    parameters.txOption.localUri = who
    for name, value in headers:
        parameters.txOption.headers.append(header(name, value))
    return parameters


def ringing(effect: effects.Invite, domain: str) -> list[Header]:
    """How the phone should ring, or that it should not wait for anybody to lift it."""
    ring = _RINGS.get(effect.ring, 1)
    if not effect.auto_answer:
        if not effect.ring:
            return []
        return [("Alert-Info", f"<http://127.0.0.1/Bellcore-dr{ring}>;info={effect.ring}")]
    return [
        ("Call-Info", f"<sip:{domain}>;answer-after=0"),
        ("Alert-Info", f"<http://127.0.0.1/Bellcore-dr{ring}>;info=alert-autoanswer;delay=0"),
        ("Answer-Mode", "Auto"),
    ]


def contacts_of(extension: str) -> tuple[str, ...]:
    """The addresses to call, newest first."""
    return tuple(uri for uri, _, _ in native.contacts(extension))
