"""In which order the members of a group ring (DEP-02, GRP-05): decided by what happened before.

`random` must be repeatable, since a journal replays: the number of the call is the dice.
"""

from __future__ import annotations

from firmware.core.decision import ToGroup
from firmware.core.switchboard import Switchboard


def in_turn(board: Switchboard, group: ToGroup, call: int) -> list[str]:
    members = list(group.members)
    match group.strategy:
        case "circular":
            first = board.tables.turns.get(group.name, "")
            start = members.index(first) + 1 if first in members else 0
            members = members[start:] + members[:start]
        case "random":
            members.sort(key=lambda number: _dice(call, number))
        case "longest":
            members.sort(key=lambda number: board.tables.called.get(number, 0))
        case _:
            pass
    if members and group.strategy == "circular":
        board.tables.turns[group.name] = members[0]
    return members


def _dice(call: int, number: str) -> int:
    """A well mixed number of 32 bits (the mixing of FNV, and a last stir)."""
    mixed = 2166136261 ^ (call & 0xFFFFFFFF)
    for letter in number:
        mixed = ((mixed ^ ord(letter)) * 16777619) & 0xFFFFFFFF
    mixed ^= mixed >> 15
    return (mixed * 2246822519) & 0xFFFFFFFF
