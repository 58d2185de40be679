"""Speaking to a caller who is in a session, and letting him go afterwards."""

from __future__ import annotations

from firmware.core import causes, refusal
from firmware.core.effects import Effects
from firmware.core.model import Leg
from firmware.core.switchboard import Switchboard


def say(board: Switchboard, leg: Leg, words: tuple[str, ...]) -> Effects:
    return board.say(leg, *words)


def let_go(board: Switchboard, leg: Leg, cause: str = causes.NORMAL) -> Effects:
    """Nothing more to say: a handset hears the tone that means so, everybody else is hung up."""
    if leg.kind == "fxs":
        return refusal.hear_tone(board, leg, cause)
    return board.hang_up(leg, cause)


def digit_words(digits: str) -> tuple[str, ...]:
    """Each key of a number is a word of its own."""
    names = {"*": "star", "#": "hash", "+": "plus"}
    return tuple(f"d-{names.get(digit, digit)}" for digit in digits)
