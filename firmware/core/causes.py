"""Why a call or a leg ended.  SIP codes and line signals become these at the edges, once."""

from __future__ import annotations

from typing import Final

from firmware.core.effects import Tone

NORMAL: Final = "normal"  # somebody hung up after talking
CANCELED: Final = "canceled"  # the caller gave up before an answer
BUSY: Final = "busy"
NO_ANSWER: Final = "no-answer"
REFUSED: Final = "refused"
UNREACHABLE: Final = "unreachable"  # not registered, or the line is down
NO_SUCH_NUMBER: Final = "no-such-number"
NOT_ALLOWED: Final = "not-allowed"
LINES_BUSY: Final = "lines-busy"  # no outside line is free
BOX_BUSY: Final = "box-busy"  # the limit of simultaneous legs
ELSEWHERE: Final = "answered-elsewhere"
FAILED: Final = "failed"  # the box could not do its part; the log says why

# what a handset hears instead of an answer
TONE_OF: Final[dict[str, Tone]] = {
    BUSY: "busy",
    NORMAL: "busy",
    REFUSED: "busy",
    NO_ANSWER: "busy",
}


def tone_of(cause: str) -> Tone:
    return TONE_OF.get(cause, "congestion")
