"""Scripted people: what somebody at a port does, line by line, for load and for demonstrations.

    handset 1                    a person at handset 1; what follows is theirs, until the next one
      lift
      dial 102
      wait 10
      hang
      repeat 5                   from the beginning, five times in all; `repeat` alone: for ever
    line 5                       the company and the caller on outside line 5
      ring 13800001111
      answers after 3            the called party of calls out, from now on
      wait talking               until that state; also: ringing, off-hook, on-hook, idle
      hum 440 5                  Hz, seconds (without: until something else is said)
      drop

Text is read as a whole and refused with the line that is wrong.  A deed that cannot be done is kept
as trouble and shown, and the person begins again with the next round, or stops.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from firmware.wire.frames import Ask, Refused
from firmware.wire.loop import Loop, Timer
from firmware.wire.server import Later
from hal.sim.card import Card, Handlers
from hal.sim.deeds import (
    Answer,
    AnswerLater,
    Dial,
    Doing,
    Drop,
    Hang,
    Hum,
    Lift,
    RingIn,
    RunScript,
    ShowScript,
    StopRing,
    StopScript,
    Tap,
)

STATES = ("talking", "ringing", "off-hook", "on-hook", "idle", "ended", "ringback", "dial-tone")
FOR_EVER = 1_000_000_000


class Step(msgspec.Struct, frozen=True):
    text: str
    verb: str
    words: tuple[str, ...]


class Part(msgspec.Struct, frozen=True):
    """All that one person does."""

    line: int
    steps: tuple[Step, ...]


def _ms(text: str) -> int:
    return round(float(text) * 1000)


DEEDS: dict[str, Callable[[int, tuple[str, ...]], Ask[Any]]] = {
    "lift": lambda line, _: Lift(line),
    "hang": lambda line, _: Hang(line),
    "flash": lambda line, _: Tap(line),
    "dial": lambda line, words: Dial(line, words[0]),
    "pulse": lambda line, words: Dial(line, words[0], pulse=True),
    "hum": lambda line, words: Hum(line, int(words[0]), _ms(words[1]) if words[1:] else None),
    "ring": lambda line, words: RingIn(line, words[0] if words else ""),
    "stop-ring": lambda line, _: StopRing(line),
    "answer": lambda line, _: Answer(line),
    "answers": lambda line, words: AnswerLater(line, _ms(words[1])),
    "drop": lambda line, _: Drop(line),
}


def parse(text: str) -> list[Part]:
    parts: list[Part] = []
    for number, raw in enumerate(text.splitlines(), 1):
        words = raw.split("#")[0].split()
        try:
            if words and words[0] in ("handset", "line"):
                parts.append(Part(int(words[1]), ()))
            elif words:
                step = _step(raw.strip(), words)
                parts[-1] = msgspec.structs.replace(parts[-1], steps=(*parts[-1].steps, step))
        except (ValueError, IndexError, msgspec.ValidationError):
            raise Refused("bad-script", f"line {number}: {raw.strip()}") from None
    if not parts:
        raise Refused("bad-script", "nobody does anything in it")
    return parts


def _step(text: str, words: list[str]) -> Step:
    verb, rest = words[0], tuple(words[1:])
    if verb == "wait":
        if rest[0] not in STATES:
            float(rest[0])
    elif verb == "repeat":
        int(rest[0] if rest else "1")
    else:
        deed = DEEDS.get(verb)
        if deed is None:
            raise ValueError(verb)
        ask = deed(1, rest)
        msgspec.convert(msgspec.to_builtins(ask), type(ask))  # in its bounds
    return Step(text, verb, rest)


class Person:
    def __init__(self, loop: Loop, card: Card, handlers: Handlers, part: Part) -> None:
        self._loop, self._card, self._handlers = loop, card, handlers
        self._part = part
        self._at = 0
        self._timer: Timer | None = None
        self._gone = False
        self.rounds = 0
        self.trouble = ""

    def show(self) -> Doing:
        steps = self._part.steps
        step = "" if self._gone or self._at >= len(steps) else steps[self._at].text
        return Doing(self._part.line, step, self.rounds, self.trouble)

    def stop(self) -> None:
        self._gone = True
        if self._timer:
            self._loop.cancel(self._timer)

    def begin(self) -> None:
        self._timer = self._loop.after(0, self._do)

    def _next(self) -> None:
        """The next step, on its own turn of the loop."""
        if not self._gone:
            self._at += 1
            self.begin()

    def _do(self) -> None:
        if self._gone or self._at >= len(self._part.steps):
            return
        step = self._part.steps[self._at]
        try:
            if step.verb == "wait":
                self._wait(step.words[0])
            elif step.verb == "repeat":
                self._again(int(step.words[0]) if step.words else FOR_EVER)
            else:
                self._deed(DEEDS[step.verb](self._part.line, step.words))
        except Refused as refused:
            self._fail(refused)

    def _deed(self, ask: Ask[Any]) -> None:
        answer = self._handlers[type(ask)](ask)
        if isinstance(answer, Later):
            answer.then(self._done)
        else:
            self._next()

    def _done(self, value: object) -> None:
        if isinstance(value, Refused):
            self._fail(value)
        else:
            self._next()

    def _wait(self, what: str) -> None:
        if what not in STATES:
            self._timer = self._loop.after(float(what), self._next)
            return
        port = self._card.port(self._part.line)

        def reached() -> bool:
            if self._gone:
                return True
            if port.state().state != what:
                return False
            self._next()
            return True

        port.waits.append(reached)
        port.settle()

    def _again(self, times: int) -> None:
        self.rounds += 1
        self._at = -1 if self.rounds < times else self._at
        self._next()

    def _fail(self, refused: Refused) -> None:
        """Hang up, if that is possible, and go to the end of the round."""
        self.trouble = f"{self._part.steps[self._at].text}: {refused}"
        last = self._part.steps[-1]
        if last.verb == "repeat" and not self._gone:
            self._at = len(self._part.steps) - 2
            self._next()


class Scripts:
    def __init__(self, loop: Loop, card: Card, handlers: Handlers) -> None:
        self._loop, self._card, self._handlers = loop, card, handlers
        self._people: dict[int, Person] = {}

    def handlers(self) -> Handlers:
        return {
            RunScript: self._run,
            StopScript: lambda _: self._stop(),
            ShowScript: lambda _: tuple(person.show() for person in self._people.values()),
        }

    def _run(self, ask: RunScript) -> None:
        parts = parse(ask.text)
        for part in parts:
            self._card.port(part.line)
        for part in parts:
            if part.line in self._people:
                self._people[part.line].stop()
            person = Person(self._loop, self._card, self._handlers, part)
            self._people[part.line] = person
            person.begin()

    def _stop(self) -> None:
        for person in self._people.values():
            person.stop()
        self._people = {}
