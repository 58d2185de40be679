"""What the loop current of a handset means: lifted, hung up, tapped, or a digit dialed by pulses.

Pure: raw edges come in with their times in ms, events come out.  Nothing here reads a clock: the
owner calls `expire()` at `deadline()`.  Every member of the HAL with handsets uses this one class.

    a break shorter than `pulse`          one pulse of a digit
    from `pulse` up to `flash`            a flash: the hook was tapped
    longer than `flash`                   hung up (reported only then: it cannot be known before)
    a make longer than `gap` after pulses the digit is complete; ten pulses are a 0

An edge that does not last `debounce` ms never happened.
"""

from __future__ import annotations

import msgspec

from hal.api import Flash, LineEvent, OffHook, OnHook, Pulse


class HookTiming(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All in ms.  Twenty pulses a second have breaks of 33 ms and makes of 16 ms."""

    debounce: int = 8
    pulse: int = 100
    flash: int = 800
    gap: int = 250

    def __post_init__(self) -> None:
        if not 0 <= self.debounce < self.pulse < self.flash:
            raise ValueError("hook times must rise: debounce, pulse, flash")
        if self.gap <= self.debounce:
            raise ValueError("the gap after a digit must be longer than the debounce")


TYPICAL = HookTiming()


class Hookswitch:
    def __init__(self, line: int, timing: HookTiming = TYPICAL) -> None:
        self._line, self._timing = line, timing
        self._raw = self._settled = False  # current flows
        self._moved_at = 0  # time of the last raw edge
        self._settled_at = 0  # time of the last edge that lasted
        self._pulses = 0
        self.off_hook = False  # as reported

    def edge(self, off: bool, at: int) -> list[LineEvent]:
        """The current began (`off` the hook) or ended at time `at`; times never go back."""
        events = self.expire(at)
        if off != self._raw:
            self._raw, self._moved_at = off, at
        return events

    def deadline(self) -> int | None:
        """When `expire()` will next have something to say."""
        if self._raw != self._settled:
            return self._moved_at + self._timing.debounce
        if self.off_hook and not self._settled:
            return self._settled_at + self._timing.flash
        if self._pulses and self._settled:
            return self._settled_at + self._timing.gap
        return None

    def expire(self, at: int) -> list[LineEvent]:
        events: list[LineEvent] = []
        while (due := self.deadline()) is not None and due <= at:
            events += self._lasted() if self._raw != self._settled else self._waited()
        return events

    def _lasted(self) -> list[LineEvent]:
        """The pending edge is real."""
        length = self._moved_at - self._settled_at
        self._settled, self._settled_at = self._raw, self._moved_at
        if not self._settled:
            return []  # a break began: what it was, its length will say
        if not self.off_hook:
            self.off_hook = True
            return [OffHook(self._line)]
        if length < self._timing.pulse:
            self._pulses += 1
            return []
        self._pulses = 0
        return [Flash(self._line)]

    def _waited(self) -> list[LineEvent]:
        """The break was too long for a flash, or the make too long for another pulse."""
        pulses, self._pulses = self._pulses, 0
        if not self._settled:
            self.off_hook = False
            return [OnHook(self._line)]
        return [Pulse(self._line, str(pulses % 10))] if pulses <= 10 else []


def pulse_edges(digits: str, between_ms: int = 600) -> list[tuple[int, bool]]:
    """A rotary dial: (ms from now, current flows), ten pulses a second, 60 ms break to 40 make."""
    edges: list[tuple[int, bool]] = []
    at = 0
    for digit in digits:
        for _ in range(int(digit) or 10):
            edges += [(at, False), (at + 60, True)]
            at += 100
        at += between_ms
    return edges
