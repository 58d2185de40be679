"""The one-time code with which the first administrator proves to stand beside the box.

Kept as a hash; the clear text lies in the folder of the sockets, readable by root alone, and is
gone after a power cut like everything there: then a new code is made.  There is no default.
"""

from __future__ import annotations

import os
from pathlib import Path

from firmware.store.secrets import Secrets, make_code

NAME = "set-up"
FILE = "setup-code"


def ensure(secrets: Secrets, run: Path) -> None:
    """To be called as long as no administrator exists."""
    path = run / FILE
    try:
        code = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        code = ""
    if code and secrets.is_code(NAME, code):
        return
    code = make_code()
    secrets.keep_code(NAME, code)
    draft = run / f"{FILE}.draft"
    draft.unlink(missing_ok=True)
    with open(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(code + "\n")
    draft.rename(path)


def forget(run: Path) -> None:
    """There is an administrator: the clear text goes; the hash opens nothing any more."""
    (run / FILE).unlink(missing_ok=True)
