"""sysd's member of the HAL on a simulated box: disks, buttons, lamps and the watchdog of `sim`.

The simulator may die and come back: then every disk is gone, and found again with it.  The watchdog
is the simulator's too; while that is away, nothing bites.
"""

from __future__ import annotations

from pathlib import Path

from firmware.wire.frames import Refused
from firmware.wire.loop import Loop
from hal.api import Button, ChassisError, ChassisEvent, Lamp, Storage
from hal.board import Board
from hal.sim.member import Member
from hal.sim.news import FromChassis, SimNews
from hal.sim.orders import EjectDisk, MountDisk, OpenChassis, PetWatchdog, SetBoxLamp

GONE = "the simulated hardware does not answer"


class SimChassis(Member[ChassisEvent]):
    def __init__(self, loop: Loop, run: Path, board: Board) -> None:
        self._parts = board.chassis
        self._disks: dict[str, Storage] = {}
        self._lamps: dict[str, Lamp] = {}  # as last wanted
        super().__init__(loop, run)

    # -- the contract ------------------------------------------------------------------------------
    def describe(self) -> tuple[Storage, ...]:
        return tuple(self._disks.values())

    def mount(self, name: str) -> None:
        self._must_have(name, self._parts.storage)
        self.order(MountDisk(name))

    def eject(self, name: str) -> None:
        self._must_have(name, self._parts.storage)
        self.order(EjectDisk(name))

    def light(self, name: str, lamp: Lamp) -> None:
        if name not in self._parts.lamps:
            raise ChassisError(f"there is no lamp {name!r}")
        self._lamps[name] = lamp
        self._must_answer()
        self.order(SetBoxLamp(name, lamp))

    def pet(self) -> None:
        if self._parts.watchdog and self._remote.up:
            self.order(PetWatchdog())

    # -- the box's life ----------------------------------------------------------------------------
    def on_up(self) -> None:
        self._remote.ask(OpenChassis(), self._on_disks)

    def on_down(self) -> None:
        for disk in self.describe():
            self._report(Storage(disk.name, "gone", why=GONE))

    def on_news(self, news: SimNews) -> None:
        if isinstance(news, FromChassis):
            self._report(news.event)

    def _on_disks(self, disks: tuple[Storage, ...] | Refused) -> None:
        if isinstance(disks, Refused):
            return  # gone again
        for disk in disks:
            self._report(disk)
        for name, lamp in self._lamps.items():
            self.order(SetBoxLamp(name, lamp))

    def _report(self, event: ChassisEvent) -> None:
        if isinstance(event, Button):
            self.report(event)
            return
        if event.state == "gone":
            self._disks.pop(event.name, None)
        else:
            self._disks[event.name] = event
        self.report(event)

    def _must_have(self, name: str, parts: tuple[str, ...]) -> None:
        if name not in parts:
            raise ChassisError(f"there is no socket {name!r}")
        self._must_answer()
        if name not in self._disks:
            raise ChassisError(f"nothing is plugged into {name}")

    def _must_answer(self) -> None:
        if not self._remote.up:
            raise ChassisError(GONE)
