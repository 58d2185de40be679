"""Who hears whom: the core's links between legs, as links between slots of the audio bridge.

A leg has a slot while it has audio, and may have more than one telephone in hand (`add_handset`).
The core says who hears whom; which slots that means is computed here and the difference is made, so
a slot that comes late (a SIP answer) or is given out again (hold and resume) needs no special case.
Two SIP legs that need no bridge leave it by themselves (`relays`).  No audio passes through Python.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec
from hookswitch_engine import native
from msgspec.structs import replace

from firmware.core import effects
from firmware.core.record import CallRecord, Quality
from firmware.core.site import Tones
from firmware.edges.circles import Circles, Link
from firmware.edges.inbox import Inbox
from firmware.edges.playing import Players
from firmware.edges.quality import quality_of
from firmware.edges.recordings import Recordings
from firmware.edges.relays import Relays
from firmware.edges.secret_words import SecretWords
from firmware.edges.voices import Voices

KEY_MS, PAUSE_MS = 100, 80  # of a key that is sent as sound
FIRST_HANDSET = 1 << 24  # tags from here on are no legs


class Handset(msgspec.Struct, frozen=True):
    leg: int
    slot: int
    speaks: bool


class Media:
    def __init__(self, inbox: Inbox, state: Path, built: Path) -> None:
        """`built` holds the prompts and the melody that come with the box."""
        self._voices = Voices(state, built)
        self._secrets = SecretWords(state / "run")
        self._players = Players(inbox)
        self._recordings = Recordings(inbox, state / "recordings")
        self._relays = Relays()
        self._slots: dict[int, int] = {}
        self._handsets: dict[int, Handset] = {}  # further telephones on legs, by the engine's tag
        self._last_tag = FIRST_HANDSET
        self._circles = Circles()
        self._echoes: set[int] = set()
        self._pressing: dict[int, str] = {}  # keys are being played; what waits behind them
        self._links: dict[int, set[Link]] = {}  # between slots, as they are, by the leg that speaks

    def set_tones(self, tones: Tones) -> None:
        self._players.set_tones(tones)

    # -- slots -------------------------------------------------------------------------------------
    def attach(self, leg: int, slot: int, call: int = -1, inband: bool = False) -> None:
        """The leg's audio is in this slot now; what was linked to the slot before is void.

        `call` is the pjsua call of a SIP leg; `inband` says that its keys come as sound.
        """
        for near in self._circles.around([leg]):
            self._links[near] = {it for it in self._links.get(near, ()) if slot not in it}
        if call >= 0:
            native.leg_audio(call, leg, inband)
            self._relays.attach(leg, call)
        self._slots[leg] = slot
        self._relink(leg)
        self._players.start(leg, self._ears(leg))

    def detach(self, leg: int) -> None:
        """The leg has no audio for now; whoever owns the slot closes it afterwards."""
        self._relays.detach(leg)
        self._pressing.pop(leg, None)
        if leg in self._slots:
            self._players.stop(leg, self._ears(leg))
            del self._slots[leg]
            self._relink(leg)

    def forget(self, leg: int) -> None:
        """The leg is gone for good."""
        self._remove([tag for tag, handset in self._handsets.items() if handset.leg == leg])
        self.detach(leg)
        self._players.drop(leg)
        self._echoes.discard(leg)

    # -- further telephones ------------------------------------------------------------------------
    def add_handset(self, leg: int, descriptor: int, speaks: bool) -> None:
        """One more telephone on the leg's line, or an ear that hears both sides of it.

        Raises `OSError` when the leg has no audio.  The engine keeps its own copy of `descriptor`.
        """
        if leg not in self._slots:
            raise OSError(f"leg {leg} has no audio")
        self._last_tag += 1
        slot = native.line_open(descriptor, self._last_tag)
        self._handsets[self._last_tag] = Handset(leg, slot, speaks)
        self._relink(leg)
        self._players.start(leg, self._ears(leg))

    def leg_of(self, tag: int) -> int:
        """Whose key or end an event of the engine tells."""
        return self._handsets[tag].leg if tag in self._handsets else tag

    def hung_up(self, tag: int) -> bool:
        """The far end of a line went away; False: it was a leg's own."""
        if tag < FIRST_HANDSET:
            return False
        self._remove([tag])
        return True

    def _remove(self, tags: list[int]) -> None:
        gone = [self._handsets.pop(tag) for tag in tags if tag in self._handsets]
        self._relink(*(handset.leg for handset in gone))
        for handset in gone:
            native.line_close(handset.slot)

    # -- effects -----------------------------------------------------------------------------------
    def join(self, effect: effects.Join) -> None:
        self._relink(*self._circles.put(effect.bridge, effect.links))

    def echo(self, effect: effects.Echo) -> None:
        self._echoes.add(effect.leg)
        self._relink(effect.leg)

    def play_tone(self, effect: effects.PlayTone) -> None:
        self._players.tone(effect.leg, effect.tone)
        self._play(effect.leg)

    def play_prompt(self, effect: effects.PlayPrompt) -> None:
        words = self._secrets.put_in(effect).words
        self._players.words(effect.leg, self._voices.prompt(effect.language, words))
        self._play(effect.leg)

    def play_music(self, effect: effects.PlayMusic) -> None:
        self._players.music(effect.leg, self._voices.music(effect.music))
        self._play(effect.leg)

    def _play(self, leg: int) -> None:
        self._relink(leg)
        self._players.start(leg, self._ears(leg))

    def be_still(self, effect: effects.StopTone | effects.StopPrompt | effects.StopMusic) -> None:
        self._players.stop(effect.leg, self._ears(effect.leg))
        self._players.drop(effect.leg)
        self._relink(effect.leg)

    def record(self, effect: effects.Record) -> None:
        self._recordings.start(effect)
        self._relink(*effect.legs)

    def stop_record(self, effect: effects.StopRecord) -> None:
        self._recordings.stop(effect)

    def drop_recording(self, effect: effects.DropRecording) -> None:
        self._recordings.drop(effect.name)

    def press(self, leg: int, keys: str) -> None:
        """Keys as sound, for a far end that takes no others."""
        if leg in self._pressing:
            self._pressing[leg] += keys
        elif leg in self._slots:
            self._pressing[leg] = ""
            self._relink(leg)
            native.digits_send(self._slots[leg], keys, KEY_MS, PAUSE_MS, -leg)

    # -- news of the engine ------------------------------------------------------------------------
    def pressed(self, leg: int) -> None:
        waiting = self._pressing.pop(leg, "")
        if waiting:
            self.press(leg, waiting)
        else:
            self._relink(leg)

    def said(self, serial: int) -> None:
        leg = self._players.said(serial)
        if leg is not None:
            self._relink(leg)

    def missing(self, serial: int, index: int) -> None:
        self._players.missing(serial, index)

    def recorded(self, tag: int, ms: int, error: int) -> None:
        legs = self._recordings.legs_of(tag)
        self._recordings.ended(tag, ms, error)
        self._relink(*legs)

    # -- how it sounded ----------------------------------------------------------------------------
    def quality(self, leg: int) -> Quality | None:
        """How a SIP leg's audio has arrived until now."""
        figures = native.leg_stats(leg)
        return quality_of(*figures) if figures else None

    def legs(self) -> tuple[int, ...]:
        return tuple(self._slots)

    def relayed(self, leg: int) -> bool:
        return self._relays.joined(leg)

    def measured(self, record: CallRecord) -> CallRecord:
        """The record with the figures of its legs, which are forgotten with that."""
        legs = tuple(replace(leg, quality=self.quality(leg.leg)) for leg in record.legs)
        for leg in legs:
            native.leg_forget(leg.leg)
        return replace(record, legs=legs)

    # -- links -------------------------------------------------------------------------------------
    def _ears(self, leg: int) -> list[int]:
        """Every slot that is to hear what the leg hears, the leg's own first."""
        own = [self._slots[leg]] if leg in self._slots else []
        return own + [it.slot for it in self._handsets.values() if it.leg == leg]

    def _mouths(self, leg: int) -> list[int]:
        own = [self._slots[leg]] if leg in self._slots else []
        return own + [it.slot for it in self._handsets.values() if it.leg == leg and it.speaks]

    def _relink(self, *changed: int) -> None:
        """After a change of these legs: they are looked at and who is linked with them."""
        near = self._circles.around(changed)
        echoes = {(leg, leg) for leg in near & self._echoes}
        links = self._circles.links(near) | echoes
        busy = self._pressing.keys() | self._players.legs() | self._recordings.legs()
        apart = self._relays.choose(links, busy | {it.leg for it in self._handsets.values()}, near)
        legs = {leg for leg in near if leg in self._slots and leg not in apart}
        mouths = {leg: self._mouths(leg) for leg in legs}
        ears = {leg: self._ears(leg) for leg in legs}
        wanted = {
            leg: own_links(mouths[leg], ears[leg], self._recordings.ears_on(leg)) for leg in legs
        }
        for speaker, listener in links:
            if speaker in legs:
                wanted[speaker] |= wanted_links([(speaker, listener)], mouths, ears)
        self._link(near, wanted)

    def _link(self, near: set[int], wanted: Mapping[int, set[Link]]) -> None:
        before = {link for leg in near for link in self._links.pop(leg, ())}
        after = {link for links in wanted.values() for link in links}
        alive = self._alive() if before - after else set()
        for source, sink in before - after:
            if source in alive and sink in alive:
                native.disconnect(source, sink)
        for source, sink in after - before:
            native.connect(source, sink)
        self._links.update({leg: links for leg, links in wanted.items() if links})

    def _alive(self) -> set[int]:
        handsets = {handset.slot for handset in self._handsets.values()}
        return set(self._slots.values()) | self._recordings.slots() | handsets


def wanted_links(
    links: Iterable[Link], mouths: Mapping[int, list[int]], ears: Mapping[int, list[int]]
) -> set[Link]:
    """The links between slots that these links between legs mean."""
    return {
        (mouth, ear)
        for speaker, listener in links
        for mouth in mouths.get(speaker, ())
        for ear in ears.get(listener, ())
    }


def own_links(mouths: list[int], ears: list[int], recorders: list[int]) -> set[Link]:
    """Telephones on one line hear each other; a recorder hears them all."""
    among = {(mouth, ear) for mouth in mouths for ear in ears if mouth != ear}
    return among | {(mouth, recorder) for mouth in mouths for recorder in recorders}
