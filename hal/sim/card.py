"""The simulated card: ports at their places, and the driver that numbers them as channels.

The driver may go and come, find ports missing, or number its channels the other way round after a
reload; modules may be changed.  People always name a port by the number printed on the box; only
what passes between a driver and its card is translated here.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any, Literal

from msgspec.structs import replace

from firmware.wire.feed import Feed
from firmware.wire.frames import Ask, Refused
from firmware.wire.loop import Loop
from hal.api import Kind
from hal.board import Board
from hal.sim.front import Channel, Channels, Front
from hal.sim.handset_port import HandsetPort
from hal.sim.news import CardBack, CardGone, FromCard, SimNews
from hal.sim.orders import CutCurrent, OpenCard, RingBell, SetHook, SetLamp, TapHook, TurnBattery
from hal.sim.outside_port import OutsidePort

Handlers = dict[type[Ask[Any]], Callable[[Any], object]]
AnyPort = HandsetPort | OutsidePort
UNLOADED = "the driver of the card is not loaded"


class Card:
    def __init__(self, loop: Loop, board: Board) -> None:
        self._loop, self._board = loop, board
        self.feed = Feed(f"{os.getpid()}-{time.time_ns()}", self._front)
        self.front: Callable[[], Front] = self.bare_front  # with all that is around the card
        self.ports: dict[int, AnyPort] = {}
        self.watchers: list[Callable[[SimNews], None]] = []  # in this process
        self.close_audio: Callable[[], None] = lambda: None
        self.gone = ""  # why no driver answers
        self._channels: dict[int, int] = {}  # channel -> port
        for line, kind in board.kinds().items():
            self.put_module(line, kind)
        self.number(missing=(), backwards=False)

    @property
    def places(self) -> int:
        """How many ports the board has room for."""
        return len(self._board.ports)

    def handlers(self) -> Handlers:
        return {
            OpenCard: self._open,
            RingBell: lambda ask: self._handset_on(ask.line).ring(ask.cadence),
            CutCurrent: lambda ask: self._handset_on(ask.line).cut(ask.ms),
            TurnBattery: lambda ask: self._handset_on(ask.line).turn(ask.reversed),
            SetHook: lambda ask: self._outside_on(ask.line).hook(ask.off),
            TapHook: lambda ask: self._outside_on(ask.line).tap(),
            SetLamp: lambda ask: self.on_channel(ask.line).light(ask.lamp),
        }

    def _front(self) -> Front:
        return self.front()

    def bare_front(self) -> Front:
        ports = (self.ports[line].state() for line in sorted(self.ports))
        return Front(self._board.name, tuple(ports), driver=self.gone)

    # -- ports by the number on the box ------------------------------------------------------------
    def port(self, line: int) -> AnyPort:
        if line not in self.ports:
            raise Refused("no-such-line", f"there is no port {line}: 1 to {len(self._board.ports)}")
        return self.ports[line]

    def handset(self, line: int) -> HandsetPort:
        return _handset(self.port(line), line)

    def outside(self, line: int) -> OutsidePort:
        """The port into which the cable of outside line `line` is plugged."""
        plugged = (port for port in self._outsides() if port.outside.home == line)
        return next(plugged, None) or _outside(self.port(line), line)

    def talker(self, line: int) -> AnyPort:
        """The handset on that port, or whoever is at the far end of that outside line."""
        port = self.port(line)
        port = self.outside(line) if isinstance(port, OutsidePort) else port
        port.must_talk()
        return port

    def _outsides(self) -> list[OutsidePort]:
        return [port for port in self.ports.values() if isinstance(port, OutsidePort)]

    def swap(self, one: int, other: int) -> None:
        """The two cables change places."""
        first, second = self.outside(one), self.outside(other)
        for port in (first, second):
            port.must_be_company()
            if port.outside.state != "idle":
                text = f"line {port.outside.home} is {port.outside.state}: swap idle lines"
                raise Refused("not-now", text)
        first.outside, second.outside = second.outside, first.outside
        first.outside.line, second.outside.line = first.line, second.line

    # -- the driver --------------------------------------------------------------------------------
    def on_channel(self, channel: int) -> AnyPort:
        if self.gone:
            raise Refused("no-card", self.gone)
        if channel not in self._channels:
            raise Refused("no-such-line", f"the driver has no channel {channel}")
        return self.ports[self._channels[channel]]

    def _handset_on(self, channel: int) -> HandsetPort:
        return _handset(self.on_channel(channel), channel)

    def _outside_on(self, channel: int) -> OutsidePort:
        return _outside(self.on_channel(channel), channel)

    def _open(self, _: OpenCard) -> Channels:
        if self.gone:
            raise Refused("no-card", self.gone)
        return Channels(tuple(self._channel(channel) for channel in self._channels))

    def _channel(self, channel: int) -> Channel:
        port = self.ports[self._channels[channel]]
        port.reset()
        state = port.state()
        ringing = isinstance(port, OutsidePort) and port.battery.ringing
        caller = port.told() if isinstance(port, OutsidePort) and ringing else ""
        return Channel(
            channel, port.place, port.kind, state.up, state.off_hook, bool(ringing), caller
        )

    def unload(self, why: str = UNLOADED) -> None:
        """Every file of the card that was open is closed by its driver's end."""
        self.gone = why
        for port in self.ports.values():
            port.reset()
        self.close_audio()
        self.feed.publish(CardGone(why))

    def load(self, missing: tuple[int, ...] = (), *, backwards: bool = False) -> None:
        self.number(missing, backwards)
        self.gone = ""
        self.feed.publish(CardBack())

    def number(self, missing: tuple[int, ...], backwards: bool) -> None:
        found = sorted((line for line in self.ports if line not in missing), reverse=backwards)
        lines = range(1, len(found) + 1) if backwards else found
        self._channels = dict(zip(lines, found, strict=True))

    def put_module(self, line: int, kind: Kind | Literal["none"]) -> None:
        """What is plugged into that place of the card, from now on."""
        place = self._board.place_of(line)
        if kind == "none":
            self.ports.pop(line, None)
        elif kind == "fxs":
            self.ports[line] = HandsetPort(line, place, self._loop, self._board.hook, self.publish)
        else:
            self.ports[line] = OutsidePort(
                line, place, self._loop, self._board.battery, self.publish
            )
        self._neighbors()

    def _neighbors(self) -> None:
        """Crosstalk comes from the port before, as the cables lie side by side."""
        order = sorted(self.ports)
        for line, before in zip(order, [None, *order], strict=False):
            self.ports[line].wire.neighbor = self.ports[before].wire if before else None

    def publish(self, news: SimNews) -> None:
        """News go out in the box's numbers; what the driver reports, in the driver's."""
        for watcher in self.watchers:
            watcher(news)
        if isinstance(news, FromCard):
            channel = next((c for c, line in self._channels.items() if line == news.event.line), 0)
            if self.gone or not channel:
                return
            news = FromCard(replace(news.event, line=channel))
        self.feed.publish(news)


def _handset(port: AnyPort, number: int) -> HandsetPort:
    if isinstance(port, HandsetPort):
        return port
    raise Refused("wrong-kind", f"port {number} is an outside line, not a handset")


def _outside(port: AnyPort, number: int) -> OutsidePort:
    if isinstance(port, OutsidePort):
        return port
    raise Refused("wrong-kind", f"port {number} is a handset, not an outside line")
