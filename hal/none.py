"""The member of a board without ports: full members whose every part does not exist."""

from __future__ import annotations

import os
from typing import NoReturn

from hal.api import (
    Cadence,
    ChassisError,
    ChassisEvent,
    Lamp,
    LineError,
    LineEvent,
    Port,
    Storage,
)


class _Quiet:
    """A file descriptor that never becomes readable."""

    def __init__(self) -> None:
        self._fd = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)

    def fileno(self) -> int:
        return self._fd

    def close(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


class NoLines(_Quiet):
    def describe(self) -> tuple[Port, ...]:
        return ()

    def events(self) -> list[LineEvent]:
        return []

    def ring(self, line: int, cadence: Cadence) -> None:  # noqa: ARG002
        _no_port(line)

    def cut(self, line: int, ms: int) -> None:  # noqa: ARG002
        _no_port(line)

    def reverse(self, line: int, reversed: bool) -> None:  # noqa: ARG002
        _no_port(line)

    def hook(self, line: int, off: bool) -> None:  # noqa: ARG002
        _no_port(line)

    def flash(self, line: int) -> None:
        _no_port(line)

    def light(self, line: int, lamp: Lamp) -> None:  # noqa: ARG002
        _no_port(line)

    def audio(self, line: int) -> int:
        _no_port(line)


class NoChassis(_Quiet):
    def describe(self) -> tuple[Storage, ...]:
        return ()

    def events(self) -> list[ChassisEvent]:
        return []

    def mount(self, name: str) -> None:
        _no_part(name)

    def eject(self, name: str) -> None:
        _no_part(name)

    def light(self, name: str, lamp: Lamp) -> None:  # noqa: ARG002
        _no_part(name)

    def pet(self) -> None:
        """There is no watchdog, so nobody is late."""


def _no_port(line: int) -> NoReturn:
    raise LineError(f"there is no port {line}: this board has none")


def _no_part(name: str) -> NoReturn:
    raise ChassisError(f"there is no {name!r}: this board has no such part")
