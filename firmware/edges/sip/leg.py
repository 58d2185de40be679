"""One pjsua call under the number that the core knows: callbacks in, nothing decided.

pjsua destroys a call when its Python object dies, whatever has reused the call's slot meanwhile:
an ended leg is therefore kept by `Legs` until the callback that ended it has returned.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hookswitch_engine import native
from hookswitch_engine import pjsua2 as pj

from firmware.core import events
from firmware.core.site import SipProfile
from firmware.edges.sip.codes import cause_of
from firmware.edges.sip.guard import faults, guarded
from firmware.edges.sip.headers import party_of

if TYPE_CHECKING:
    from firmware.edges.sip.legs import Legs


class Leg(pj.Call):
    def __init__(
        self, legs: Legs, account: pj.Account, leg: int, call: int, profile: SipProfile
    ) -> None:
        super().__init__(account, call)
        self.legs, self.account, self.leg, self.profile = legs, account, leg, profile
        self.outgoing = call == pj.PJSUA_INVALID_ID
        self.alerted = self.heard = self.held = self.answered = False
        self.slot: int | None = None
        self.paged = False  # it only listens, which SDP says in the words of being held

    @guarded
    def onCallState(self, __: pj.OnCallStateParam) -> None:
        state, code, _, _ = native.call_now(self.getId())
        if state == pj.PJSIP_INV_STATE_EARLY:
            if not self.alerted:
                self.alerted = True
                self.legs.post(events.LegAlerting, self.leg, False)
        elif state == pj.PJSIP_INV_STATE_CONFIRMED:
            self.answered = True
            if self.outgoing:
                self.legs.post(events.LegAnswered, self.leg)
        elif state == pj.PJSIP_INV_STATE_DISCONNECTED:
            self.legs.ended(self, cause_of(code))

    @guarded
    def onCallMediaState(self, __: pj.OnCallMediaStateParam) -> None:
        state, _, status, slot = native.call_now(self.getId())
        held = status == pj.PJSUA_CALL_MEDIA_REMOTE_HOLD and not self.paged
        talks = status == pj.PJSUA_CALL_MEDIA_ACTIVE or (self.paged and not held)
        active = talks and slot >= 0
        self.slot = slot if active else None
        self.legs.audio(self.leg, self.slot)
        self._note_hold(held)
        if active and self.outgoing and state < pj.PJSIP_INV_STATE_CONNECTING:
            self._note_early_audio()

    def _note_hold(self, held: bool) -> None:
        if held != self.held:
            self.held = held
            self.legs.post(events.LegHeld if held else events.LegResumed, self.leg)

    def _note_early_audio(self) -> None:
        if not self.heard:
            self.alerted = self.heard = True
            self.legs.post(events.LegAlerting, self.leg, True)

    def onCallRedirected(self, redirected: pj.OnCallRedirectedParam) -> int:
        """Where the call goes next is not the phone's decision."""
        try:
            self.legs.redirected(self, party_of(redirected.targetUri).number)
        except Exception as fault:
            faults.append(fault)
        return pj.PJSIP_REDIRECT_STOP
