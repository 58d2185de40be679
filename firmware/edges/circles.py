"""Which legs a change of one leg's audio can concern: those it is linked with, and theirs in turn.

A box with four hundred legs holds a hundred and more conversations; a change looks at one of them.
"""

from __future__ import annotations

from collections.abc import Iterable

Link = tuple[int, int]  # speaker, listener


class Circles:
    """The links between legs, by bridge, and found again by leg."""

    def __init__(self) -> None:
        self._bridges: dict[int, tuple[Link, ...]] = {}
        self._in: dict[int, set[int]] = {}  # leg -> bridges that have a link with it

    def put(self, bridge: int, links: tuple[Link, ...]) -> set[int]:
        """New links of a bridge; the legs of the old ones and of these."""
        before = {leg for link in self._bridges.pop(bridge, ()) for leg in link}
        after = {leg for link in links for leg in link}
        for leg in before - after:
            self._in[leg].discard(bridge)
            if not self._in[leg]:
                del self._in[leg]
        for leg in after - before:
            self._in.setdefault(leg, set()).add(bridge)
        if links:
            self._bridges[bridge] = links
        return before | after

    def around(self, legs: Iterable[int]) -> set[int]:
        """These legs and all that are linked with them, however far."""
        found, bridges = set(legs), set[int]()
        new = found
        while new:
            fresh = {bridge for leg in new for bridge in self._in.get(leg, ())} - bridges
            bridges |= fresh
            new = {
                leg for bridge in fresh for link in self._bridges[bridge] for leg in link
            } - found
            found |= new
        return found

    def links(self, legs: Iterable[int]) -> set[Link]:
        """Every link that one of these legs has a part in."""
        bridges = {bridge for leg in legs for bridge in self._in.get(leg, ())}
        return {link for bridge in bridges for link in self._bridges[bridge]}
