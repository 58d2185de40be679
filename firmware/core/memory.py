"""Who called whom last: noted for every extension, derived from the legs that changed.

What an extension dialed last is kept as it was dialed, so that dialing it again obeys the rules of
that moment; a redial is noted as the number that it stood for.  Emergency calls are not repeated by
a key, so they are not kept.
"""

from __future__ import annotations

import msgspec

from firmware.core.effects import Effects
from firmware.core.model import Call, Dialing, Leg
from firmware.core.switchboard import Switchboard
from firmware.core.userstate import Last, key

REPEATS = ("redial", "callback")  # rules whose digits stand for a number


def news(board: Switchboard) -> Effects:
    """To be called before the list of changed legs is consumed."""
    effects: Effects = []
    for leg in list(board.changed.values()):
        call, extension = board.tables.calls.get(leg.call), board.extension_of(leg)
        if call is None or extension is None or leg.id not in board.tables.legs:
            continue
        owner = board.tables.owners.get(leg.owner)
        if leg.state == "ringing":
            effects += _note(board, leg.party, _called_by(board, leg, call))
        elif isinstance(owner, Dialing) and owner.caller == leg.id and owner.decision:
            effects += _note(board, leg.party, _dialed(board, leg, call, owner))
    return effects


def _note(board: Switchboard, extension: str, now: Last) -> Effects:
    if now == board.tables.state.last.get(extension, Last()):
        return []
    return board.remember(key("last", extension), now)


def _called_by(board: Switchboard, leg: Leg, call: Call) -> Last:
    last = board.tables.state.last.get(leg.party, Last())
    number = call.caller[:64]
    if not number or number == leg.party:
        return last
    outside = number if call.type == "incoming" else last.outside
    return msgspec.structs.replace(last, caller=number, outside=outside)


def _dialed(board: Switchboard, leg: Leg, call: Call, dialing: Dialing) -> Last:
    last = board.tables.state.last.get(leg.party, Last())
    digits = dialing.digits.rstrip("#")
    if call.trail and call.trail[0].rule in REPEATS:
        digits = call.trail[0].detail
    if "emergency" in call.flags or not digits or len(digits) > 64:
        return last
    return msgspec.structs.replace(last, dialed=digits)
