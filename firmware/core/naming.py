"""The caller says his name, which whoever is called for him hears before he decides (FOL-06).

Theory.  Two states of a `Dialing`, before anybody rings:

  prompting   The caller is asked, then hears a short tone (timer `beep`).
  naming      What he says is written down, until he presses a key or the timer `name` fires.

The recording is called after the call, is thrown away with it (`Switchboard`), and its end is told
like any other, also when it failed: then the call goes on without a name.  A caller from outside is
accepted first, for carriers carry no voice before that; nobody has taken his call by it, and the
record does not say so.
"""

from __future__ import annotations

from firmware.core.effects import Effects, Progress, Record, StopRecord
from firmware.core.events import DigitHeard, PromptEnded, TimerFired
from firmware.core.model import Call, Dialing, Leg
from firmware.core.switchboard import Switchboard

BEEP_MS = 250
NAME_MS = 5_000
CLOSING_MS = 2_000  # for the recording to be complete
SHORTEST_MS = 300  # less than this is no name
FOLDER = "names"


def begin(board: Switchboard, dialing: Dialing, caller: Leg) -> Effects:
    dialing.state, dialing.named = "prompting", True
    dialing.alerted = False  # afterwards he is to hear ringing again
    return _let_speak(board, caller) + board.say(caller, "say-your-name")


def _let_speak(board: Switchboard, caller: Leg) -> Effects:
    if caller.answered or caller.kind == "fxs":
        return []
    if caller.kind == "sip" and not caller.trunk:
        return open_ear(board, caller)
    call = board.tables.calls[caller.call]
    accepted = board.answer(caller)
    call.answered, call.final = 0, ""
    return accepted


def open_ear(board: Switchboard, caller: Leg) -> Effects:
    """Early audio for a SIP caller whom nobody has answered yet."""
    if caller.kind != "sip" or caller.answered or caller.state == "early":
        return []
    board.set_state(caller, "early")
    return [Progress(caller.id)]


def beep(board: Switchboard, dialing: Dialing, _: PromptEnded) -> Effects:
    tone = board.set_tone(board.tables.legs[dialing.caller], "warning")
    return tone + board.start_timer(dialing.id, "beep", BEEP_MS)


def speak(board: Switchboard, dialing: Dialing, _: TimerFired) -> Effects:
    caller = board.tables.legs[dialing.caller]
    name = _name_of(board, caller)
    dialing.state = "naming"
    board.tables.recording[name] = caller.id
    effects = board.silence(caller) + board.start_timer(dialing.id, "name", NAME_MS)
    return [*effects, Record(name, (caller.id,))]


def said(board: Switchboard, dialing: Dialing, event: DigitHeard) -> Effects:
    return close(board, dialing) if event.digit == "#" else []


def close(board: Switchboard, dialing: Dialing) -> Effects:
    """`RecordingEnded` follows; the timer is for a recorder that does not answer."""
    name = _name_of(board, board.tables.legs[dialing.caller])
    return [StopRecord(name), *board.start_timer(dialing.id, "closing", CLOSING_MS)]


def keep(call: Call, name: str, ms: int, why: str) -> None:
    """One that is no good is kept too, so that it goes with the call, but nobody hears it."""
    call.recorded = name
    call.spoken = "" if why or ms < SHORTEST_MS else name


def _name_of(board: Switchboard, caller: Leg) -> str:
    return f"{FOLDER}/{board.tables.life}-{caller.call}"
