"""Calls to a telephone that answers by itself: to talk with, or to listen only.

Nobody is to be overheard: a telephone does so only if its extension is set to answer by itself, and
never while it is in a call.
"""

from __future__ import annotations

from typing import Literal

from firmware.core import calling, causes
from firmware.core.decision import Dial, Reject, ToExtension
from firmware.core.effects import Effects
from firmware.core.model import Dialing, Leg, Session
from firmware.core.refusal import release
from firmware.core.switchboard import Switchboard


def call(board: Switchboard, session: Session, leg: Leg, way: Literal["talk", "listen"]) -> Effects:
    number = session.argument
    extension = board.site.extensions.get(number)
    if extension is None or not extension.sip or not extension.auto_answer:
        return release(board, leg, causes.REFUSED, ("no-auto-answer",))
    resolution = board.ask(board.caller_of(leg), number + "#")  # may he, and is it not disturbed?
    decision = resolution.decision
    if isinstance(decision, Reject):
        return release(board, leg, decision.cause, decision.words)
    dialing = Dialing(board.next_owner(), "calling", leg.id, auto_answer=way)
    effects = board.move([leg], dialing)
    dial = Dial("internal", number, ToExtension(number))
    return effects + calling.call(board, dialing, board.tables.calls[leg.call], dial)
