"""A bridge at work: what happens to people who hear each other, or wait for each other.

Theory.  In mode `talk` two legs hear each other, in `conference` more do, in `listen` some only
listen (supervisors, a paged telephone), in `hold` nobody hears anybody.  When one leaves and fewer
than two talkers remain, the call is over: the others are released in the way they notice (busy tone
on a handset, hang-up elsewhere), unless somebody waits for them: then they are back with him.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from firmware.core import causes, keys, recall, refer, refusal
from firmware.core.effects import Effects
from firmware.core.events import (
    DigitHeard,
    HookFlashed,
    LegHeld,
    LegResumed,
    ReferAsked,
)
from firmware.core.holding import paused, resumed
from firmware.core.model import Bridge, Left, Leg
from firmware.core.switchboard import Switchboard


def _left(board: Switchboard, bridge: Bridge, event: Left) -> Effects:
    """Two talkers are a call; one is alone, whoever still listens to him."""
    legs = board.legs_of(bridge.id)
    talkers = [leg for leg in legs if leg.id not in bridge.ears]
    if len(talkers) > 1:
        return _settled(board, bridge, talkers)
    if bridge.keeper and legs:
        return []
    effects: Effects = []
    for leg in legs:
        effects += _alone(board, leg, event.cause)
    return effects


def _settled(board: Switchboard, bridge: Bridge, talkers: list[Leg]) -> Effects:
    """Who is left goes on, in the mode that fits them."""
    if bridge.mode == "hold":
        return []
    if bridge.ears:
        return []
    return board.change(bridge, "conference" if len(talkers) > 2 else "talk")


def _alone(board: Switchboard, leg: Leg, cause: str) -> Effects:
    if board.held_for(leg):
        return board.rejoin(leg)
    return refusal.release(board, leg, cause if cause in causes.WORDS_OF else causes.NORMAL)


TABLE: dict[tuple[str, type | str], Callable[[Switchboard, Bridge, Any], Effects]] = {
    ("talk", Left): _left,
    ("talk", DigitHeard): keys.pressed,
    ("talk", "keys"): keys.gap,
    ("talk", HookFlashed): recall.flashed,
    ("talk", LegHeld): paused,
    ("talk", ReferAsked): refer.asked,
    ("hold", Left): _left,
    ("hold", LegHeld): paused,
    ("hold", LegResumed): resumed,
    ("hold", ReferAsked): refer.asked,
    ("hold", "keys"): keys.gap,  # pressed just before somebody held
    ("conference", Left): _left,
    ("conference", LegHeld): paused,
    ("conference", LegResumed): resumed,
    ("listen", Left): _left,
    ("listen", DigitHeard): keys.pressed,
    ("listen", "keys"): keys.gap,
    ("listen", HookFlashed): recall.flashed,
    ("listen", ReferAsked): refer.asked,
    ("listen", LegHeld): paused,
    ("listen", LegResumed): resumed,
}
