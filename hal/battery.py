"""What the voltage of an outside line means: it rings, the far end left, it is dead.

Pure: what the card measures comes in with its time in ms, events come out; the owner calls
`expire()` at `deadline()`.  Every member of the HAL with outside lines uses this one class, so that
a flicker is the same nothing on each.

    ringing voltage for `ring`              the line rings; over after `ring_end` without any
    no current for `cut`, while off hook    the far end hung up
    no battery for `dead`                   the line is down
    the other polarity for `turn`           the polarity changed

Ringing voltage on a line in use is no ring: cards cannot tell it from speech.
"""

from __future__ import annotations

import msgspec

from hal.api import LineDown, LineEvent, LineUp, OnHook, Polarity, Ring, RingEnd

DEAD = "no battery: is it plugged in?"


class BatteryTiming(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All in ms.  Far ends cut the current for 90 ms and more; a relay's chatter takes 40."""

    ring: int = 120
    ring_end: int = 6000
    cut: int = 80
    dead: int = 1000
    turn: int = 64

    def __post_init__(self) -> None:
        if not 0 <= self.cut < self.dead:
            raise ValueError("a line is dead only after the time of a cut")
        if min(self.ring, self.turn) < 0 or self.ring_end <= self.ring:
            raise ValueError("ringing must end later than it begins")


USUAL = BatteryTiming()


class Battery:
    def __init__(self, line: int, timing: BatteryTiming = USUAL) -> None:
        self._line, self._timing = line, timing
        self._due: dict[str, int] = {}  # what happens if nothing changes -> when
        self._turned = self._reported_turned = False
        self._caller = ""
        self.off_hook = self.ringing = False
        self.feeds, self.up = True, True

    # -- what the box does -------------------------------------------------------------------------
    def hook(self, off: bool, at: int) -> list[LineEvent]:
        events = self.expire(at)
        self.off_hook = off
        for name in ("ring", "ring-end", "cut"):
            self._due.pop(name, None)
        self.ringing = False
        if off and not self.feeds:
            self._due["cut"] = at + self._timing.cut
        return events

    # -- what the card measures --------------------------------------------------------------------
    def feed(self, on: bool, at: int) -> list[LineEvent]:
        """The battery came or went."""
        events = self.expire(at)
        if on == self.feeds:
            return events
        self.feeds = on
        if on:
            self._due.pop("cut", None)
            self._due.pop("dead", None)
            return [*events, *self._revived()]
        self._due["dead"] = at + self._timing.dead
        if self.off_hook:
            self._due["cut"] = at + self._timing.cut
        return events

    def ring(self, on: bool, at: int, caller: str = "") -> list[LineEvent]:
        """Ringing voltage came or went."""
        events = self.expire(at)
        if self.off_hook or not self.up:
            return events
        if not on:
            self._due.pop("ring", None)
            if self.ringing:
                self._due["ring-end"] = at + self._timing.ring_end
            return events
        self._due.pop("ring-end", None)
        if not self.ringing:
            self._caller = caller
            self._due["ring"] = at + self._timing.ring
        return events

    def turn(self, reversed_: bool, at: int) -> list[LineEvent]:
        events = self.expire(at)
        self._turned = reversed_
        self._due.pop("turn", None)
        if reversed_ != self._reported_turned:
            self._due["turn"] = at + self._timing.turn
        return events

    # -- time --------------------------------------------------------------------------------------
    def deadline(self) -> int | None:
        """When `expire()` will next have something to say."""
        return min(self._due.values(), default=None)

    def expire(self, at: int) -> list[LineEvent]:
        events: list[LineEvent] = []
        while self._due:
            name = min(self._due, key=lambda name: self._due[name])
            if self._due[name] > at:
                break
            del self._due[name]
            events += self._happens(name)
        return events

    def _happens(self, name: str) -> list[LineEvent]:
        match name:
            case "ring":
                self.ringing = True
                return [Ring(self._line, self._caller)]
            case "ring-end":
                self.ringing = False
                return [RingEnd(self._line)]
            case "cut":
                return [OnHook(self._line)]
            case "turn":
                self._reported_turned = self._turned
                return [Polarity(self._line, self._turned)]
        self.up = self.ringing = False
        self._due.clear()
        return [LineDown(self._line, DEAD)]

    def _revived(self) -> list[LineEvent]:
        if self.up:
            return []
        self.up = True
        return [LineUp(self._line)]
