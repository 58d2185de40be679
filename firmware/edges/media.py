"""Who hears whom: the core's links between legs, as links between slots of the audio bridge.

A leg has a slot while it has audio.  The core says who hears whom; which slots that means is
computed here and the difference is made, so a slot that comes late (a SIP answer) or is given out
again (hold and resume) needs no special case.  Two SIP legs that need no bridge leave it by
themselves (`relays`).  No audio passes through Python.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hookswitch_engine import native

from firmware.core.effects import Echo, Join, PlayTone, StopTone
from firmware.core.site import Tones
from firmware.edges.relays import Link, Relays


class Media:
    def __init__(self) -> None:
        self._tones: Tones | None = None
        self._slots: dict[int, int] = {}
        self._bridges: dict[int, tuple[Link, ...]] = {}
        self._echoes: set[int] = set()
        self._playing: dict[int, str] = {}
        self._links: set[Link] = set()  # between slots, as they are
        self._relays = Relays()

    def set_tones(self, tones: Tones) -> None:
        self._tones = tones

    # -- slots -------------------------------------------------------------------------------------
    def attach(self, leg: int, slot: int, call: int = -1, inband: bool = False) -> None:
        """The leg's audio is in this slot now; what was linked to the slot before is void.

        `call` is the pjsua call of a SIP leg; `inband` says that its keys come as sound.
        """
        self._links = {link for link in self._links if slot not in link}
        if call >= 0:
            native.leg_audio(call, leg, inband)
            self._relays.attach(leg, call)
        self._slots[leg] = slot
        self._relink()
        self._sound(leg)

    def detach(self, leg: int) -> None:
        """The leg has no audio for now; whoever owns the slot closes it afterwards."""
        self._relays.detach(leg)
        if leg in self._slots:
            self._silence(leg)
            del self._slots[leg]
            self._relink()

    def forget(self, leg: int) -> None:
        """The leg is gone for good."""
        self.detach(leg)
        self._playing.pop(leg, None)
        self._echoes.discard(leg)

    # -- effects -----------------------------------------------------------------------------------
    def join(self, effect: Join) -> None:
        if effect.links:
            self._bridges[effect.bridge] = effect.links
        else:
            self._bridges.pop(effect.bridge, None)
        self._relink()

    def echo(self, effect: Echo) -> None:
        self._echoes.add(effect.leg)
        self._relink()

    def play_tone(self, effect: PlayTone) -> None:
        self._playing[effect.leg] = effect.tone
        self._relink()
        self._sound(effect.leg)

    def stop_tone(self, effect: StopTone) -> None:
        self._silence(effect.leg)
        self._playing.pop(effect.leg, None)
        self._relink()

    # -- tones and links ---------------------------------------------------------------------------
    def _sound(self, leg: int) -> None:
        tone = self._playing.get(leg)
        if tone and leg in self._slots and self._tones:
            native.tone_start(self._slots[leg], getattr(self._tones, tone))

    def _silence(self, leg: int) -> None:
        if leg in self._playing and leg in self._slots:
            native.tone_stop(self._slots[leg])

    def _relink(self) -> None:
        links = {link for links in self._bridges.values() for link in links}
        apart = self._relays.choose(links, self._echoes | self._playing.keys())
        slots = {leg: slot for leg, slot in self._slots.items() if leg not in apart}
        wanted = wanted_links(links, self._echoes, slots)
        alive = set(self._slots.values())
        for source, sink in self._links - wanted:
            if source in alive and sink in alive:
                native.disconnect(source, sink)
        for source, sink in wanted - self._links:
            native.connect(source, sink)
        self._links = wanted


def wanted_links(
    links: Iterable[Link], echoes: Iterable[int], slots: Mapping[int, int]
) -> set[Link]:
    """The links between slots that these links between legs, and these echoes, mean."""
    pairs = [*links, *((leg, leg) for leg in echoes)]
    return {(slots[one], slots[other]) for one, other in pairs if one in slots and other in slots}
