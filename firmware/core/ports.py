"""The box's ports: which leg is on one, and which outside line may be taken.

A part of the switchboard.
"""

from __future__ import annotations

from firmware.core.model import Leg, Line, Tables
from firmware.core.site import Site, Timing


class Ports:
    site: Site
    tables: Tables
    at: int

    @property
    def timing(self) -> Timing:
        return self.site.timing

    def line_leg(self, line: int) -> Leg | None:
        entry = self.tables.lines.get(line)
        return self.tables.legs.get(entry.leg) if entry else None

    def free_outside_line(self, lines: tuple[int, ...]) -> Line | None:
        """The first that nobody uses; one that has just been released only if all others are."""
        known = (self.tables.lines.get(number) for number in lines)
        free = [
            line
            for line in known
            if line and line.kind == "fxo" and line.up and not line.leg and not line.ringing
        ]
        return min(free, key=self.rest_ms, default=None)

    def name_of(self, line: int | None) -> str:
        """What people call an outside line."""
        known = self.site.lines.get(line) if line is not None else None
        return (known.name if known else "") or (f"line {line}" if line else "")

    def rest_ms(self, line: Line) -> int:
        """How long this line must still be left alone, so that its exchange notices the release."""
        return max(0, line.free_at - self.at) // 1_000_000

    def free_port(self, line: Line, leg: Leg) -> None:
        line.leg = 0
        if line.kind == "fxo" and leg.state != "ringing":
            line.free_at = self.at + self.timing.line_release * 1_000_000
