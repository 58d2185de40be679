"""What the box itself plays to a leg: a tone, words, or music; one of them at a time.

A part of the switchboard.  `leg.hears` says what it is; whoever moves a leg to a new owner ends it.
"""

from __future__ import annotations

from typing import Literal

from firmware.core.effects import (
    Effects,
    PlayMusic,
    PlayPrompt,
    PlayTone,
    StopMusic,
    StopPrompt,
    StopTone,
    Tone,
)
from firmware.core.model import Leg
from firmware.core.site import Extension, Site


def hears_us(leg: Leg) -> bool:
    """A SIP phone has no audio before the answer, or before early audio was opened for it."""
    return leg.kind == "fxs" or bool(leg.answered) or leg.state == "early"


class Sounds:
    site: Site

    def set_tone(self, leg: Leg, tone: Tone | Literal[""]) -> Effects:
        if not tone:
            return self.silence(leg)
        if leg.hears == tone or not hears_us(leg):
            return []
        silenced = self.silence(leg) if leg.hears in ("words", "music") else []
        leg.hears = tone
        return [*silenced, PlayTone(leg.id, tone)]

    def say(self, leg: Leg, *words: str) -> Effects:
        """`PromptEnded` follows, unless something else is played to the leg before."""
        silenced = self.silence(leg) if leg.hears != "words" else []
        leg.hears = "words"
        return [*silenced, PlayPrompt(leg.id, self.language_of(leg), words)]

    def play_music(self, leg: Leg) -> Effects:
        if leg.hears == "music" or not hears_us(leg):
            return []
        silenced = self.silence(leg)
        leg.hears = "music"
        return [*silenced, PlayMusic(leg.id)]

    def silence(self, leg: Leg) -> Effects:
        hears, leg.hears = leg.hears, ""
        if not hears:
            return []
        if hears == "words":
            return [StopPrompt(leg.id)]
        return [StopMusic(leg.id)] if hears == "music" else [StopTone(leg.id)]

    def language_of(self, leg: Leg) -> str:
        extension = self.extension_of(leg)
        return (extension.language if extension else "") or self.site.language

    def extension_of(self, leg: Leg) -> Extension | None:
        """Whose telephone it is; None for somebody outside, whatever number he has."""
        inside = leg.kind != "fxo" and not leg.trunk
        return self.site.extensions.get(leg.party) if inside else None
