"""The exchange's timers on the loop's clock, by owner and name, told apart by generation."""

from __future__ import annotations

from firmware.core.effects import StartTimer, StopTimer
from firmware.core.events import TimerFired
from firmware.edges.inbox import Inbox
from firmware.wire.loop import Loop, Timer


class Timers:
    def __init__(self, loop: Loop, inbox: Inbox) -> None:
        self._loop, self._inbox = loop, inbox
        self._running: dict[tuple[int, str], Timer] = {}

    def start(self, effect: StartTimer) -> None:
        key = (effect.owner, effect.name)
        self._cancel(key)
        self._running[key] = self._loop.after(effect.ms / 1000, lambda: self._fire(effect))

    def stop(self, effect: StopTimer) -> None:
        self._cancel((effect.owner, effect.name))

    def _fire(self, effect: StartTimer) -> None:
        del self._running[effect.owner, effect.name]
        self._inbox.post(TimerFired, effect.owner, effect.name, effect.generation)

    def _cancel(self, key: tuple[int, str]) -> None:
        timer = self._running.pop(key, None)
        if timer:
            self._loop.cancel(timer)
