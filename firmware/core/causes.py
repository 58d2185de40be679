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
DND: Final = "dnd"  # the called user wants no calls now
LINES_BUSY: Final = "lines-busy"  # no outside line is free
BOX_BUSY: Final = "box-busy"  # the limit of simultaneous legs
ELSEWHERE: Final = "answered-elsewhere"
STOPPED: Final = "stopped"  # the box was shut down
HELD: Final = "held"  # left for another call, and may come back
TRANSFERRED: Final = "transferred"  # brought two others together and left
PARKED: Final = "parked"
CUT: Final = "cut"  # had to give way to an emergency call
CUT_OFF: Final = "cut-off"  # by somebody who may
TIME_UP: Final = "time-up"  # the longest time of a call was over
FAILED: Final = "failed"  # the box could not do its part; the log says why

GOES_ON: Final = frozenset({HELD, TRANSFERRED, PARKED})  # who leaves so does not end the call

# several phones refused: the caller is told the reason that says most
_TELLING = (REFUSED, DND, BUSY, NO_ANSWER, NO_SUCH_NUMBER, NOT_ALLOWED, LINES_BUSY, UNREACHABLE)

# what a handset hears instead of an answer
TONE_OF: Final[dict[str, Tone]] = {
    BUSY: "busy",
    NORMAL: "busy",
    REFUSED: "busy",
    DND: "busy",
    NO_ANSWER: "busy",
    TRANSFERRED: "busy",
    CUT: "busy",
    TIME_UP: "busy",
    CUT_OFF: "busy",
    PARKED: "busy",
}


# what is said before the tone
WORDS_OF: Final[dict[str, tuple[str, ...]]] = {
    CUT: ("call-cut",),
    TIME_UP: ("time-up",),
    CUT_OFF: ("call-cut-off",),
}


def tone_of(cause: str) -> Tone:
    return TONE_OF.get(cause, "congestion")


def more_telling(one: str, other: str) -> str:
    for cause in _TELLING:
        if cause in (one, other):
            return cause
    return one or other


def of_failed(effect: str) -> str:
    """What an effect that could not be performed means for its leg."""
    return UNREACHABLE if effect in ("Invite", "InviteTrunk", "RingLine", "SeizeLine") else FAILED
