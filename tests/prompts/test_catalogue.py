"""The catalogue is complete, can be read by the synthesizer, and becomes clips one can play."""

from __future__ import annotations

import ast
import re
import wave
from pathlib import Path

import pytest

from firmware.core import plans
from firmware.tools import prompts
from tests.architecture.tree import parse, python_files
from tests.prompts.test_spoken import CATALOGUE

KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
HANZI = re.compile(r"[\u4e00-\u9fff]")
SYLLABLE = re.compile(r"[a-zü]+[1-5]")
SPEAKERS = ("say", "ask", "save", "release", "refuse", "Reject", "no")  # who is handed keys


def test_keys_and_texts_are_well_formed() -> None:
    for key, entry in CATALOGUE.items():
        assert KEY.fullmatch(key), key
        assert entry.keys() <= {"zh", "pinyin", "en"}, key
        assert ("zh" in entry) == ("pinyin" in entry), key
        assert entry, key


def test_pinyin_says_what_the_characters_say() -> None:
    """One syllable for each character, each with its tone."""
    for key, entry in CATALOGUE.items():
        characters = HANZI.findall(entry.get("zh", ""))
        if characters:
            assert len(SYLLABLE.findall(entry["pinyin"])) == len(characters), key


def test_sentences_exist_in_both_languages() -> None:
    for key, entry in CATALOGUE.items():
        if len(entry.get("en", "").split()) > 2 or len(entry.get("zh", "")) > 4:
            assert {"zh", "en"} <= entry.keys(), key


def spoken_keys(path: Path) -> set[str]:
    """Keys in calls of the functions that speak; scenarios look up those that are computed."""
    keys: set[str] = set()
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            for argument in node.args if name in SPEAKERS else ():
                keys |= _keys(argument)
    return keys


def _keys(node: ast.AST) -> set[str]:
    """Literal keys, also in a tuple or beside computed ones."""
    match node:
        case ast.Starred(value=inner):
            return _keys(inner)
        case ast.Tuple(elts=elements):
            return {key for element in elements for key in _keys(element)}
        case ast.Constant(value=str(key)):
            return {key}
        case _:
            return set()


def test_every_key_that_is_spoken_exists() -> None:
    files = python_files("firmware/core", "firmware/routing", "firmware/features")
    found = {key: path for path in files for key in spoken_keys(path) if KEY.fullmatch(key)}
    assert "not-fitted" in found, "the search itself must find something"
    missing = {key: path.name for key, path in found.items() if key not in CATALOGUE}
    assert not missing


def test_clips_are_what_a_telephone_plays(tmp_path: Path) -> None:
    """Two clips made for real, in the format that the engine takes: no silence, and loud."""
    folder, cache = tmp_path / "prompts", tmp_path / "cache"
    some = {"zh": {"bad-code": CATALOGUE["bad-code"]["pinyin"]}, "en": {"d-7": "seven"}}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(prompts, "texts", lambda: some)
        assert prompts.fill(folder, cache) == 2
        assert prompts.fill(folder, cache) == 0, "made once"
        (folder / "en/old.wav").write_bytes(b"")
        prompts.fill(folder, cache)
        assert not (folder / "en/old.wav").exists(), "the folder is the catalogue"
    for name, least, most in (("zh/bad-code", 1.5, 6.0), ("en/d-7", 0.2, 1.0)):
        with wave.open(str(folder / f"{name}.wav")) as clip:
            assert (clip.getframerate(), clip.getnchannels(), clip.getsampwidth()) == (8000, 1, 2)
            assert least < clip.getnframes() / 8000 < most
            samples = memoryview(clip.readframes(clip.getnframes())).cast("h")
            assert max(samples) > 8000, "it can be heard"


def test_not_fitted_is_what_the_plans_call_it() -> None:
    assert plans.NOT_FITTED in CATALOGUE
