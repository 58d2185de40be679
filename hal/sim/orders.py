"""What the box's drivers say to the hardware: callproc to the card, sysd to the chassis."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from msgspec import Meta

from firmware.wire.frames import Ask
from hal.api import Lamp, Storage
from hal.sim.front import CadenceMs, Channels, Line


# -- card messages: callproc -> card -------------------------------------------------------------
class OpenCard(Ask[Channels], frozen=True, tag=True):
    """A driver opens the card: bells stop, lines are released, lamps go out.

    From here on `line` in card messages and in `FromCard` is the driver's channel.
    """

    answer: ClassVar[type] = Channels


class RingBell(Ask[None], frozen=True, tag=True):
    line: Line
    cadence: CadenceMs


class SetHook(Ask[None], frozen=True, tag=True):
    line: Line
    off: bool


class TapHook(Ask[None], frozen=True, tag=True):
    line: Line


class SetLamp(Ask[None], frozen=True, tag=True):
    line: Line
    lamp: Lamp


class CutCurrent(Ask[None], frozen=True, tag=True):
    line: Line
    ms: Annotated[int, Meta(ge=1, le=5000)]


class TurnBattery(Ask[None], frozen=True, tag=True):
    line: Line
    reversed: bool


CARD_MESSAGES = (OpenCard, RingBell, SetHook, TapHook, SetLamp, CutCurrent, TurnBattery)


# -- chassis messages: sysd -> the box around the card ---------------------------------------------
class OpenChassis(Ask[tuple[Storage, ...]], frozen=True, tag=True):
    """Answered with the disks that are plugged in."""

    answer: ClassVar[Any] = tuple[Storage, ...]


class MountDisk(Ask[None], frozen=True, tag=True):
    name: str


class EjectDisk(Ask[None], frozen=True, tag=True):
    name: str


class SetBoxLamp(Ask[None], frozen=True, tag=True):
    name: str
    lamp: Lamp


class PetWatchdog(Ask[None], frozen=True, tag=True): ...


CHASSIS_MESSAGES = (OpenChassis, MountDisk, EjectDisk, SetBoxLamp, PetWatchdog)
