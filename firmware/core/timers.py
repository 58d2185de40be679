"""Timers that run: by owner and name, told apart by generation.

A part of the switchboard.  An owner is a dialing, bridge or session, or a call (its number
negative: what a call costs goes on running whoever holds, parks or transfers it).
"""

from __future__ import annotations

from firmware.core.effects import Effects, StartTimer, StopTimer
from firmware.core.model import Tables


class RunningTimers:
    tables: Tables

    def start_timer(self, owner: int, name: str, ms: int) -> Effects:
        self.tables.last_generation += 1
        self.tables.timers.setdefault(owner, {})[name] = self.tables.last_generation
        return [StartTimer(owner, name, self.tables.last_generation, ms)]

    def stop_timer(self, owner: int, name: str) -> Effects:
        return [StopTimer(owner, name)] if self.take_timer(owner, name) else []

    def end_timers(self, owner: int) -> Effects:
        return [StopTimer(owner, name) for name in self.tables.timers.pop(owner, {})]

    def take_timer(self, owner: int, name: str) -> int:
        """The timer is over; its generation, 0 if it did not run."""
        running = self.tables.timers.get(owner, {})
        generation = running.pop(name, 0)
        if not running:
            self.tables.timers.pop(owner, None)
        return generation
