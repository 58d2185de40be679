"""The simulator's audio socket: the box opens a line like a device file and keeps the time.

SEQPACKET.  The opener's first packet is `{"line": n}`; after it, each packet is one frame, and each
frame received is answered with exactly one.  So the box's clock is the card's clock, nothing
drifts, and an idle simulator sleeps.  A second opener of a line replaces the first.  Whoever does
not keep to this is hung up on.
"""

from __future__ import annotations

import socket
from pathlib import Path

import msgspec

from firmware.wire.frames import UNREADABLE, Refused
from firmware.wire.listener import Listener
from firmware.wire.loop import Loop
from hal.sim.card import Card
from hal.sim.front import Line
from hal.sim.news import AudioClosed, AudioOpened
from hal.sim.port import Port
from hal.sim.sound import FRAME_BYTES


class OpenLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The first packet."""

    line: Line


class AudioSocket:
    def __init__(self, loop: Loop, path: Path, card: Card) -> None:
        self._loop, self._card = loop, card
        self._channels: dict[int, Channel] = {}
        card.close_audio = self.close_all
        self._listener = Listener(loop, path, self._welcome, socket.SOCK_SEQPACKET)

    def _welcome(self, connection: socket.socket) -> None:
        Channel(self._loop, connection, self)

    def opened(self, channel: Channel, line: int) -> Port:
        port = self._card.on_channel(line)
        if port.line in self._channels:
            self._channels[port.line].close()
        self._channels[port.line] = channel
        port.audio = True
        port.happen([AudioOpened(port.line)])
        return port

    def close_all(self) -> None:
        for channel in list(self._channels.values()):
            channel.close()

    def closed(self, channel: Channel, port: Port) -> None:
        if self._channels.get(port.line) is channel:
            del self._channels[port.line]
            port.audio = False
            port.happen([AudioClosed(port.line)])


class Channel:
    """One opener."""

    def __init__(self, loop: Loop, sock: socket.socket, door: AudioSocket) -> None:
        sock.setblocking(False)
        self._loop, self._sock, self._door = loop, sock, door
        self._port: Port | None = None
        loop.watch(sock.fileno(), lambda _: self._receive())

    def close(self) -> None:
        self._loop.unwatch(self._sock.fileno())
        self._sock.close()
        if self._port:
            self._door.closed(self, self._port)

    def _receive(self) -> None:
        try:
            packet = self._sock.recv(FRAME_BYTES + 1)
        except BlockingIOError:
            return
        except OSError:
            packet = b""
        if self._port is None:
            self._open(packet)
        elif len(packet) == FRAME_BYTES:
            self._answer(self._port.frame(packet))
        else:
            self.close()

    def _open(self, packet: bytes) -> None:
        try:
            line = msgspec.json.decode(packet, type=OpenLine).line
            self._port = self._door.opened(self, line)
        except (*UNREADABLE, Refused):
            self.close()

    def _answer(self, frame: bytes) -> None:
        try:
            self._sock.send(frame)
        except BlockingIOError:
            pass  # a box that does not read loses sound, as on a real line
        except OSError:
            self.close()
