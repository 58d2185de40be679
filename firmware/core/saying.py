"""Speaking to a caller who is in a session, and letting him go afterwards."""

from __future__ import annotations

from firmware.core import causes
from firmware.core.effects import Effects, PlayPrompt
from firmware.core.model import Leg
from firmware.core.refusal import hear_tone
from firmware.core.switchboard import Switchboard


def language_of(board: Switchboard, leg: Leg) -> str:
    """TON-01: an extension's own language, everybody else hears the house's."""
    extension = board.site.extensions.get(leg.party)
    return (extension.language if extension else "") or board.site.language


def say(board: Switchboard, leg: Leg, words: tuple[str, ...]) -> Effects:
    return [PlayPrompt(leg.id, language_of(board, leg), words)]


def let_go(board: Switchboard, leg: Leg, cause: str = causes.NORMAL) -> Effects:
    """Nothing more to say: a handset hears the tone that means so, everybody else is hung up."""
    if leg.kind == "fxs":
        return hear_tone(board, leg, cause)
    return board.hang_up(leg, cause)
