"""The member of a board without ports: a full member whose every line does not exist."""

from __future__ import annotations

import os
from typing import NoReturn

from hal.api import Cadence, Lamp, LineError, LineEvent, Port


class NoLines:
    def __init__(self) -> None:
        self._fd = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)  # never becomes readable

    def describe(self) -> tuple[Port, ...]:
        return ()

    def fileno(self) -> int:
        return self._fd

    def events(self) -> list[LineEvent]:
        return []

    def ring(self, line: int, cadence: Cadence) -> None:  # noqa: ARG002
        _refuse(line)

    def hook(self, line: int, off: bool) -> None:  # noqa: ARG002
        _refuse(line)

    def flash(self, line: int) -> None:
        _refuse(line)

    def light(self, line: int, lamp: Lamp) -> None:  # noqa: ARG002
        _refuse(line)

    def audio(self, line: int) -> int:
        _refuse(line)

    def close(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


def _refuse(line: int) -> NoReturn:
    raise LineError(f"there is no port {line}: this board has none")
