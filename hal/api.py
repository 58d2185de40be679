"""The hardware contract, on one page: two protocols, so that each process owns what it needs.

`Lines` is what the call processor needs of a telephone card, `Chassis` what the system process
needs of the box around it.  Members are equals: `linux`, `sim` (the simulated box) and `none` (a
machine without ports); the same contract tests run on each.  A line is a port number as printed on
the box, 1 upward: FXS for a handset, FXO for the telephone company's line.

Events are settled when they appear here: debounced, pulses told from flashes, ringing from a ring
(`hookswitch.py`).  No call blocks.  What cannot be done now raises `LineError` or `ChassisError`,
and what turns out later to have failed is an event: nothing is ignored silently.
"""

from __future__ import annotations

from typing import Literal, Protocol

import msgspec

Kind = Literal["fxs", "fxo"]
Lamp = Literal["off", "on", "blink"]
Cadence = tuple[int, ...]  # ms on, ms off, ...: repeated until stopped


class LineError(Exception):
    """The line cannot do that now; the text says why."""


class ChassisError(Exception):
    """The box has no such part, or it is out of reach; the text says why."""


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
    """The port works (again): FXO has battery, the card answers.  `describe()` says what it is."""

    line: int


class LineDown(msgspec.Struct, frozen=True, tag=True):
    """The port does not work: cable pulled, card or driver gone.  `why` is for people."""

    line: int
    why: str


class Fault(msgspec.Struct, frozen=True, tag=True):
    """The port works, but something on it does not: too many bells, say.  Empty: mended."""

    line: int
    why: str


LineEvent = OffHook | OnHook | Flash | Pulse | Ring | RingEnd | Polarity | LineUp | LineDown | Fault


class Port(msgspec.Struct, frozen=True):
    """One port as it is at this moment."""

    line: int
    kind: Kind
    up: bool
    off_hook: bool
    found: bool = True  # the card has it, though its line may be down


class Lines(Protocol):
    def describe(self) -> tuple[Port, ...]: ...

    def fileno(self) -> int:
        """Readable whenever `events()` has something; stays the same for life."""

    def events(self) -> list[LineEvent]:
        """Everything since the last call, oldest first."""

    def ring(self, line: int, cadence: Cadence) -> None:
        """FXS: ring the handset; an empty cadence stops."""

    def cut(self, line: int, ms: int) -> None:
        """FXS: no current for so long: the far end hung up.  No hook event comes of it."""

    def reverse(self, line: int, reversed: bool) -> None:
        """FXS: turn the battery around: the far end answered, or caller ID comes."""

    def hook(self, line: int, off: bool) -> None:
        """FXO: seize (off hook) or release (on hook) the line."""

    def flash(self, line: int) -> None:
        """FXO: tap the hook."""

    def light(self, line: int, lamp: Lamp) -> None:
        """The busy lamp of a port, also of one that is down as long as the card is there."""

    def audio(self, line: int) -> int:
        """A new file descriptor of frames (8 kHz, 16 bit, `tick_ms` each); the caller closes it.

        It carries on the hook too, for that is how caller ID travels between two rings.
        """

    def close(self) -> None: ...


class Storage(msgspec.Struct, frozen=True, tag=True):
    """A disk in the socket `name`, as it is now.  `why` is for people, where it is no use."""

    name: str
    state: Literal["found", "mounted", "unusable", "gone"]
    path: str = ""  # where its files are, while mounted
    label: str = ""
    filesystem: str = ""
    size: int = 0  # bytes
    free: int = 0
    read_only: bool = False
    why: str = ""


class Button(msgspec.Struct, frozen=True, tag=True):
    """A button of the box was pressed (`down`) or let go."""

    name: str
    down: bool


ChassisEvent = Storage | Button


class Chassis(Protocol):
    def describe(self) -> tuple[Storage, ...]:
        """Every disk that is plugged in."""

    def fileno(self) -> int: ...

    def events(self) -> list[ChassisEvent]: ...

    def mount(self, name: str) -> None:
        """Answered by `Storage` mounted or unusable."""

    def eject(self, name: str) -> None:
        """Everything is written; answered by `Storage` found."""

    def light(self, name: str, lamp: Lamp) -> None:
        """A lamp that belongs to no port."""

    def pet(self) -> None:
        """The watchdog, if the board has one: from the first call on it wants one in time."""

    def close(self) -> None: ...
