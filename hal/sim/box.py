"""The simulated box around its card: sockets for disks, buttons, lamps, watchdog and mains.

A USB stick is a folder of this machine; mounting it puts a link to it below `media/`.  What a stick
is said to be (full, read-only, broken) is reported as a kernel would, but a folder is no file
system: whoever writes past it is not stopped.  A power cut kills every process that has the same
supervisor as the simulator, all at once; what is not on the disk by then is lost for them, though
the machine's own cache survives: the virtual machine is for more than that.
"""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from firmware.wire.frames import Refused
from firmware.wire.loop import Loop, Timer
from firmware.wire.orphan import PARENT
from hal.api import Button, Lamp, Storage
from hal.board import ChassisParts
from hal.sim.card import Handlers
from hal.sim.deeds import CutPower, PlugDisk, PressButton, PullDisk
from hal.sim.news import BoxLampChanged, FromChassis, PowerCut, SimNews, WatchdogBit
from hal.sim.orders import EjectDisk, MountDisk, OpenChassis, PetWatchdog, SetBoxLamp

BROKEN = "the disk cannot be read: input/output error"
PULLED = "it was pulled out while in use: what was being written is lost"


class Stick(NamedTuple):
    plugged: PlugDisk
    mounted: bool


class SimBox:
    def __init__(
        self, loop: Loop, parts: ChassisParts, state: Path, publish: Callable[[SimNews], None]
    ) -> None:
        self._loop, self._parts, self._publish = loop, parts, publish
        self._media = state / "media"
        self._sticks: dict[str, Stick] = {}
        self.lamps: dict[str, Lamp] = dict.fromkeys(parts.lamps, "off")
        self._bites: Timer | None = None

    def handlers(self) -> Handlers:
        return {
            OpenChassis: self._open,
            MountDisk: self._mount,
            EjectDisk: self._eject,
            SetBoxLamp: self._light,
            PetWatchdog: lambda _: self._pet(),
            PlugDisk: self._plug,
            PullDisk: self._pull,
            PressButton: self._press,
            CutPower: lambda _: self._cut_power(),
        }

    @property
    def disks(self) -> tuple[Storage, ...]:
        return tuple(self._storage(name) for name in self._sticks)

    @property
    def guarded(self) -> bool:
        """The watchdog has been petted and waits for the next time."""
        return self._bites is not None

    def _open(self, _: OpenChassis) -> tuple[Storage, ...]:
        for name, stick in self._sticks.items():
            self._unmount(name, stick)
        for lamp in self.lamps:
            self._light(SetBoxLamp(lamp, "off"))
        return self.disks

    # -- disks -------------------------------------------------------------------------------------
    def _plug(self, ask: PlugDisk) -> None:
        self._must_be(ask.name, self._parts.storage, "socket")
        if ask.name in self._sticks:
            raise Refused("not-now", f"there is a stick in {ask.name} already")
        if not Path(ask.folder).is_absolute() or not Path(ask.folder).is_dir():
            raise Refused("bad-stick", f"{ask.folder} is no folder")
        self._sticks[ask.name] = Stick(ask, False)
        self._tell(ask.name)

    def _pull(self, ask: PullDisk) -> None:
        stick = self._stick(ask.name)
        self._unmount(ask.name, stick)
        del self._sticks[ask.name]
        why = PULLED if stick.mounted else ""
        self._publish(FromChassis(Storage(ask.name, "gone", why=why)))

    def _mount(self, ask: MountDisk) -> None:
        stick = self._stick(ask.name)
        if stick.plugged.state == "broken":
            self._publish(FromChassis(Storage(ask.name, "unusable", why=BROKEN)))
            return
        self._media.mkdir(exist_ok=True)
        link = self._media / ask.name
        link.unlink(missing_ok=True)
        link.symlink_to(stick.plugged.folder)
        self._sticks[ask.name] = stick._replace(mounted=True)
        self._tell(ask.name)

    def _eject(self, ask: EjectDisk) -> None:
        self._unmount(ask.name, self._stick(ask.name))
        self._tell(ask.name)

    def _unmount(self, name: str, stick: Stick) -> None:
        if stick.mounted:
            (self._media / name).unlink(missing_ok=True)
            self._sticks[name] = stick._replace(mounted=False)

    def _stick(self, name: str) -> Stick:
        self._must_be(name, self._parts.storage, "socket")
        if name not in self._sticks:
            raise Refused("no-part", f"nothing is plugged into {name}")
        return self._sticks[name]

    def _tell(self, name: str) -> None:
        self._publish(FromChassis(self._storage(name)))

    def _storage(self, name: str) -> Storage:
        stick, mounted = self._sticks[name]
        if not mounted:
            return Storage(name, "found", label=stick.label, filesystem=stick.filesystem)
        try:
            size, _, free = shutil.disk_usage(stick.folder)
        except OSError as error:
            return Storage(name, "unusable", why=str(error.strerror))
        return Storage(
            name,
            "mounted",
            str(self._media / name),
            stick.label,
            stick.filesystem,
            size,
            0 if stick.state == "full" else free,
            stick.state == "read-only",
        )

    # -- buttons and lamps -------------------------------------------------------------------------
    def _press(self, ask: PressButton) -> None:
        self._must_be(ask.name, self._parts.buttons, "button")
        self._publish(FromChassis(Button(ask.name, True)))
        up = FromChassis(Button(ask.name, False))
        self._loop.after(ask.ms / 1000, lambda: self._publish(up))

    def _light(self, ask: SetBoxLamp) -> None:
        self._must_be(ask.name, self._parts.lamps, "lamp")
        if self.lamps[ask.name] != ask.lamp:
            self.lamps[ask.name] = ask.lamp
            self._publish(BoxLampChanged(ask.name, ask.lamp))

    def _must_be(self, name: str, parts: tuple[str, ...], what: str) -> None:
        if name not in parts:
            known = ", ".join(parts) or "none"
            raise Refused("no-part", f"the box has no {what} {name}; there is: {known}")

    # -- watchdog and mains ------------------------------------------------------------------------
    def _pet(self) -> None:
        if self._bites:
            self._loop.cancel(self._bites)
        if self._parts.watchdog:
            self._bites = self._loop.after(self._parts.watchdog, self._bite)

    def _bite(self) -> None:
        self._bites = None
        self._publish(WatchdogBit())
        self._publish(PowerCut(_kill(_siblings())))

    def _cut_power(self) -> None:
        found = _siblings()
        if not found:
            raise Refused("no-power", "no supervisor started this simulator: nothing to cut")
        if self._bites:
            self._loop.cancel(self._bites)
            self._bites = None
        self._publish(PowerCut(_kill(found)))


def _siblings() -> list[int]:
    """The other children of the supervisor that started us; none, if we were started by hand."""
    parent = os.environ.get(PARENT)
    if parent is None or parent != str(os.getppid()):
        return []
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [int(child) for child in children if int(child) != os.getpid()]


def _kill(processes: list[int]) -> int:
    killed = 0
    for process in processes:
        try:
            os.kill(process, signal.SIGKILL)
            killed += 1
        except ProcessLookupError:
            pass
    return killed
