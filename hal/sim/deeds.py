"""What people do at the simulated box, as the command line and the Simulator page ask for it.

Hands at handsets, mouths and ears, the telephone company and the persons beyond it, whoever plugs
cables, cards and disks.  A deed is answered when it is over; one that cannot be is refused.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

import msgspec
from msgspec import Meta

from firmware.wire.frames import Ask
from hal.sim.front import CallerId, Front, Keys, Line, Ms, Sound


class Lift(Ask[None], frozen=True, tag=True):
    line: Line


class Hang(Ask[None], frozen=True, tag=True):
    """Answered when the box has been told: a hook that comes back sooner is a flash."""

    line: Line


class Tap(Ask[None], frozen=True, tag=True):
    line: Line
    ms: Annotated[int, Meta(ge=1, le=5000)] = 300


class Dial(Ask[None], frozen=True, tag=True):
    """Answered when the last digit has gone into the line."""

    line: Line
    digits: Keys
    pulse: bool = False
    on_ms: Annotated[int, Meta(ge=20, le=5000)] = 80
    off_ms: Annotated[int, Meta(ge=20, le=5000)] = 80
    level: Annotated[float, Meta(ge=-40, le=0)] = -7.0


class Said(msgspec.Struct, frozen=True):
    began: int  # monotonic ns of the first frame


class Say(Ask[Said], frozen=True, tag=True):
    """Answered when the last sample has gone into the line."""

    answer: ClassVar[type] = Said
    line: Line
    sound: Sound


class Hum(Ask[None], frozen=True, tag=True):
    """A test tone; without `ms` it lasts until something else is said, and is answered at once."""

    line: Line
    hz: Annotated[int, Meta(ge=50, le=3800)]
    ms: Ms | None = None
    level: Annotated[float, Meta(ge=-60, le=0)] = -10.0


class Heard(msgspec.Struct, frozen=True):
    sound: bytes
    began: int = 0  # monotonic ns of the first frame


class Hear(Ask[Heard], frozen=True, tag=True):
    """Answered with the next `ms` of what arrives at that ear."""

    answer: ClassVar[type] = Heard
    line: Line
    ms: Annotated[int, Meta(ge=20, le=60_000)]


class RingIn(Ask[None], frozen=True, tag=True):
    """A call comes in; `anyway`: ringing voltage lies on the line although it is in use."""

    line: Line
    caller: CallerId = ""
    name: CallerId = ""
    anyway: bool = False


class WaitIn(Ask[None], frozen=True, tag=True):
    """A second caller while somebody talks: call waiting, with caller ID if the phone can."""

    line: Line
    caller: CallerId = ""
    name: CallerId = ""


class StopRing(Ask[None], frozen=True, tag=True):
    line: Line


class Answer(Ask[None], frozen=True, tag=True):
    """The called party picks up."""

    line: Line


class AnswerLater(Ask[None], frozen=True, tag=True):
    """Whoever is called on that line picks up after so much ringback, or never by themselves."""

    line: Line
    ms: Ms | None


class Drop(Ask[None], frozen=True, tag=True):
    """The far end hangs up."""

    line: Line


class Cut(Ask[None], frozen=True, tag=True):
    line: Line


class Mend(Ask[None], frozen=True, tag=True):
    line: Line


class Show(Ask[Front], frozen=True, tag=True):
    answer: ClassVar[type] = Front


class SetPort(Ask[dict[str, Any]], frozen=True, tag=True):
    """Change settings of a port (`settings.py`), as typed; answered with all of them."""

    answer: ClassVar[Any] = dict[str, Any]
    line: Line
    changes: Annotated[
        dict[Annotated[str, Meta(max_length=32)], Annotated[str, Meta(max_length=64)]],
        Meta(max_length=32),
    ] = {}  # noqa: RUF012 - msgspec copies it


class SetFault(Ask[dict[str, Any]], frozen=True, tag=True):
    """One of `faults.py` by its name, or `none`; answered with all settings."""

    answer: ClassVar[Any] = dict[str, Any]
    line: Line
    fault: Annotated[str, Meta(max_length=32)]


class Swap(Ask[None], frozen=True, tag=True):
    """The cables of two outside lines change places."""

    line: Line
    other: Line


class Driver(Ask[None], frozen=True, tag=True):
    """The card's driver: gone, back, back with its channels numbered the other way round."""

    does: Literal["go", "come", "renumber"]
    missing: Annotated[tuple[Line, ...], Meta(max_length=400)] = ()  # ports of a lost span


class Module(Ask[None], frozen=True, tag=True):
    """Another module is put in the place of a port; the driver is loaded again."""

    line: Line
    kind: Literal["fxs", "fxo", "none"]


class PlugDisk(Ask[None], frozen=True, tag=True):
    """A USB stick whose content is a folder of this machine."""

    name: str
    folder: Annotated[str, Meta(max_length=4096)]
    label: Annotated[str, Meta(max_length=32)] = "STICK"
    filesystem: Annotated[str, Meta(max_length=16)] = "vfat"
    state: Literal["good", "full", "read-only", "broken"] = "good"


class PullDisk(Ask[None], frozen=True, tag=True):
    """Unplugged, ejected before or not."""

    name: str


class PressButton(Ask[None], frozen=True, tag=True):
    name: str
    ms: Ms = 200


class CutPower(Ask[None], frozen=True, tag=True):
    """Every process of the box but this one is killed at once; its supervisor is the mains."""


class Patch(Ask[None], frozen=True, tag=True):
    """Plug the outside line into a handset port of another simulated box."""

    line: Line
    socket: Annotated[str, Meta(max_length=107)]
    other: Line


class Unpatch(Ask[None], frozen=True, tag=True):
    line: Line


class RunScript(Ask[None], frozen=True, tag=True):
    """People do what this text says (`script.py`), in place of those of the same ports."""

    text: Annotated[str, Meta(max_length=100_000)]


class StopScript(Ask[None], frozen=True, tag=True): ...


class Doing(msgspec.Struct, frozen=True):
    line: int
    step: str
    rounds: int
    trouble: str


class ShowScript(Ask[tuple[Doing, ...]], frozen=True, tag=True):
    answer: ClassVar[Any] = tuple[Doing, ...]


class Noted(msgspec.Struct, frozen=True):
    """A deed of people, and when."""

    ms: int
    deed: str
    line: int
    what: str = ""


class RecordDeeds(Ask[tuple[Noted, ...]], frozen=True, tag=True):
    """Begin to note deeds, or end; answered with those noted so far."""

    answer: ClassVar[Any] = tuple[Noted, ...]
    on: bool
