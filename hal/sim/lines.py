"""callproc's member of the HAL on a simulated box: a client of the process `sim`.

Ports are what is printed on the box; the driver numbers channels as it likes, so every event and
order is translated by the place where the hardware has the port.  When the simulator or the card's
driver goes, every line goes down, and up again with it; handsets that are off the hook at that
moment are reported as if just lifted, as a fresh card would.  Lamps belong to the card and not to
its lines: they shine on a line that is down, and a card that comes back gets them as last wanted.
"""

from __future__ import annotations

import socket
from pathlib import Path

import msgspec
from msgspec.structs import replace

from firmware.wire.frames import Refused
from firmware.wire.loop import Loop
from hal.api import (
    Cadence,
    Kind,
    Lamp,
    LineDown,
    LineError,
    LineEvent,
    LineUp,
    OffHook,
    OnHook,
    Port,
    Ring,
)
from hal.board import Board
from hal.sim.front import AUDIO_SOCKET, Channel, Channels
from hal.sim.member import Member
from hal.sim.news import CardBack, CardGone, FromCard, SimNews
from hal.sim.orders import CutCurrent, OpenCard, RingBell, SetHook, SetLamp, TapHook, TurnBattery

GONE = "the simulated hardware does not answer"


class SimLines(Member[LineEvent]):
    def __init__(self, loop: Loop, run: Path, board: Board) -> None:
        self._audio_path = run / AUDIO_SOCKET
        self._ports = {n: Port(n, kind, False, False, False) for n, kind in board.kinds().items()}
        self._line_at = {board.place_of(line): line for line in self._ports}
        self._channel: dict[int, int] = {}  # port -> channel, while the card is open
        self._line: dict[int, int] = {}  # channel -> port
        self._lamps: dict[int, Lamp] = {}  # as last wanted
        self._opening = 0  # answers to an earlier opening are void
        super().__init__(loop, run)

    # -- the contract ------------------------------------------------------------------------------
    def describe(self) -> tuple[Port, ...]:
        return tuple(self._ports.values())

    def ring(self, line: int, cadence: Cadence) -> None:
        self.order(RingBell(self._must_be_up(line, "fxs"), cadence))

    def cut(self, line: int, ms: int) -> None:
        self.order(CutCurrent(self._must_be_up(line, "fxs"), ms))

    def reverse(self, line: int, reversed: bool) -> None:
        self.order(TurnBattery(self._must_be_up(line, "fxs"), reversed))

    def hook(self, line: int, off: bool) -> None:
        channel = self._must_be_up(line, "fxo")
        self._ports[line] = replace(self._ports[line], off_hook=off)
        self.order(SetHook(channel, off))

    def flash(self, line: int) -> None:
        self.order(TapHook(self._must_be_up(line, "fxo")))

    def light(self, line: int, lamp: Lamp) -> None:
        self._must_exist(line)
        self._lamps[line] = lamp
        if line not in self._channel:
            raise LineError(GONE)
        self.order(SetLamp(self._channel[line], lamp))

    def audio(self, line: int) -> int:
        channel = self._must_be_up(line)
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET | socket.SOCK_NONBLOCK)
        try:
            sock.connect(str(self._audio_path))
            sock.send(msgspec.json.encode({"line": channel}))
        except OSError as error:
            sock.close()
            raise LineError(f"line {line} has no audio: {error.strerror}") from None
        return sock.detach()

    # -- the card's life ---------------------------------------------------------------------------
    def on_up(self) -> None:
        self._opening += 1
        opening = self._opening
        self._remote.ask(OpenCard(), lambda found: self._on_card(found, opening))

    def on_down(self) -> None:
        self._lose(GONE)

    def on_news(self, news: SimNews) -> None:
        if isinstance(news, CardGone):
            self._lose(news.why)
        elif isinstance(news, CardBack):
            self.on_up()
        elif isinstance(news, FromCard) and news.event.line in self._line:
            self._pass_on(replace(news.event, line=self._line[news.event.line]))

    def _on_card(self, found: Channels | Refused, opening: int) -> None:
        if isinstance(found, Refused) or opening != self._opening:
            return  # gone again: what comes next says the rest
        placed = {
            self._line_at[channel.place]: channel
            for channel in found.channels
            if channel.place in self._line_at
        }
        self._channel = {line: channel.channel for line, channel in placed.items()}
        self._line = {channel: line for line, channel in self._channel.items()}
        for line, channel in placed.items():
            self._found(line, channel)
        for line in set(self._ports) - set(placed):
            self._ports[line] = replace(self._ports[line], found=False)
        for line, lamp in self._lamps.items():
            if line in self._channel:
                self.order(SetLamp(self._channel[line], lamp))

    def _found(self, line: int, channel: Channel) -> None:
        self._ports[line] = Port(line, channel.kind, False, False)
        if channel.up:
            self._pass_on(LineUp(line))
        if channel.kind == "fxs" and channel.off_hook:
            self._pass_on(OffHook(line))
        if channel.ringing:
            self._pass_on(Ring(line, channel.caller))

    def _lose(self, why: str) -> None:
        self._opening += 1
        self._channel, self._line = {}, {}
        for port in self.describe():
            if port.up:
                self._pass_on(LineDown(port.line, why))
            self._ports[port.line] = Port(port.line, port.kind, False, False, False)

    def _pass_on(self, event: LineEvent) -> None:
        """Keep the last known state of the port."""
        port = self._ports[event.line]
        if isinstance(event, LineUp | LineDown):
            port = replace(port, up=isinstance(event, LineUp), off_hook=False)
        elif port.kind == "fxs" and isinstance(event, OffHook | OnHook):
            port = replace(port, off_hook=isinstance(event, OffHook))
        self._ports[event.line] = port
        self.report(event)

    # -- orders ------------------------------------------------------------------------------------
    def _must_exist(self, line: int) -> Port:
        port = self._ports.get(line)
        if port is None:
            raise LineError(f"there is no port {line}")
        return port

    def _must_be_up(self, line: int, kind: Kind | None = None) -> int:
        """Its channel."""
        port = self._must_exist(line)
        if kind and port.kind != kind:
            raise LineError(f"port {line} is {port.kind}, not {kind}")
        if not port.up:
            raise LineError(f"line {line} is down")
        return self._channel[line]
