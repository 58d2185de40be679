"""Taking a call that rings at somebody else's telephone.

The picker takes the callee's place in the caller's dialing; what he dialed for it is no call of its
own.
"""

from __future__ import annotations

from collections.abc import Iterable

from firmware.core import calling, causes
from firmware.core.effects import Effects
from firmware.core.model import Dialing, Leg
from firmware.core.refusal import release
from firmware.core.switchboard import Switchboard

NOBODY = ("nothing-rings",)


def pick_up(board: Switchboard, picker: Leg, numbers: Iterable[str]) -> Effects:
    rings = [dialing for number in numbers for dialing in ringing_at(board, number, picker)]
    if not rings:
        return release(board, picker, causes.NO_SUCH_NUMBER, NOBODY)
    dialing = min(rings, key=lambda it: it.id)
    caller = board.tables.legs[dialing.caller]
    merged = board.merge_call(picker, caller.call)
    board.ledger.mark(picker, "picked-up")
    return merged + calling.connect(board, dialing, picker)


def ringing_at(board: Switchboard, number: str, besides: Leg) -> list[Dialing]:
    """The calls that ring there; one's own is not to be picked up."""
    owners = (
        board.tables.owners[leg.owner] for leg in board.legs_at(number) if leg.state == "ringing"
    )
    return [
        it
        for it in owners
        if isinstance(it, Dialing) and it.state == "calling" and it.caller != besides.id
    ]


def colleagues(board: Switchboard, number: str) -> tuple[str, ...]:
    """The department's members; the caller himself may pick up what rings at his other phone."""
    for department in board.site.departments:
        if number in department.members:
            return department.members
    return ()
