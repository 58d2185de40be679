"""The simulated card: its ports, the news about them, and what its driver may ask of it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

from firmware.wire.feed import Feed
from firmware.wire.frames import Ask, Refused
from firmware.wire.loop import Loop
from hal.board import Board
from hal.sim.messages import Front, OpenCard, RingBell, SetHook, SetLamp, SimNews, TapHook
from hal.sim.ports import HandsetPort, OutsidePort

Handlers = dict[type[Ask[Any]], Callable[[Any], object]]


class Card:
    def __init__(self, loop: Loop, board: Board) -> None:
        self._board = board.name
        self.feed = Feed(f"{os.getpid()}-{time.time_ns()}", self.front)
        self._ports: dict[int, HandsetPort | OutsidePort] = {
            line: HandsetPort(line, loop, board.hook, self._publish)
            if kind == "fxs"
            else OutsidePort(line, self._publish)
            for line, kind in board.kinds().items()
        }

    def handlers(self) -> Handlers:
        return {
            OpenCard: self._open,
            RingBell: lambda ask: self.handset(ask.line).ring(ask.cadence),
            SetHook: lambda ask: self.outside(ask.line).hook(ask.off),
            TapHook: self._tap,
            SetLamp: lambda ask: self.port(ask.line).light(ask.lamp),
        }

    def front(self) -> Front:
        return Front(self._board, tuple(port.state() for port in self._ports.values()))

    def port(self, line: int) -> HandsetPort | OutsidePort:
        if line not in self._ports:
            raise Refused("no-such-line", f"there is no port {line}: 1 to {len(self._ports)}")
        return self._ports[line]

    def handset(self, line: int) -> HandsetPort:
        port = self.port(line)
        if isinstance(port, HandsetPort):
            return port
        raise Refused("wrong-kind", f"port {line} is an outside line, not a handset")

    def outside(self, line: int) -> OutsidePort:
        port = self.port(line)
        if isinstance(port, OutsidePort):
            return port
        raise Refused("wrong-kind", f"port {line} is a handset, not an outside line")

    def _open(self, _: OpenCard) -> Front:
        for port in self._ports.values():
            port.reset()
        return self.front()

    def _tap(self, ask: TapHook) -> None:
        port = self.outside(ask.line)
        port.happen(port.outside.flash())

    def _publish(self, news: SimNews) -> None:
        self.feed.publish(news)
