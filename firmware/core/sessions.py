"""Handing a leg to a feature, and taking it back when the session ends."""

from __future__ import annotations

from firmware.core.effects import Effects, StopTone
from firmware.core.model import Leg, Session
from firmware.core.switchboard import Switchboard


def start_session(board: Switchboard, feature: str, argument: str, leg: Leg) -> Effects:
    """The feature owns the leg from here on and answers for it."""
    session = Session(board.next_owner(), feature, "", [leg.id], argument)
    board.add_owner(session)
    leg.owner = session.id
    quiet: Effects = [StopTone(leg.id)] if leg.kind == "fxs" else []
    return quiet + board.answer(leg) + board.features[feature].start(board, session, leg)


def end_session(board: Switchboard, session: Session, leg: Leg, cause: str) -> Effects:
    """The session's only leg has gone: close its call and forget the session."""
    board.drop_leg(leg, cause)
    return board.close_call(leg.call, cause) + board.end_owner(session)
