"""Questions to the processes that own what the pages show.

A process that is away is normal: the page says so and the next question tries again.  Connections
are kept, one question at a time on each; gevent makes the blocking `Caller` wait without holding up
anybody else.
"""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from firmware.wire.client import Caller
from firmware.wire.frames import Ask, Refused, WireError

R = TypeVar("R")
ANSWER_SECONDS = 10.0
KEPT = 8  # idle connections to one owner


class Owner:
    """One process, by its socket."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._idle: list[Caller] = []

    def ask(self, question: Ask[R]) -> R:
        """Raises `Refused`; code "away" where the process does not answer.

        Never asks twice: the process may have done what it was told before it died.
        """
        try:
            return self._ask(question)
        except (OSError, WireError) as error:
            raise Refused("away", f"{self.path.stem} does not answer") from error

    def _ask(self, question: Ask[R]) -> R:
        caller = self._kept() or Caller(self.path, ANSWER_SECONDS)
        try:
            answer = caller.ask(question)
        except Refused:
            self._keep(caller)
            raise
        except BaseException:
            caller.close()
            raise
        self._keep(caller)
        return answer

    def _kept(self) -> Caller | None:
        """A connection whose other end still lives."""
        while self._idle:
            caller = self._idle.pop()
            if not caller.ended():
                return caller
            caller.close()
        return None

    def _keep(self, caller: Caller) -> None:
        if len(self._idle) < KEPT:
            self._idle.append(caller)
        else:
            caller.close()


class Owners:
    """Everybody the pages ask."""

    def __init__(self, run: Path) -> None:
        self.callproc = Owner(run / "callproc.sock")
        self.sysd = Owner(run / "sysd.sock")
        self.jobs = Owner(run / "jobs.sock")
        self.sim = Owner(run / "sim.sock")
