"""The far side of an FXO port: the telephone company and the person beyond it.

    idle       nothing; a call may come in, the box may seize the line
    ringing    a call comes in; over when the box answers (seizes) or the caller gives up
    dial-tone  the box seized the line: dial tone until the first digit
    dialing    digits are collected, silence; complete at `#` or 2 s after the last one
    ringback   the called party's bell rings; `answer`, or by themselves after `answer_after`
    talking    both ends connected; the far person speaks and hears
    ended      the far end hung up: 600 ms without loop current, then busy tone until released
    cut        no battery; nothing happens until mended

The box may release from any state, the cable may be cut in any.  Pure: inputs and audio frames come
in, news go out; time is counted in frames, which tick only while the box has opened the audio.
"""

from __future__ import annotations

from typing import Literal

from firmware.wire.frames import Refused
from hal.api import LineDown, LineUp, OnHook, Ring, RingEnd
from hal.sim.dtmf import Decoder
from hal.sim.messages import (
    Answered,
    CableCut,
    CableMended,
    DigitArrived,
    Dropped,
    FromCard,
    HookTapped,
    NumberDialed,
    Released,
    Seized,
    SimNews,
)
from hal.sim.sound import FRAME_MS, SILENCE, frames, silence, sine_second
from hal.sim.voice import Voice

State = Literal["idle", "ringing", "dial-tone", "dialing", "ringback", "talking", "ended", "cut"]
Input = Literal["seize", "ring-in", "stop-ring", "digit", "complete", "answer", "drop", "mend"]

TABLE: dict[tuple[State, Input], State] = {
    ("idle", "seize"): "dial-tone",
    ("idle", "ring-in"): "ringing",
    ("ringing", "seize"): "talking",
    ("ringing", "stop-ring"): "idle",
    ("ringing", "drop"): "idle",
    ("dial-tone", "digit"): "dialing",
    ("dialing", "digit"): "dialing",
    ("dialing", "complete"): "ringback",
    ("ringback", "answer"): "talking",
    ("talking", "drop"): "ended",
    ("cut", "mend"): "idle",
}

LISTENING = ("dial-tone", "dialing", "talking")  # states in which digits are decoded
COMPLETE = 2000 // FRAME_MS  # frames without a digit
COMPANY_TONE = sine_second(450)


def cadence(on_ms: int, off_ms: int, lead_ms: int = 0) -> tuple[tuple[bytes, ...], int]:
    """A tone's frames with their lead of silence, and how many of them repeat."""
    tone = frames(COMPANY_TONE[: 16 * on_ms] + silence(off_ms))
    return frames(silence(lead_ms)) + tone, len(tone)


TONES: dict[str, tuple[tuple[bytes, ...], int]] = {
    "dial-tone": cadence(1000, 0),
    "ringback": cadence(1000, 4000),
    "ended": cadence(350, 350, lead_ms=600),  # the loop current is cut, then busy tone
}


class Outside:
    def __init__(self, line: int) -> None:
        self.line = line
        self.state: State = "idle"
        self.caller = ""
        self.number = ""
        self.answer_after: int | None = None  # frames of ringback
        self.voice = Voice()
        self._age = 0  # frames in this state, or since the last digit
        self._decoder = Decoder()

    # -- the box ---------------------------------------------------------------------------------
    def seize(self) -> list[SimNews]:
        answered = [Answered(self.line)] if self.state == "ringing" else []
        self._move("seize")
        self.number, self._decoder = "", Decoder()
        return [Seized(self.line), *answered]

    def release(self) -> list[SimNews]:
        if self.state in ("idle", "ringing", "cut"):
            return []
        self._enter("idle")
        return [Released(self.line)]

    def flash(self) -> list[SimNews]:
        """The company notices a tap of the hook; it offers no service by it."""
        return [HookTapped(self.line)]

    # -- the telephone company and the person ------------------------------------------------------
    def ring_in(self, caller: str) -> list[SimNews]:
        self._move("ring-in")
        self.caller = caller
        return [FromCard(Ring(self.line, caller))]

    def stop_ring(self) -> list[SimNews]:
        self._move("stop-ring")
        return [FromCard(RingEnd(self.line))]

    def answer(self) -> list[SimNews]:
        self._move("answer")
        return [Answered(self.line)]

    def drop(self) -> list[SimNews]:
        ringing = self.state == "ringing"
        self._move("drop")
        report = RingEnd(self.line) if ringing else OnHook(self.line)
        return [Dropped(self.line), FromCard(report)]

    def cut(self) -> list[SimNews]:
        if self.state == "cut":
            raise Refused("line-cut", f"line {self.line} is cut already")
        self._enter("cut")
        return [CableCut(self.line), FromCard(LineDown(self.line, "no battery: is it plugged in?"))]

    def mend(self) -> list[SimNews]:
        self._move("mend")
        return [CableMended(self.line), FromCard(LineUp(self.line))]

    def must_talk(self) -> None:
        if self.state != "talking":
            raise Refused("not-now", f"nobody is connected on line {self.line} ({self.state})")

    # -- time --------------------------------------------------------------------------------------
    def frame(self, frame: bytes) -> tuple[bytes, list[SimNews]]:
        """One tick: what the box sends, and what it hears for it."""
        self.voice.ticks += 1
        news: list[SimNews] = []
        if self.state in LISTENING:
            for digit in self._decoder.hear(frame):
                news += self._digit(digit)
        news += self._time()
        return self._sound(frame), news

    def _digit(self, digit: str) -> list[SimNews]:
        if self.state == "talking":
            return [DigitArrived(self.line, digit)]
        if digit == "#":
            return self._complete() if self.number else []
        self._move("digit")
        self.number += digit
        return [DigitArrived(self.line, digit)]

    def _complete(self) -> list[SimNews]:
        self._move("complete")
        return [NumberDialed(self.line, self.number)]

    def _time(self) -> list[SimNews]:
        self._age += 1
        if self.state == "dialing" and self._age > COMPLETE:
            return self._complete()
        wait = self.answer_after
        if self.state == "ringback" and wait is not None and self._age > wait:
            return self.answer()
        return []

    def _sound(self, frame: bytes) -> bytes:
        if self.state == "talking":
            self.voice.hear(frame)
            return self.voice.speak()
        if self.state not in TONES:
            return SILENCE
        tone, loop = TONES[self.state]
        at, lead = self._age - 1, len(tone) - loop
        return tone[at if at < lead else lead + (at - lead) % loop]

    def _move(self, happening: Input) -> None:
        state = TABLE.get((self.state, happening))
        if state is None:
            code = "line-cut" if self.state == "cut" else "not-now"
            raise Refused(code, f"line {self.line} is {self.state}: no {happening} now")
        self._enter(state)

    def _enter(self, state: State) -> None:
        self.voice.hush()
        self.state, self._age = state, 0
        if state in ("idle", "cut"):
            self.caller = self.number = ""
