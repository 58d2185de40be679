"""Which legs may talk past the audio bridge: packets from phone to phone, not decoded.

Two SIP legs that hear each other, only each other, and nothing else: no tone, prompt, music,
recording or third ear.  Whatever asks for their audio ends the relay by being asked, and it comes
back when that is over; the core knows nothing of it.  The engine refuses where codecs or packet
lengths differ or a leg is on hold; it is asked again when the audio of either leg has changed.
`HOOKSWITCH_RELAY=0` in the environment keeps every call in the bridge, to measure what that costs.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Collection, Iterable, Mapping

from hookswitch_engine import native

from firmware.edges.circles import Link

log = logging.getLogger("media")
ALLOWED = os.environ.get("HOOKSWITCH_RELAY") != "0"

Pair = tuple[int, int]  # two legs, the lower number first


class Relays:
    def __init__(self) -> None:
        self._calls: dict[int, int] = {}  # leg -> pjsua call
        self._joined: dict[int, Pair] = {}  # by either leg
        self._refused: set[Pair] = set()

    def attach(self, leg: int, call: int) -> None:
        """The leg's audio comes with this call now; what was decided about it is void."""
        self.detach(leg)
        self._calls[leg] = call

    def detach(self, leg: int) -> None:
        for one, other in self._forget(leg):
            native.bridge(self._calls[other if one == leg else one])
        self._calls.pop(leg, None)

    def joined(self, leg: int) -> bool:
        return leg in self._joined

    def choose(
        self, links: Collection[Link], busy: Collection[int], near: Collection[int]
    ) -> set[int]:
        """Joins and parts among the legs of `near`; those that need no bridge now."""
        calls = {leg: self._calls[leg] for leg in near if leg in self._calls}
        wanted = candidates(links, busy, calls) if ALLOWED else set()
        joined = {self._joined[leg] for leg in near if leg in self._joined}
        for pair in joined - wanted:
            native.bridge(self._calls[pair[0]])
            for leg in pair:
                del self._joined[leg]
        for pair in sorted(wanted - joined - self._refused):
            self._join(pair)
        return {leg for leg in near if leg in self._joined}

    def _join(self, pair: Pair) -> None:
        try:
            native.relay(self._calls[pair[0]], self._calls[pair[1]])
        except OSError as why:
            log.debug("legs=%d,%d %s", *pair, why)
            self._refused.add(pair)
        else:
            self._joined.update(dict.fromkeys(pair, pair))

    def _forget(self, leg: int) -> set[Pair]:
        """Returns the pairs that were joined."""
        ended = {self._joined[leg]} if leg in self._joined else set()
        for pair in ended:
            for one in pair:
                del self._joined[one]
        self._refused = {pair for pair in self._refused if leg not in pair}
        return ended


def candidates(links: Iterable[Link], busy: Collection[int], calls: Mapping[int, int]) -> set[Pair]:
    """Pairs of calls whose legs have each other's ear, and no other, and nothing else to hear."""
    ears: dict[int, set[int]] = {}
    mouths: dict[int, set[int]] = {}
    for speaker, listener in links:
        ears.setdefault(listener, set()).add(speaker)
        mouths.setdefault(speaker, set()).add(listener)
    return {
        (one, other)
        for one in calls
        for other in ears.get(one, ())
        if one < other and other in calls and one not in busy and other not in busy
        if ears.get(other) == {one} == mouths.get(other)
        if ears.get(one) == {other} == mouths.get(one)
    }
