"""A call for help is announced to the operator: the attendant's telephone rings and says who calls.

    ringing     Until somebody answers, or for a minute; a busy attendant is not disturbed, the
                pages show the call anyway.
    saying      Who calls which number, twice.

Not dialed: `core.emergency` begins it.
"""

from __future__ import annotations

from firmware.core import causes, phones
from firmware.core.effects import Effects
from firmware.core.events import LegAnswered, PromptEnded, TimerFired
from firmware.core.feature import Feature
from firmware.core.model import Leg, Session
from firmware.core.refusal import release
from firmware.core.switchboard import Switchboard
from firmware.prompts import spoken

PATIENCE_MS = 60_000


def _start(board: Switchboard, session: Session, leg: Leg) -> Effects:
    """`leg` calls for help; `session.argument` is the number."""
    session.state, session.by = "ringing", leg.party
    extension = board.site.extensions[board.site.attendant]
    effects, _ = phones.ring(board, session, extension, phones.Shown(leg.party, session.argument))
    if not effects:
        return []
    return effects + board.start_timer(session.id, "give-up", PATIENCE_MS)


def _answered(board: Switchboard, session: Session, event: LegAnswered) -> Effects:
    leg = board.tables.legs[event.leg]
    effects = phones.answered(board, leg) + board.stop_timer(session.id, "give-up")
    for other in board.legs_of(session.id):
        if other is not leg:
            effects += board.hang_up(other, causes.ELSEWHERE)
    session.state = "saying"
    notice = (
        "emergency-by",
        *spoken.digits(session.by),
        "emergency-calls",
        *spoken.digits(session.argument),
    )
    return effects + board.say(leg, *notice, *notice)


def _said(board: Switchboard, session: Session, _: PromptEnded) -> Effects:
    [leg] = board.legs_of(session.id)
    return release(board, leg, causes.NORMAL)


def _give_up(board: Switchboard, session: Session, _: TimerFired) -> Effects:
    effects: Effects = []
    for leg in board.legs_of(session.id):
        effects += board.hang_up(leg, causes.NO_ANSWER)
    return effects


FEATURE = Feature(
    "emergency-notice",
    _start,
    {
        ("ringing", LegAnswered): _answered,
        ("ringing", "give-up"): _give_up,
        ("saying", PromptEnded): _said,
    },
)
