"""Transfers that phones ask for (REFER): the question to the core, its progress to the phone.

The engine has accepted the request and told the phone 100; it never dials by itself.  A transfer
may outlive the leg that asked for it, so the phone hears how it ended after it has left the call.
"""

from __future__ import annotations

import logging

from hookswitch_engine import native

from firmware.core import effects, events
from firmware.edges.sip.legs import Legs
from firmware.edges.sip.offers import DIALABLE

log = logging.getLogger("sip")

NOT_FOUND, NO_SUCH_CALL = 404, 481


class Transfers:
    def __init__(self, legs: Legs) -> None:
        self._legs = legs
        self._asked: dict[int, int] = {}  # leg -> the engine's number of its transfer

    def asked(self, call: int, transfer: int, target: str, other: int) -> None:
        """`other` is the call whose party is wanted, -1: the number `target` is."""
        leg = self._legs.of_call(call)
        replaces = self._legs.of_call(other) if other >= 0 else 0
        if not leg or (other >= 0 and not replaces):
            native.refer_notify(transfer, NO_SUCH_CALL)
        elif not replaces and not DIALABLE.fullmatch(target):
            log.info("leg=%d transfer to %r refused", leg, target)
            native.refer_notify(transfer, NOT_FOUND)
        else:
            self._asked[leg] = transfer
            self._legs.post(events.ReferAsked, leg, target, replaces)

    def answer(self, effect: effects.AnswerRefer) -> None:
        transfer = self._asked.get(effect.leg)
        if transfer is None:
            return
        native.refer_notify(transfer, effect.code)
        if effect.code >= 200:
            del self._asked[effect.leg]
