"""Hands, mouths, ears and the telephone company, as the command line and the page move them.

What takes time (dialing, speaking, listening) is answered when it is over.  No question waits for
ever: if the box neither takes nor gives audio for `PATIENCE` seconds, it is refused.
"""

from __future__ import annotations

from collections.abc import Callable

from firmware.wire.frames import Refused
from firmware.wire.loop import Loop
from firmware.wire.server import Later
from hal.sim import dtmf, sound
from hal.sim.caller_id import Caller
from hal.sim.card import Card, Handlers
from hal.sim.deeds import (
    Answer,
    AnswerLater,
    Cut,
    Dial,
    Drop,
    Hang,
    Hear,
    Heard,
    Hum,
    Lift,
    Mend,
    RingIn,
    Said,
    Say,
    StopRing,
    Tap,
    WaitIn,
)
from hal.sim.handset_port import HandsetPort
from hal.sim.news import SimNews
from hal.sim.outside import Outside
from hal.sim.port import Port
from hal.sim.voice import Utterance

PATIENCE = 5.0


class Wait:
    """A question that is answered with `value()` as soon as `ready()` says so."""

    def __init__(self, ready: Callable[[], bool], value: Callable[[], object]) -> None:
        self.later = Later()
        self.over = False
        self._ready, self._value = ready, value

    def check(self) -> bool:
        if not self.over and self._ready():
            self.end(self._value())
        return self.over

    def end(self, value: object) -> None:
        self.over = True
        self.later.settle(value)


class People:
    def __init__(self, loop: Loop, card: Card) -> None:
        self._loop, self._card = loop, card

    def handlers(self) -> Handlers:
        outside = self._outside
        return {
            Lift: self._lift,
            Hang: self._hang,
            Tap: self._tap,
            Dial: self._dial,
            Say: self._say,
            Hum: self._hum,
            Hear: self._hear,
            RingIn: lambda ask: self._card.outside(ask.line).ring_in(
                ask.caller, ask.name, ask.anyway
            ),
            WaitIn: lambda ask: outside(
                ask.line, lambda far: far.call_waits(Caller(ask.caller, ask.name))
            ),
            StopRing: lambda ask: outside(ask.line, lambda far: far.stop_ring()),
            Answer: lambda ask: outside(ask.line, lambda far: far.answer()),
            AnswerLater: self._answer_later,
            Drop: lambda ask: outside(ask.line, lambda far: far.drop()),
            Cut: lambda ask: self._card.outside(ask.line).cut(),
            Mend: lambda ask: self._card.outside(ask.line).mend(),
        }

    def _outside(self, line: int, act: Callable[[Outside], list[SimNews]]) -> None:
        self._card.outside(line).act(act)

    def _answer_later(self, ask: AnswerLater) -> None:
        after = None if ask.ms is None else ask.ms // sound.FRAME_MS
        self._card.outside(ask.line).outside.answer_after = after

    # -- hooks -------------------------------------------------------------------------------------
    def _lift(self, ask: Lift) -> Later:
        port = self._card.handset(ask.line)
        port.lift()
        return self._until_understood(port)

    def _hang(self, ask: Hang) -> Later:
        port = self._card.handset(ask.line)
        port.hang()
        return self._wait(port, Wait(lambda: not port.moving, lambda: None))

    def _tap(self, ask: Tap) -> Later:
        port = self._card.handset(ask.line)
        port.tap(ask.ms)
        return self._until_understood(port)

    def _until_understood(self, port: HandsetPort) -> Later:
        """Answer when the card knows what the moves of the hook meant."""
        return self._wait(
            port, Wait(lambda: not port.moving, lambda: None if port.talks else _hung_up(port))
        )

    # -- mouths and ears ---------------------------------------------------------------------------
    def _dial(self, ask: Dial) -> Later:
        if not ask.pulse:
            keys = (dtmf.press(key, ask.on_ms, ask.off_ms, ask.level) for key in ask.digits)
            return self._speak(self._card.talker(ask.line), b"".join(keys))
        if not ask.digits.isdigit():
            raise Refused("bad-request", "a rotary dial has no other digits than 0 to 9")
        port = self._card.handset(ask.line)
        port.pulse(ask.digits)
        return self._until_understood(port)

    def _say(self, ask: Say) -> Later:
        port = self._card.talker(ask.line)
        utterance = port.voice.say(sound.frames(ask.sound))
        return self._until_spoken(port, utterance, lambda: Said(utterance.began))

    def _speak(self, port: Port, samples: bytes) -> Later:
        return self._until_spoken(port, port.voice.say(sound.frames(samples)))

    def _hum(self, ask: Hum) -> Later | None:
        port = self._card.talker(ask.line)
        count = None if ask.ms is None else ask.ms // sound.FRAME_MS
        utterance = port.voice.hum(sound.tone_frames(ask.hz, ask.level), count)
        return None if count is None else self._until_spoken(port, utterance)

    def _hear(self, ask: Hear) -> Later:
        port = self._card.talker(ask.line)
        count = ask.ms // sound.FRAME_MS
        enough = port.voice.heard + count
        wait = Wait(
            lambda: port.voice.heard >= enough or not port.talks,
            lambda: (
                Heard(port.voice.last(count), port.voice.since(count))
                if port.talks
                else _hung_up(port)
            ),
        )
        self._lose_patience(port, wait, lambda: None)
        return self._wait(port, wait)

    def _until_spoken(
        self, port: Port, utterance: Utterance, value: Callable[[], object] = lambda: None
    ) -> Later:
        wait = Wait(lambda: utterance.over, lambda: _hung_up(port) if utterance.cut else value())
        self._lose_patience(port, wait, utterance.stop)
        return self._wait(port, wait)

    def _wait(self, port: Port, wait: Wait) -> Later:
        port.waits.append(wait.check)
        port.settle()
        return wait.later

    def _lose_patience(self, port: Port, wait: Wait, stop: Callable[[], None]) -> None:
        seen = port.voice.ticks

        def look() -> None:
            if wait.over:
                return
            if port.voice.ticks != seen:
                self._lose_patience(port, wait, stop)
                return
            stop()
            text = f"nobody takes audio from port {port.line}: is callproc running?"
            wait.end(Refused("no-audio", text))
            port.settle()

        self._loop.after(PATIENCE, look)


def _hung_up(port: Port) -> Refused:
    return Refused("hung-up", f"port {port.line} hung up before the end")
