"""Words that stand for a secret: the core says the word, only here the digits take its place.

`secret.setup-code` is the code of the first administrator (FC-62).  It lies in a file of the folder
of the sockets as long as nobody has used it; sysd takes the file away with the first administrator.
So the secret is in no event, no journal and no record.
"""

from __future__ import annotations

import logging
from pathlib import Path

import msgspec

from firmware.core.effects import PlayPrompt
from firmware.prompts import spoken

SETUP_CODE = "secret.setup-code"
FILE = "setup-code"

log = logging.getLogger("secrets")


class SecretWords:
    def __init__(self, run: Path) -> None:
        self._file = run / FILE

    def put_in(self, effect: PlayPrompt) -> PlayPrompt:
        if SETUP_CODE not in effect.words:
            return effect
        words: tuple[str, ...] = ()
        for word in effect.words:
            words += self._setup_code() if word == SETUP_CODE else (word,)
        return msgspec.structs.replace(effect, words=words)

    def _setup_code(self) -> tuple[str, ...]:
        try:
            code = self._file.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return ("setup-code-gone",)
        except (OSError, UnicodeDecodeError) as error:
            log.error("set-up code: %s", error)
            return ("try-later",)
        letters = spoken.spelled(code)
        return ("setup-code-is", *letters, "setup-code-again", *letters)
