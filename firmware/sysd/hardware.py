"""sysd's part of the hardware: ports that number themselves, disks that mount themselves, watchdog.

Ports are callproc's, so it is asked what it found; that it answers is what the watchdog is petted
for.  The first time, whatever is found is taken over and numbered (HWD-02).  Later it is compared
with what is stored: no difference, nothing to do; a port that is new is numbered; one that turned
into another kind waits until somebody agrees (HWD-03).  Hardware that does not answer is a notice,
and the box goes on without its ports until it does (HWD-04).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path

from firmware.api import hardware as api
from firmware.api.noticeboard import Notices
from firmware.store import numbering, ports
from firmware.store.ports import PortTable
from firmware.sysd.configuration import Configuration
from firmware.sysd.office import Office
from firmware.wire.client import Remote
from firmware.wire.frames import Refused
from firmware.wire.loop import Loop
from firmware.wire.server import Handlers
from hal.api import Button, ChassisError, Storage
from hal.board import Board
from hal.open import open_chassis

log = logging.getLogger("hardware")
LOOK = 3.0  # s between two questions to callproc: sooner than any watchdog bites
WHO = "hardware"
LINES = "lines"  # what a notice about the whole card is about


class Hardware:
    def __init__(
        self,
        loop: Loop,
        state: Path,
        board: Board,
        configuration: Configuration,
        office: Office,
        notices: Notices,
        publish: Callable[[object], None],
    ) -> None:
        self._loop, self._state, self._board = loop, state, board
        self._configuration, self._office = configuration, office
        self._notices, self._publish = notices, publish
        self._stored = ports.load(state)
        self._stand_on(self._stored or {})
        self._ports: tuple[api.PortView, ...] = ()
        self._pressed: dict[str, float] = {}
        self._ejected: set[str] = set()  # by people, to be pulled out
        self._waiting = False
        self._chassis = open_chassis(board, loop, state / "run")
        loop.watch(self._chassis.fileno(), lambda _: self._listen())
        up = state / "run/callproc.sock"
        self._callproc = Remote(loop, up, on_news=lambda _: self._soon(), on_up=self._look)
        loop.after(LOOK, self._tick)

    def handlers(self) -> Handlers:
        return {
            api.ShowHardware: self._show,
            api.TakeOverPorts: self._take_over,
            api.EjectDisk: self._eject,
        }

    def _show(self, _: api.ShowHardware) -> api.HardwareView:
        disks = tuple(_disk(disk) for disk in self._chassis.describe())
        return api.HardwareView(self._ports, disks, self.differences(), self._notices.now())

    # -- ports -------------------------------------------------------------------------------------
    def _tick(self) -> None:
        self._look()
        self._loop.after(LOOK, self._tick)

    def _soon(self) -> None:
        """Something happened to a line: look when it has settled."""
        if not self._waiting:
            self._waiting = True
            self._loop.after(0.3, self._look_again)

    def _look_again(self) -> None:
        self._waiting = False
        self._look()

    def _look(self) -> None:
        self._callproc.ask(api.ShowPorts(), self._on_ports)

    def _on_ports(self, found: tuple[api.PortView, ...] | Refused) -> None:
        if isinstance(found, Refused):
            return  # no proof of life, no petting
        self._chassis.pet()
        if found != self._ports:
            self._ports = found
            try:
                self._compare()
            except Refused as refused:
                log.error("ports are not numbered: %s", refused)

    def _compare(self) -> None:
        there: PortTable = {port.line: port.kind for port in self._ports if port.found}
        self._say_what_is_missing(there)
        if not there:
            return
        fresh = {line: kind for line, kind in there.items() if line not in (self._stored or {})}
        if fresh:
            why = "new ports found" if self._stored else "ports found at the first start"
            self._follow((self._stored or {}) | fresh, fresh, WHO, why)
        self._say_what_changed()

    def _follow(self, table: PortTable, found: PortTable, who: str, why: str) -> None:
        """Through the same change as an administrator's; what is not saved is tried again."""
        self._stand_on(table)
        fitting = numbering.fitted(self._configuration.config(), table)
        config = numbering.numbered(fitting, found)
        try:
            if mistakes := self._configuration.check(config):
                raise Refused("mistakes", f"{why}: {mistakes}")
            self._office.apply(config, who, why, "en")
        except Refused:
            self._ports = ()  # so that the next look compares again
            self._stand_on(self._stored or {})
            raise
        self._store(table)

    def _stand_on(self, table: PortTable) -> None:
        """What may be configured: what was found, and what is printed on the box."""
        self._configuration.stand_on(self._board.kinds() | table)

    def _store(self, table: PortTable) -> None:
        self._stored = dict(sorted(table.items()))
        ports.save(self._state, self._stored)

    def differences(self) -> tuple[api.PortDifference, ...]:
        """What is stored of a port that is there, against what it is."""
        stored = self._stored or {}
        return tuple(
            api.PortDifference(port.line, stored[port.line], port.kind)
            for port in self._ports
            if port.found and port.line in stored and stored[port.line] != port.kind
        )

    def _say_what_is_missing(self, there: PortTable) -> None:
        printed = self._stored or self._board.kinds()
        missing = sorted(set(printed) - set(there))
        gone = bool(printed) and not there
        if gone:
            self._notices.say("no-line-hardware", LINES)
        else:
            self._notices.over(LINES, "no-line-hardware")
        for line in printed:
            if line in missing and not gone:
                self._notices.say("port-missing", f"port {line}")
            else:
                self._notices.over(f"port {line}", "port-missing")

    def _say_what_changed(self) -> None:
        changed = {difference.line: difference for difference in self.differences()}
        for line in self._stored or {}:
            if line in changed:
                kinds = f"{changed[line].stored.upper()} -> {changed[line].found.upper()}"
                self._notices.say("port-changed", f"port {line}", kinds)
            else:
                self._notices.over(f"port {line}", "port-changed")

    def _take_over(self, ask: api.TakeOverPorts) -> tuple[api.PortDifference, ...]:
        differences = self.differences()
        if not differences:
            raise Refused("nothing-to-take-over", "what is stored is what was found")
        found: PortTable = {port.line: port.kind for port in self._ports if port.found}
        self._follow((self._stored or {}) | found, found, ask.who, "ports taken over")
        self._say_what_changed()
        return differences

    # -- the box around the ports ------------------------------------------------------------------
    def _listen(self) -> None:
        for event in self._chassis.events():
            if isinstance(event, Storage):
                self._on_disk(event)
            else:
                self._on_button(event)

    def _on_disk(self, disk: Storage) -> None:
        """Found: mounted at once (HWD-05).  Gone while in use, or no use: people must know."""
        self._publish(_disk(disk))
        if disk.state == "found" and disk.name not in self._ejected:
            self._try(lambda: self._chassis.mount(disk.name))
        if disk.state == "gone":
            self._ejected.discard(disk.name)
        if disk.why:
            self._notices.say(f"disk-{disk.state}", disk.name, disk.why)
        elif disk.state == "mounted":
            self._notices.over(disk.name)

    def _on_button(self, button: Button) -> None:
        if button.down:
            self._pressed[button.name] = time.monotonic()
            return
        began = self._pressed.pop(button.name, time.monotonic())
        self._publish(api.ButtonNews(button.name, round((time.monotonic() - began) * 1000)))

    def _eject(self, ask: api.EjectDisk) -> None:
        self._ejected.add(ask.name)
        try:
            self._chassis.eject(ask.name)
        except ChassisError as error:
            raise Refused("no-disk", str(error)) from None

    def _try(self, act: Callable[[], None]) -> None:
        try:
            act()
        except ChassisError as error:
            log.warning("%s", error)


def _disk(disk: Storage) -> api.DiskView:
    return api.DiskView(
        disk.name,
        disk.state,
        disk.path,
        disk.label,
        disk.filesystem,
        disk.size,
        disk.free,
        disk.read_only,
        disk.why,
    )
