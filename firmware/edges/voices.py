"""Which files a prompt or a piece of music is.

A word is `<language>/<key>.wav` in the first of the folders that has it: what the house recorded
goes before what was made at build.  Music is every WAV file of a folder, in the order of their
names; the house's own, or else the melody that comes with the box.  Only names are looked up here,
the engine reads; what nobody has is passed on, so that the engine's log of missing sounds is true.
"""

from __future__ import annotations

import re
from pathlib import Path

KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")  # of a language, a prompt or a folder of music
RECORDING = re.compile(r"recording:([A-Za-z0-9][A-Za-z0-9_/-]{0,127})")  # has no dots to climb
HOUSE = "house"
LONGEST = 64  # files that one player takes


class Voices:
    def __init__(self, state: Path, built: Path) -> None:
        """`state` is what this box has recorded and been given, `built` what every box has."""
        self._prompts = (state / "prompts", built / "prompts")
        self._recordings = state / "recordings"
        self._music = (state / "music", built / "music")

    def prompt(self, language: str, words: tuple[str, ...]) -> list[str]:
        """Raises `OSError` when there is nothing to say, or too much."""
        if not 0 < len(words) <= LONGEST:
            raise OSError(f"a prompt has 1 to {LONGEST} words, not {len(words)}")
        return [self._word(language, word) for word in words]

    def _word(self, language: str, word: str) -> str:
        if name := RECORDING.fullmatch(word):
            return str(self._recordings / f"{name[1]}.wav")
        if not (KEY.fullmatch(language) and KEY.fullmatch(word)):
            raise OSError(f"{language}/{word} is not the name of a prompt")
        places = [folder / language / f"{word}.wav" for folder in self._prompts]
        return str(next((place for place in places if place.is_file()), places[-1]))

    def music(self, name: str) -> list[str]:
        """Raises `OSError` when there is none at all."""
        for folder in self._music:
            for piece in (name, HOUSE):
                if KEY.fullmatch(piece) and (found := sorted((folder / piece).glob("*.wav"))):
                    return [str(path) for path in found[:LONGEST]]
        raise OSError("there is no music on this box")
