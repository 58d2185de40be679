"""Calls that come in.

Requests have been judged in C before they get here: the caller is the account that proved itself
(`native.authenticated`) or the trunk whose call it is, never what a From header claims.  What a
trunk says of its own caller is believed, cleaned; what a phone says of itself is not even read.
"""

from __future__ import annotations

import logging
import re

from hookswitch_engine import native
from hookswitch_engine import pjsua2 as pj

from firmware.core import events
from firmware.edges.sip.legs import Legs
from firmware.edges.sip.profiles import Profiles

log = logging.getLogger("sip")

DIALABLE = re.compile(r"[0-9*#+]{1,32}")


class Offers:
    def __init__(self, legs: Legs, profiles: Profiles) -> None:
        self._legs, self._profiles = legs, profiles

    def offered(self, account: pj.Account, offer: pj.OnIncomingCallParam) -> None:
        user = native.authenticated() or ""
        trunk = self._profiles.coded().get(native.trunk() or "", "")
        called, replaced = native.called() or "", native.replaced()
        if trunk:
            profile, speech = self._profiles.of_trunk(trunk), self._profiles.speech_name(trunk)
        else:
            profile, speech = self._profiles.of_extension(user), user
        leg = self._legs.take_in(account, offer.callId, profile)
        native.speak_in(offer.callId, speech)
        replaces = self._legs.of_call(replaced) if replaced >= 0 else 0
        code = refusal(bool(user or trunk), called, replaced >= 0, replaces)
        if code:
            log.info("leg=%d refused code=%d", leg.leg, code)
            self._legs.drop(leg, code)
        elif trunk:
            self._from_trunk(leg.leg, trunk, called, replaces)
        else:
            self._legs.post(events.CallOffered, leg.leg, user, called, replaces=replaces)

    def _from_trunk(self, leg: int, trunk: str, called: str, replaces: int) -> None:
        number, name, withheld, diversions = native.identity()
        diverted_by = diversions[0][0] if diversions else ""
        self._legs.post(
            events.CallOffered,
            leg,
            "",
            called,
            trunk=trunk,
            caller=number,
            name=name,
            replaces=replaces,
            withheld=withheld,
            diverted_by=diverted_by,
        )


def refusal(known: bool, called: str, wants_place: bool, replaces: int) -> int:
    """The code that a call is refused with at the door; 0: it may come in."""
    if not known:
        return 403
    if wants_place:
        return 0 if replaces else 481  # the call that it wants to replace has just ended
    return 0 if DIALABLE.fullmatch(called) else 404
