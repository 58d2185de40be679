"""What the box itself lets a leg hear: a tone, words, or music, one of them at a time.

It is remembered while the leg has no audio and begins when it has some.  A prompt that was said is
told once (`PromptEnded`); one that was stopped or replaced is not.  A word without a file is left
out and logged; a prompt none of whose words can be said ends like any other.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable

import msgspec
from hookswitch_engine import native

from firmware.core import effects, events
from firmware.core.site import Tones
from firmware.edges.inbox import Inbox

log = logging.getLogger("media")


class Playing(msgspec.Struct, frozen=True):
    """`tone` is its name; `files` are words or, again and again, music."""

    serial: int
    tone: str = ""
    files: tuple[str, ...] = ()
    again: bool = False


class Players:
    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self._tones: Tones | None = None
        self._playing: dict[int, Playing] = {}
        self._leg_of: dict[int, int] = {}  # serial of a prompt -> leg
        self._last = 0

    def set_tones(self, tones: Tones) -> None:
        self._tones = tones

    def legs(self) -> set[int]:
        return set(self._playing)

    # -- what is to be heard -----------------------------------------------------------------------
    def tone(self, leg: int, tone: effects.Tone) -> None:
        self._put(leg, Playing(self._next(), tone=tone))

    def words(self, leg: int, files: Iterable[str]) -> None:
        self._put(leg, Playing(self._next(), files=tuple(files)))
        self._leg_of[self._last] = leg

    def music(self, leg: int, files: Iterable[str]) -> None:
        self._put(leg, Playing(self._next(), files=tuple(files), again=True))

    def drop(self, leg: int) -> None:
        playing = self._playing.pop(leg, None)
        if playing:
            self._leg_of.pop(playing.serial, None)

    def _put(self, leg: int, playing: Playing) -> None:
        self.drop(leg)
        self._playing[leg] = playing

    def _next(self) -> int:
        self._last += 1
        return self._last

    # -- in the ears of the leg --------------------------------------------------------------------
    def start(self, leg: int, ears: Iterable[int]) -> None:
        """The first ear tells when it is over."""
        playing = self._playing.get(leg)
        if not playing:
            return
        for number, slot in enumerate(ears):
            if playing.files:
                serial = playing.serial if number == 0 else 0
                native.tone_stop(slot)
                native.sounds_play(slot, playing.files, serial, playing.again)
            elif self._tones:
                native.sounds_stop(slot)
                native.tone_start(slot, getattr(self._tones, playing.tone))

    def stop(self, leg: int, ears: Iterable[int]) -> None:
        if leg not in self._playing:
            return
        for slot in ears:
            native.tone_stop(slot)
            native.sounds_stop(slot)

    # -- news of the engine ------------------------------------------------------------------------
    def said(self, serial: int) -> int | None:
        """The leg whose prompt is over."""
        leg = self._leg_of.pop(serial, None)
        if leg is not None:
            self._playing.pop(leg, None)
            self._inbox.post(events.PromptEnded, leg)
        return leg

    def missing(self, serial: int, index: int) -> None:
        leg = self._leg_of.get(serial)
        if leg is not None:
            log.warning("leg=%d cannot say %s", leg, self._playing[leg].files[index])
