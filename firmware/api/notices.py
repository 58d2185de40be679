"""What is wrong with a process that still runs: told until it is mended.

A notice has a code, the key of a sentence in the reader's language, and what the sentence is about.
"""

from __future__ import annotations

from typing import Any, ClassVar

import msgspec

from firmware.wire.frames import Ask


class Notice(msgspec.Struct, frozen=True, tag="notice"):
    """`about` names the thing ("calls.db"), `since` is UTC ms; published with `over` at its end."""

    code: str
    about: str
    since: int
    detail: str = ""
    over: bool = False


class ShowNotices(Ask[tuple[Notice, ...]], frozen=True, tag="notices"):
    """What is wrong at this moment; nothing is the best answer."""

    answer: ClassVar[Any] = tuple[Notice, ...]
