"""The far side of an FXO port: the telephone company and the person beyond it.

    idle       nothing; a call may come in, the box may seize the line
    ringing    a call comes in; over when the box answers (seizes) or the caller gives up
    dial-tone  the box seized the line: dial tone until the first digit
    dialing    digits are collected, silence; complete at `#` or 2 s after the last one
    ringback   the called party's bell rings; `answer`, or by themselves after `answer_after`
    refused    the called party is busy, the number is vacant, or all ways are taken: a tone
    talking    both ends connected; the far person speaks and hears
    ended      the far end hung up: a time without current, then busy tone until released
    cut        no battery; nothing happens until mended

The box may release from any state, the cable may be cut in any.  Pure: inputs and audio frames come
in, news go out; time is counted in frames, which tick only while the box has opened the audio.  The
voltages are `outside_port.py`'s: here is what the company thinks, says and hears.
"""

from __future__ import annotations

from collections import deque
from typing import Literal

from firmware.wire.frames import Refused
from hal.sim import alerting, countries
from hal.sim.caller_id import Caller
from hal.sim.display import ACKNOWLEDGE
from hal.sim.dtmf import Decoder
from hal.sim.messages import (
    Answered,
    CableCut,
    CableMended,
    CallComes,
    CallEnds,
    CallWaits,
    DigitArrived,
    Dropped,
    HookTapped,
    NumberDialed,
    NumberRefused,
    Released,
    Seized,
    SimNews,
    WaitingCallTold,
)
from hal.sim.settings import OutsideSettings
from hal.sim.sound import FRAME_MS, SILENCE, frames
from hal.sim.voice import Voice

State = Literal[
    "idle",
    "ringing",
    "dial-tone",
    "dialing",
    "ringback",
    "refused",
    "talking",
    "ended",
    "cut",
]
Input = Literal[
    "seize",
    "meet",
    "ring-in",
    "stop-ring",
    "digit",
    "complete",
    "refuse",
    "answer",
    "drop",
    "mend",
]

TABLE: dict[tuple[State, Input], State] = {
    ("idle", "seize"): "dial-tone",
    ("idle", "meet"): "talking",
    ("idle", "ring-in"): "ringing",
    ("ringing", "seize"): "talking",
    ("ringing", "stop-ring"): "idle",
    ("ringing", "drop"): "idle",
    ("dial-tone", "digit"): "dialing",
    ("dialing", "digit"): "dialing",
    ("dialing", "complete"): "ringback",
    ("dialing", "refuse"): "refused",
    ("ringback", "answer"): "talking",
    ("ringback", "drop"): "ended",
    ("talking", "drop"): "ended",
    ("cut", "mend"): "idle",
}

LISTENING = ("dial-tone", "dialing", "talking")  # states in which digits are decoded
COMPLETE = 2000 // FRAME_MS  # frames without a digit
ACK_FRAMES = 400 // FRAME_MS  # after the alerting tones; the far side of a box takes its time
REFUSAL = {"busy": "busy", "vacant": "special_information", "congestion": "congestion"}


