"""Keys pressed in a call: codes for the box, or keys for the far end (FCR-08).

What a leg presses within the gap is collected and the resolver asked what it means in the context
"call"; a trailing `#` after a complete code belongs to it.  Keys that mean nothing belong to the
far end: from a handset they have gone there as sound already, from a phone they are sent on.
"""

from __future__ import annotations

from firmware.core import recall
from firmware.core.decision import Caller, Decision, NeedMore, RunFeature
from firmware.core.effects import Effects, SendDigits
from firmware.core.events import DigitHeard, TimerFired
from firmware.core.holding import others
from firmware.core.model import Bridge, Leg
from firmware.core.switchboard import Switchboard

GAP_MS = 1_000


def pressed(board: Switchboard, bridge: Bridge, event: DigitHeard) -> Effects:
    leg = board.tables.legs[event.leg]
    if leg.id in bridge.ears or _ends_dialing(board, leg, event.digit):
        return []
    if board.held_for(leg):
        return _consulting(board, bridge, leg, event.digit)
    if _may_use_codes(board, leg):
        return _collect(board, bridge, leg, event)
    return _pass_on(board, bridge, leg, event.digit)


def _ends_dialing(board: Switchboard, leg: Leg, digit: str) -> bool:
    """The `#` of `41#`, where 41 was enough to bring the call."""
    until, leg.hash_until = leg.hash_until, 0
    return digit == "#" and board.at < until


def _collect(board: Switchboard, bridge: Bridge, leg: Leg, event: DigitHeard) -> Effects:
    keys = bridge.keys.pop(leg.id, "") + event.digit
    decision = _meaning(board, leg, keys)
    if isinstance(decision, NeedMore):
        bridge.keys[leg.id] = keys
        return board.start_timer(bridge.id, "keys", GAP_MS)
    if isinstance(decision, RunFeature):
        return _run(board, bridge, leg, decision)
    return _pass_on(board, bridge, leg, keys)


def gap(board: Switchboard, bridge: Bridge, _: TimerFired) -> Effects:
    """No more keys: a code that waited for longer ones is meant, everything else is passed on."""
    effects: Effects = []
    pending, bridge.keys = bridge.keys, {}
    for number, keys in pending.items():
        leg = board.tables.legs.get(number)
        if leg is None or leg.owner != bridge.id:
            continue
        decision = _meaning(board, leg, keys)
        if isinstance(decision, NeedMore) and decision.then:
            effects += _run(board, bridge, leg, decision.then)
        else:
            effects += _pass_on(board, bridge, leg, keys)
    return effects


def _meaning(board: Switchboard, leg: Leg, keys: str) -> Decision:
    return board.ask(Caller(leg.party, context="call"), keys, leg.call).decision


def _run(board: Switchboard, bridge: Bridge, leg: Leg, decision: RunFeature) -> Effects:
    in_call = board.features[decision.feature].in_call
    return in_call(board, bridge, leg, decision.argument) if in_call else []


def _consulting(board: Switchboard, bridge: Bridge, leg: Leg, digit: str) -> Effects:
    """FCR-09: only `*` means something, the way back."""
    if digit == "*":
        return recall.cancel(board, bridge, leg)
    return _pass_on(board, bridge, leg, digit)


def _may_use_codes(board: Switchboard, leg: Leg) -> bool:
    extension = board.extension_of(leg)
    return extension is not None and extension.may_transfer and bool(leg.answered)


def _pass_on(board: Switchboard, bridge: Bridge, leg: Leg, digits: str) -> Effects:
    if leg.kind != "sip":
        return []
    far = others(board, bridge, leg)
    return [SendDigits(other.id, digits) for other in far if other.kind != "fxs"]
