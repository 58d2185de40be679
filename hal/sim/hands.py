"""What people do to the box itself: settings, cables, cards and what may be wrong with a driver."""

from __future__ import annotations

from typing import Any

import msgspec

from hal.sim import faults
from hal.sim.card import Card, Handlers
from hal.sim.deeds import Driver, Module, SetFault, SetPort, Show, Swap
from hal.sim.outside_port import OutsidePort

MODULE = "the driver of the card is loaded again"


class Hands:
    def __init__(self, card: Card) -> None:
        self._card = card

    def handlers(self) -> Handlers:
        return {
            Show: lambda _: self._card.front(),
            SetPort: lambda ask: self._change(ask.line, ask.changes),
            SetFault: self._fault,
            Swap: lambda ask: self._card.swap(ask.line, ask.other),
            Driver: self._driver,
            Module: self._module,
        }

    def _change(self, line: int, changes: dict[str, str]) -> dict[str, Any]:
        port = self._card.port(line)
        if isinstance(port, OutsidePort):
            port = self._card.outside(line)
        return msgspec.structs.asdict(port.set(changes))

    def _fault(self, ask: SetFault) -> dict[str, Any]:
        port = self._card.port(ask.line)
        keys = tuple(msgspec.structs.asdict(port.settings))
        return self._change(ask.line, faults.settings_of(ask.fault, port.kind, keys))

    def _driver(self, ask: Driver) -> None:
        if ask.does != "go":
            for line in ask.missing:
                self._card.port(line)
        if not self._card.gone:
            self._card.unload()
        if ask.does != "go":
            self._card.load(ask.missing, backwards=ask.does == "renumber")

    def _module(self, ask: Module) -> None:
        """A card is changed with the power off, or at least with its driver away."""
        if ask.line not in range(1, self._card.places + 1):
            self._card.port(ask.line)
        self._card.unload(MODULE)
        self._card.put_module(ask.line, ask.kind)
        self._card.load()