class Outside:
    def __init__(self, line: int) -> None:
        self.line = self.home = line  # `home` is its name, whatever port it is plugged into
        self.state: State = "idle"
        self.caller = ""
        self.number = ""
        self.answer_after: int | None = None  # frames of ringback
        self.settings = OutsideSettings()
        self.voice = Voice()
        self._age = 0  # frames in this state, or since the last digit
        self._decoder = Decoder()
        self._signals: deque[bytes] = deque()  # the company's own, before all else
        self._waits: Caller | None = None  # call waiting
        self._ack = 0  # frames for which the telephone may still answer the alerting tones

    # -- the box ---------------------------------------------------------------------------------
    def seize(self) -> list[SimNews]:
        meets = self.state == "idle" and self.settings.glare
        answered = [Answered(self.line)] if meets or self.state == "ringing" else []
        self._move("meet" if meets else "seize")
        if meets:
            self.caller = self.settings.glare
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
        return [CallComes(self.line, caller)]

    def stop_ring(self) -> list[SimNews]:
        self._move("stop-ring")
        return [CallEnds(self.line)]

    def answer(self) -> list[SimNews]:
        self._move("answer")
        return [Answered(self.line)]

    def drop(self) -> list[SimNews]:
        """The far end hangs up, or gives up."""
        ringing = self.state == "ringing"
        self._move("drop")
        return [Dropped(self.line), *([CallEnds(self.line)] if ringing else [])]

    def cut(self) -> list[SimNews]:
        if self.state == "cut":
            raise Refused("line-cut", f"line {self.line} is cut already")
        self._enter("cut")
        return [CableCut(self.line)]

    def mend(self) -> list[SimNews]:
        self._move("mend")
        return [CableMended(self.line)]

    def must_talk(self) -> None:
        if self.state != "talking":
            raise Refused("not-now", f"nobody is connected on line {self.line} ({self.state})")

    def signal(self, sound: bytes) -> None:
        """The company sends this down the line, also while it rings."""
        self._signals.extend(frames(sound))

    def hush(self) -> None:
        """The company's own signals are over, in the middle if need be."""
        self._signals.clear()

    def call_waits(self, caller: Caller) -> list[SimNews]:
        """A second caller: a beep, alerting tones, and caller ID if the telephone answers them."""
        self.must_talk()
        self._waits, self._ack = caller, 0
        self.signal(alerting.waiting(self.settings))
        return [CallWaits(self.line, caller.number)]

    # -- time --------------------------------------------------------------------------------------
    def frame(self, frame: bytes) -> tuple[bytes, list[SimNews]]:
        """One tick: what the box sends, and what it hears for it."""
        self.voice.ticks += 1
        news: list[SimNews] = []
        if self.state in LISTENING:
            for digit in self._decoder.hear(frame):
                news += self._digit(digit)
        news += self._time()
        sound = self._sound(frame)
        return self._signals.popleft() if self._signals else sound, news

    def _digit(self, digit: str) -> list[SimNews]:
        if self.state == "talking":
            return [*self._acknowledged(digit), DigitArrived(self.line, digit)]
        if digit == "#":
            return self._complete() if self.number else []
        self._move("digit")
        self.number += digit
        return [DigitArrived(self.line, digit)]

    def _acknowledged(self, digit: str) -> list[SimNews]:
        if self._waits is None or digit != ACKNOWLEDGE:
            return []
        caller, self._waits = self._waits, None
        self.signal(alerting.waiting_caller(self.settings, caller))
        return [WaitingCallTold(self.line)]

    def _complete(self) -> list[SimNews]:
        if self.settings.called == "rings":
            self._move("complete")
            return [NumberDialed(self.line, self.number)]
        self._move("refuse")
        return [NumberRefused(self.line, self.number, self.settings.called)]

    def _time(self) -> list[SimNews]:
        self._age += 1
        if self.state == "dialing" and self._age > COMPLETE:
            return self._complete()
        wait = self.answer_after
        if self.state == "ringback" and wait is not None and self._age > wait:
            return self.answer()
        if self._waits and not self._signals:
            self._ack += 1
            if self._ack > ACK_FRAMES:
                self._waits = None  # no answer: nobody there shows numbers
        return []

    def _sound(self, frame: bytes) -> bytes:
        if self.state == "talking":
            self.voice.hear(frame)
            return self.voice.speak()
        tone = self._tone()
        at = self._age - 1
        if self.state == "ended":
            at -= self.settings.hangup_cut // FRAME_MS
        return tone[at % len(tone)] if at >= 0 else SILENCE

    def _tone(self) -> countries.Tone:
        company = self.settings
        match self.state:
            case "dial-tone" if company.dial_tone:
                return countries.tone(company.country, "dial")
            case "ringback":
                return countries.tone(company.country, "ringback")
            case "refused":
                return countries.tone(company.country, REFUSAL[company.called])
            case "ended":
                return self._busy_tone(company)
        return (SILENCE,)

    def _busy_tone(self, company: OutsideSettings) -> countries.Tone:
        if company.busy == "none":
            return (SILENCE,)
        if ":" in company.busy:
            return countries.odd_tone(*map(int, company.busy.split(":")))
        country = company.country if company.busy == "own" else company.busy
        return countries.tone(country, "busy")

    def _move(self, happening: Input) -> None:
        state = TABLE.get((self.state, happening))
        if state is None:
            code = "line-cut" if self.state == "cut" else "not-now"
            raise Refused(code, f"line {self.line} is {self.state}: no {happening} now")
        self._enter(state)

    def _enter(self, state: State) -> None:
        self.voice.hush()
        self._signals.clear()
        self._waits = None
        self.state, self._age = state, 0
        if state in ("idle", "cut"):
            self.caller = self.number = ""
