"""The telephones of an extension: making them ring, and what to do when one is lifted.

Whoever owns the new legs is told how it goes by `LegAlerting`, `LegAnswered` and `Left`.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from firmware.core import causes
from firmware.core.effects import Effects, Invite, OpenLine, RingLine, StopRinging
from firmware.core.model import Leg, Owner
from firmware.core.site import Extension
from firmware.core.switchboard import Switchboard

Rung = tuple[Effects, str]  # what to do; why nobody could be rung, if that is so


class Shown(msgspec.Struct, frozen=True):
    """What the telephone shows of the caller, and how it is to behave."""

    caller: str
    name: str = ""
    withheld: bool = False
    diverted_by: str = ""
    auto_answer: Literal["", "talk", "listen"] = ""


def ring(
    board: Switchboard, owner: Owner, extension: Extension, show: Shown, call: int = 0
) -> Rung:
    if extension.line is None:
        return _invite(board, owner, extension, show, call)
    line = board.tables.lines.get(extension.line)
    if line is None or not line.up:
        return [], causes.UNREACHABLE
    if line.leg or line.off_hook:
        return [], causes.BUSY
    if show.auto_answer:
        return [], causes.REFUSED  # an analog telephone cannot answer by itself
    leg = board.add_leg("fxs", extension.number, owner, "ringing", line=line.line, call=call)
    return [RingLine(leg.id, line.line, board.site.ring_cadence)], ""


def _invite(board: Switchboard, owner: Owner, extension: Extension, show: Shown, call: int) -> Rung:
    """One leg for each place where the extension is registered."""
    effects: Effects = []
    for contact in board.tables.contacts.get(extension.number, ()):
        leg = board.add_leg("sip", extension.number, owner, "ringing", call=call)
        effects.append(
            Invite(
                leg.id,
                extension.number,
                contact,
                show.caller,
                show.name,
                withheld=show.withheld,
                diverted_by=show.diverted_by,
                auto_answer=show.auto_answer,
            )
        )
    return effects, causes.UNREACHABLE


def answered(board: Switchboard, leg: Leg) -> Effects:
    """The telephone was lifted, or took the call; whether that answers a call, its owner says."""
    leg.answered = leg.answered or board.utc
    board.set_state(leg, "up")
    if leg.kind != "fxs" or leg.line is None:
        return []
    return [StopRinging(leg.id, leg.line), OpenLine(leg.id, leg.line)]
