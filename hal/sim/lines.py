"""callproc's member of the HAL on a simulated box: a client of the process `sim`.

The simulator may die and come back like any process: then every line goes down and up again, and
handsets that are off the hook at that moment are reported as if just lifted, as a fresh card would.
Orders are checked against the last known state and sent without waiting; one that the simulator
refuses nevertheless (it crossed a change on the way) is logged.  Lamps belong to the card and not
to its lines: they shine on a line that is down, and a card that comes back gets them as last
wanted.
"""

from __future__ import annotations

import logging
import os
import socket
from pathlib import Path

import msgspec

from firmware.wire.client import Remote
from firmware.wire.frames import Ask, News, Refused
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
from hal.sim.messages import (
    AUDIO_SOCKET,
    SOCKET,
    FromCard,
    Front,
    OpenCard,
    RingBell,
    SetHook,
    SetLamp,
    SimNews,
    TapHook,
)

log = logging.getLogger(__name__)
GONE = "the simulated hardware does not answer"


class SimLines:
    def __init__(self, loop: Loop, run: Path, board: Board) -> None:
        self._audio_path = run / AUDIO_SOCKET
        self._ports = {n: Port(n, kind, False, False) for n, kind in board.kinds().items()}
        self._lamps: dict[int, Lamp] = {}  # as last wanted
        self._events: list[LineEvent] = []
        self._fd = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._known = False  # the card has told its state since the connection is up
        self._decoder = msgspec.json.Decoder(SimNews)
        self._remote = Remote(loop, run / SOCKET, self._on_news, self._on_up, self._on_down)

    # -- the contract ------------------------------------------------------------------------------
    def describe(self) -> tuple[Port, ...]:
        return tuple(self._ports.values())

    def fileno(self) -> int:
        return self._fd

    def events(self) -> list[LineEvent]:
        events, self._events = self._events, []
        if events:
            os.eventfd_read(self._fd)
        return events

    def ring(self, line: int, cadence: Cadence) -> None:
        self._must_be_up(line, "fxs")
        self._order(RingBell(line, cadence))

    def hook(self, line: int, off: bool) -> None:
        port = self._must_be_up(line, "fxo")
        self._ports[line] = msgspec.structs.replace(port, off_hook=off)
        self._order(SetHook(line, off))

    def flash(self, line: int) -> None:
        self._must_be_up(line, "fxo")
        self._order(TapHook(line))

    def light(self, line: int, lamp: Lamp) -> None:
        self._must_exist(line)
        self._lamps[line] = lamp
        if not self._known:
            raise LineError(GONE)
        self._order(SetLamp(line, lamp))

    def audio(self, line: int) -> int:
        self._must_be_up(line)
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET | socket.SOCK_NONBLOCK)
        try:
            sock.connect(str(self._audio_path))
            sock.send(msgspec.json.encode({"line": line}))
        except OSError as error:
            sock.close()
            raise LineError(f"line {line} has no audio: {error.strerror}") from None
        return sock.detach()

    def close(self) -> None:
        if self._fd >= 0:
            self._remote.close()
            os.close(self._fd)
            self._fd = -1

    # -- the card's life ---------------------------------------------------------------------------
    def _on_up(self) -> None:
        self._remote.ask(OpenCard(), self._on_front)

    def _on_front(self, front: Front | Refused) -> None:
        if isinstance(front, Refused):
            return  # gone again: `_on_down` or the next `_on_up` says the rest
        self._known = True
        for state in front.ports:
            self._ports[state.line] = Port(state.line, state.kind, False, False)
            if state.up:
                self._report(LineUp(state.line))
            if state.kind == "fxs" and state.off_hook:
                self._report(OffHook(state.line))
            if state.kind == "fxo" and state.state == "ringing":
                self._report(Ring(state.line, state.caller))
        for line, lamp in self._lamps.items():
            self._order(SetLamp(line, lamp))

    def _on_down(self) -> None:
        self._known = False
        for port in self.describe():
            if port.up:
                self._report(LineDown(port.line, GONE))

    def _on_news(self, news: News) -> None:
        if self._known and not news.snapshot:
            body = self._decoder.decode(news.body)
            if isinstance(body, FromCard):
                self._report(body.event)

    def _report(self, event: LineEvent) -> None:
        self._note(event)
        self._events.append(event)
        os.eventfd_write(self._fd, 1)

    def _note(self, event: LineEvent) -> None:
        """Keep the last known state of the port."""
        port = self._ports[event.line]
        if isinstance(event, LineUp | LineDown):
            port = Port(port.line, port.kind, isinstance(event, LineUp), False)
        elif port.kind == "fxs" and isinstance(event, OffHook | OnHook):
            port = msgspec.structs.replace(port, off_hook=isinstance(event, OffHook))
        self._ports[event.line] = port

    # -- orders ------------------------------------------------------------------------------------
    def _must_exist(self, line: int) -> Port:
        port = self._ports.get(line)
        if port is None:
            raise LineError(f"there is no port {line}")
        return port

    def _must_be_up(self, line: int, kind: Kind | None = None) -> Port:
        port = self._must_exist(line)
        if kind and port.kind != kind:
            raise LineError(f"port {line} is {port.kind}, not {kind}")
        if not port.up:
            raise LineError(f"line {line} is down")
        return port

    def _order(self, order: Ask[None]) -> None:
        self._remote.ask(order, lambda answer: _log_refusal(order, answer))


def _log_refusal(order: Ask[None], answer: Refused | None) -> None:
    if isinstance(answer, Refused):
        log.warning("%s refused: %s", order, answer.text)
