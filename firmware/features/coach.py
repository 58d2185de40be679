"""The handset coach (FC-60): tells the user, in his language, what this telephone may do and does.

Its number, whom it may call outside and how, how to reach the attendant; then what keeps calls
away, because that is what people have forgotten who say that their telephone never rings.
"""

from __future__ import annotations

from collections.abc import Mapping

from firmware.core.announcing import SAYING, say
from firmware.core.effects import Effects
from firmware.core.feature import Feature
from firmware.core.model import Leg, Session
from firmware.core.switchboard import Switchboard
from firmware.core.userstate import UserState
from firmware.prompts import spoken
from firmware.routing import permission
from firmware.routing.numbering import Asked

Words = tuple[str, ...]
LEVELS: Mapping[int, str] = {
    1: "coach-everything",
    2: "coach-national",
    3: "coach-local",
    4: "coach-local",
    5: "coach-emergency",
    6: "coach-inside",
}


def _start(board: Switchboard, session: Session, leg: Leg) -> Effects:
    words = ("coach-you-are", *spoken.digits(leg.party), *_outside(board, leg), *_attendant(board))
    return say(board, session, leg, *words, *_away(board.tables.state, leg.party))


def _outside(board: Switchboard, leg: Leg) -> Words:
    extension = board.extension_of(leg)
    if extension is None:
        return ()
    asked = Asked(board.site, board.tables.state, board.caller_of(leg), board.utc)
    _, kind = permission.class_of(asked, extension)
    words: Words = (LEVELS[kind.outgoing],)
    if kind.outgoing < 5 and board.site.routes:
        words += ("coach-outside-first", *spoken.digits(board.site.routes[0].prefix))
    return words


def _attendant(board: Switchboard) -> Words:
    for code in board.site.codes:
        if code.rule and code.feature == "attendant":
            return ("coach-attendant", *spoken.digits(code.digits))
    return ()


def _away(state: UserState, number: str) -> Words:
    words: Words = ("coach-dnd",) if number in state.dnd else ()
    forwards = state.forward.get(number)
    if forwards and forwards.always and forwards.always.on:
        words += ("coach-forward", *spoken.digits(forwards.always.to))
    return (*words, "coach-busy") if number in state.busy else words


FEATURE = Feature("coach", _start, SAYING)
