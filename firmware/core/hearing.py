"""Who hears whom among the legs of one owner: the links that a `Join` tells."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

from firmware.core.model import Bridge, Dialing, Owner

Links = tuple[tuple[int, int], ...]  # speaker, listener


def links(owner: Owner | None, seats: Sequence[int]) -> Links:
    match owner:
        case Bridge(mode="hold"):
            return ()
        case Bridge():
            return _in_bridge(owner, seats)
        case Dialing(heard=callee, caller=caller) if callee in seats and caller in seats:
            return (callee, caller), (caller, callee)
        case _:
            return ()


def _in_bridge(bridge: Bridge, seats: Sequence[int]) -> Links:
    if not bridge.paused and not bridge.ears:
        return tuple(permutations(seats, 2))
    talkers = [leg for leg in seats if leg not in bridge.paused and leg not in bridge.ears]
    found = list(permutations(talkers, 2))
    for ear, confidant in bridge.ears.items():
        found += [(talker, ear) for talker in talkers]
        found += [(ear, confidant)] if confidant in talkers else []
    return tuple(found)
