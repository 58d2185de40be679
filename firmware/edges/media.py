"""Who hears whom: bridges, tones and the echo test, as links between slots of the audio bridge.

A leg has a slot while it has audio.  The core says which legs are in which bridge; the links that
follow are computed and the difference is made, so a slot that comes late (a SIP answer) or changes
(a re-INVITE) needs no special case.  No audio passes through Python.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import permutations

from hookswitch_engine import native

from firmware.core.effects import Echo, Join, PlayTone, StopTone
from firmware.core.site import Tones

Link = tuple[int, int]


class Media:
    def __init__(self) -> None:
        self._tones: Tones | None = None
        self._slots: dict[int, int] = {}
        self._bridges: dict[int, Join] = {}
        self._echoes: set[int] = set()
        self._playing: dict[int, str] = {}
        self._links: set[Link] = set()

    def set_tones(self, tones: Tones) -> None:
        self._tones = tones

    # -- slots -------------------------------------------------------------------------------------
    def attach(self, leg: int, slot: int) -> None:
        if self._slots.get(leg) != slot:
            self._slots[leg] = slot
            self._relink()
            self._sound(leg)

    def detach(self, leg: int) -> None:
        """The leg's audio ends; whoever owns the slot closes it afterwards."""
        if leg in self._slots:
            self._silence(leg)
            self._playing.pop(leg, None)
            self._echoes.discard(leg)
            del self._slots[leg]
            self._relink()

    # -- effects -----------------------------------------------------------------------------------
    def join(self, effect: Join) -> None:
        if effect.legs:
            self._bridges[effect.bridge] = effect
        else:
            self._bridges.pop(effect.bridge, None)
        self._relink()

    def echo(self, effect: Echo) -> None:
        self._echoes.add(effect.leg)
        self._relink()

    def play_tone(self, effect: PlayTone) -> None:
        self._playing[effect.leg] = effect.tone
        self._sound(effect.leg)

    def stop_tone(self, effect: StopTone) -> None:
        self._silence(effect.leg)
        self._playing.pop(effect.leg, None)

    # -- tones and links ---------------------------------------------------------------------------
    def _sound(self, leg: int) -> None:
        tone = self._playing.get(leg)
        if tone and leg in self._slots and self._tones:
            native.tone_start(self._slots[leg], getattr(self._tones, tone))

    def _silence(self, leg: int) -> None:
        if leg in self._playing and leg in self._slots:
            native.tone_stop(self._slots[leg])

    def _relink(self) -> None:
        wanted = wanted_links(self._bridges, self._echoes, self._slots)
        alive = set(self._slots.values())
        for source, sink in self._links - wanted:
            if source in alive and sink in alive:
                native.disconnect(source, sink)
        for source, sink in wanted - self._links:
            native.connect(source, sink)
        self._links = wanted


def wanted_links(
    bridges: Mapping[int, Join], echoes: set[int], slots: Mapping[int, int]
) -> set[Link]:
    """The links that these bridges and echoes mean for the slots there are."""
    links = {(slots[leg], slots[leg]) for leg in echoes if leg in slots}
    for bridge in bridges.values():
        if bridge.mode in ("talk", "conference"):
            present = [slots[leg] for leg in bridge.legs if leg in slots]
            links |= set(permutations(present, 2))
    return links
