"""A call for help finds a line, whatever it costs the others (COS-X1).

The resolver says in which order: a free line, the trunks, and then somebody else's line.  The least
important call gives up its line: one that nobody has answered yet before one that people talk on, a
call out before a call in, the youngest first.  A call for help is never cut.  Whoever loses his
call hears why.
"""

from __future__ import annotations

from firmware.core import causes
from firmware.core.effects import Effects, PublishEmergency
from firmware.core.model import Call, Leg, Line, Session
from firmware.core.switchboard import Switchboard

NOTICE = "emergency-notice"  # the feature that tells the attendant


def take_over(board: Switchboard, lines: tuple[int, ...]) -> tuple[Effects, Line | None, int]:
    """What to do, the line, and the call that it was taken from."""
    legs = [leg for line in lines if (leg := board.line_leg(line)) and leg.kind == "fxo"]
    victims = [leg for leg in legs if leg.state != "ringing" and not _is_for_help(board, leg)]
    if not victims:
        return [], None, 0
    victim = min(victims, key=lambda leg: _importance(board, leg))
    assert victim.line is not None
    call = victim.call
    return board.take_away(victim, causes.CUT), board.tables.lines[victim.line], call


def announce(board: Switchboard, call: Call, caller: Leg, cut: int) -> Effects:
    """To the pages, and to the attendant's telephone unless it is he who calls."""
    life = board.tables.life
    lost = f"{life}-{cut}" if cut else ""
    news = PublishEmergency(f"{life}-{call.id}", call.caller, call.called, call.line, lost)
    attendant = board.site.attendant
    if attendant not in board.site.extensions or attendant == caller.party:
        return [news]
    session = Session(board.next_owner(), NOTICE, "", call.called)
    return [news, *board.features[NOTICE].start(board, session, caller)]


def _is_for_help(board: Switchboard, leg: Leg) -> bool:
    call = board.tables.calls.get(leg.call)
    return call is not None and "emergency" in call.flags


def _importance(board: Switchboard, leg: Leg) -> tuple[bool, bool, int]:
    call = board.tables.calls.get(leg.call)
    answered = call is not None and bool(call.answered)
    incoming = call is not None and call.type == "incoming"
    return answered, incoming, -leg.started
