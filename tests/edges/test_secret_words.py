"""The set-up code is spoken, and stays out of everything that is stored."""

from __future__ import annotations

from pathlib import Path

import pytest

from firmware.core.effects import PlayPrompt
from firmware.edges.secret_words import SETUP_CODE, SecretWords
from firmware.features.setup_code import SECRET
from firmware.prompts import spoken
from firmware.store.secrets import make_code
from firmware.sysd import setup_code


@pytest.mark.req("FC-62", "USR-01")
def test_the_code_takes_the_place_of_its_word(tmp_path: Path) -> None:
    words = SecretWords(tmp_path)
    effect = PlayPrompt(1, "en", (SECRET,))
    assert words.put_in(effect).words == ("setup-code-gone",)
    code = make_code()
    (tmp_path / setup_code.FILE).write_text(code + "\n")
    said = words.put_in(effect).words
    letters = spoken.spelled(code)
    assert len(letters) == 12
    assert said == ("setup-code-is", *letters, "setup-code-again", *letters)
    other = PlayPrompt(1, "en", ("not-fitted",))
    assert words.put_in(other) is other


def test_the_word_of_the_feature_and_of_the_edge_is_the_same() -> None:
    assert SECRET == SETUP_CODE
