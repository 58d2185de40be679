"""The hardware contract, on one page.

`Lines` is what the call processor needs of a telephone card.  Members are equals: `linux` (DAHDI),
`sim` (the simulated box) and `none` (a box without ports); the same contract tests run on each.
A line is a port number as printed on the box, 1 upward.  FXS is a port for a handset, FXO a port
for the telephone company's line.

Events have been debounced, and pulses and flashes told apart, by the time they appear here
(`hookswitch.py`).  No call blocks.  A call on a line that is down, or of the wrong kind, raises
`LineError`: nothing is ignored silently.
"""

from __future__ import annotations

from typing import Literal, Protocol

import msgspec

Kind = Literal["fxs", "fxo"]
Lamp = Literal["off", "on", "blink"]
Cadence = tuple[int, ...]  # ms on, ms off, ...: repeated until stopped


class LineError(Exception):
    """The line cannot do that now; the text says why."""


class OffHook(msgspec.Struct, frozen=True, tag=True):
    """FXS: the handset was lifted."""

    line: int


class OnHook(msgspec.Struct, frozen=True, tag=True):
    """FXS: the handset was hung up.  FXO: the far end cut the loop current."""

    line: int


class Flash(msgspec.Struct, frozen=True, tag=True):
    """FXS: the hook was tapped."""

    line: int


class Pulse(msgspec.Struct, frozen=True, tag=True):
    """FXS: a digit dialed with the hook or a rotary dial."""

    line: int
    digit: str


class Ring(msgspec.Struct, frozen=True, tag=True):
    """FXO: the line began to ring; `caller` only where the hardware itself knows it."""

    line: int
    caller: str = ""


class RingEnd(msgspec.Struct, frozen=True, tag=True):
    """FXO: ringing stopped although nobody answered here."""

    line: int


class Polarity(msgspec.Struct, frozen=True, tag=True):
    """FXO: battery polarity changed, many exchanges' sign for "answered" and "ended"."""

    line: int
    reversed: bool


class LineUp(msgspec.Struct, frozen=True, tag=True):
    """The port works (again): FXO has battery, the card answers."""

    line: int


class LineDown(msgspec.Struct, frozen=True, tag=True):
    """The port does not work: cable pulled, card or driver gone.  `why` is for people."""

    line: int
    why: str


LineEvent = OffHook | OnHook | Flash | Pulse | Ring | RingEnd | Polarity | LineUp | LineDown


class Port(msgspec.Struct, frozen=True):
    """One port as it is at this moment."""

    line: int
    kind: Kind
    up: bool
    off_hook: bool


class Lines(Protocol):
    def describe(self) -> tuple[Port, ...]: ...

    def fileno(self) -> int:
        """Readable whenever `events()` has something; stays the same for life."""

    def events(self) -> list[LineEvent]:
        """Everything since the last call, oldest first."""

    def ring(self, line: int, cadence: Cadence) -> None:
        """FXS: ring the handset; an empty cadence stops."""

    def hook(self, line: int, off: bool) -> None:
        """FXO: seize (off hook) or release (on hook) the line."""

    def flash(self, line: int) -> None:
        """FXO: tap the hook."""

    def light(self, line: int, lamp: Lamp) -> None:
        """The busy lamp of a port, also of one that is down as long as the card is there."""

    def audio(self, line: int) -> int:
        """A new file descriptor of frames (8 kHz, 16 bit, `tick_ms` each); the caller closes it."""

    def close(self) -> None: ...
