"""The people's audio socket: a real microphone and ear at a simulated telephone or outside line.

SEQPACKET, as the box's own audio socket: the first packet is `{"line": n}`; after it each packet is
one frame, 20 ms of 16-bit PCM at 8 kHz, in either direction.  The ear's frames come as the line's
clock ticks, so none come while the box has the line closed.  A later visitor of a line replaces the
earlier one.  Whoever does not read loses sound; whoever sends anything else is hung up on.
"""

from __future__ import annotations

import socket
from pathlib import Path

import msgspec

from firmware.wire.frames import UNREADABLE, Refused
from firmware.wire.listener import Listener
from firmware.wire.loop import Loop
from hal.sim.audio import OpenLine
from hal.sim.card import Card
from hal.sim.sound import FRAME_BYTES
from hal.sim.voice import Live, Voice


class PeopleSocket:
    def __init__(self, loop: Loop, path: Path, card: Card) -> None:
        self._loop, self._card = loop, card
        self._listener = Listener(loop, path, self._welcome, socket.SOCK_SEQPACKET)

    def _welcome(self, connection: socket.socket) -> None:
        Visitor(self._loop, connection, self._card)


class Visitor:
    """One microphone."""

    def __init__(self, loop: Loop, sock: socket.socket, card: Card) -> None:
        sock.setblocking(False)
        self._loop, self._sock, self._card = loop, sock, card
        self._voice: Voice | None = None
        self._live = Live(self._hear)
        loop.watch(sock.fileno(), lambda _: self._receive())

    def close(self) -> None:
        if self._sock.fileno() < 0:
            return
        self._loop.unwatch(self._sock.fileno())
        self._sock.close()
        if self._voice and self._voice.live is self._live:
            self._voice.live = None

    def _receive(self) -> None:
        try:
            packet = self._sock.recv(FRAME_BYTES + 1)
        except BlockingIOError:
            return
        except OSError:
            packet = b""
        if self._voice is None:
            self._open(packet)
        elif len(packet) == FRAME_BYTES:
            self._live.put(packet)
        else:
            self.close()

    def _open(self, packet: bytes) -> None:
        try:
            line = msgspec.json.decode(packet, type=OpenLine).line
            port = self._card.port(line)
            self._voice = (self._card.outside(line) if port.kind == "fxo" else port).voice
        except (*UNREADABLE, Refused):
            self.close()
        else:
            self._voice.live = self._live

    def _hear(self, frame: bytes) -> None:
        try:
            self._sock.send(frame)
        except BlockingIOError:
            pass
        except OSError:
            self.close()
