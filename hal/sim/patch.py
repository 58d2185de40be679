"""A cable between two simulated boxes: the outside line of one is a handset port of the other.

One SEQPACKET connection is the pair of wires.  A packet of a frame's length is sound; any other is
a small JSON object of signals: the hook from the calling side, which is like a telephone; ringing
voltage, current and polarity from the handset port, which is like an exchange.  Each box ticks by
its own clock, so a frame or two wait on the way; with more than `DEEPEST` the oldest is lost.  A
cable whose other end is gone has no battery.
"""

from __future__ import annotations

import socket
from collections import deque
from collections.abc import Callable
from pathlib import Path

import msgspec

from firmware.wire.frames import UNREADABLE, Refused
from firmware.wire.listener import Listener
from firmware.wire.loop import Loop
from hal.sim.card import Card, Handlers
from hal.sim.deeds import Patch, Unpatch
from hal.sim.front import Line
from hal.sim.handset_port import HandsetPort
from hal.sim.outside_port import OutsidePort
from hal.sim.sound import FRAME_BYTES, SILENCE

SOCKET = "sim-patch.sock"
DEEP, DEEPEST = 2, 4  # frames that wait, usually and at most


class Plug(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The first packet: which handset port."""

    line: Line


class Signal(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    hook: bool | None = None
    flash: bool = False
    burst: bool | None = None
    current: bool | None = None
    turned: bool | None = None


class Cable:
    """One end of it."""

    def __init__(
        self,
        loop: Loop,
        sock: socket.socket,
        on_signal: Callable[[Signal], None],
        on_gone: Callable[[], None],
    ) -> None:
        sock.setblocking(False)
        self._loop, self._sock = loop, sock
        self._on_signal, self._on_gone = on_signal, on_gone
        self._frames: deque[bytes] = deque(maxlen=DEEPEST)
        self._primed = False
        self.open = True
        loop.watch(sock.fileno(), lambda _: self._receive())

    def tell(self, signal: Signal) -> None:
        self._send(msgspec.json.encode(signal))

    def tick(self, frame: bytes) -> bytes:
        """This end's frame goes, the other end's comes."""
        self._send(frame)
        self._primed = self._primed or len(self._frames) >= DEEP
        if not self._primed:
            return SILENCE
        if not self._frames:
            self._primed = False
            return SILENCE
        return self._frames.popleft()

    def close(self) -> None:
        if self.open:
            self.open = False
            self._loop.unwatch(self._sock.fileno())
            self._sock.close()

    def _send(self, packet: bytes) -> None:
        if not self.open:
            return
        try:
            self._sock.send(packet)
        except BlockingIOError:
            pass  # the other end stands still: what is said meanwhile is lost
        except OSError:
            self._lose()

    def _receive(self) -> None:
        try:
            packet = self._sock.recv(FRAME_BYTES + 1)
        except BlockingIOError:
            return
        except OSError:
            packet = b""
        if len(packet) == FRAME_BYTES:
            self._frames.append(packet)
            return
        try:
            self._on_signal(msgspec.json.decode(packet, type=Signal))
        except UNREADABLE:
            self._lose()

    def _lose(self) -> None:
        if self.open:
            self.close()
            self._on_gone()


class CallingEnd:
    """In the place of an FXO port's company."""

    def __init__(self, loop: Loop, sock: socket.socket, port: OutsidePort) -> None:
        self._port = port
        self.cable = Cable(loop, sock, self._on_signal, lambda: port.feed(False))

    def hook(self, off: bool) -> None:
        self.cable.tell(Signal(hook=off))

    def flash(self) -> None:
        self.cable.tell(Signal(flash=True))

    def tick(self, frame: bytes) -> bytes:
        heard = self.cable.tick(self._port.wire.to_far(frame))
        return self._port.wire.to_box(heard)

    def _on_signal(self, signal: Signal) -> None:
        if signal.burst is not None:
            self._port.ringing(signal.burst)
        if signal.current is not None:
            self._port.feed(signal.current)
        if signal.turned is not None:
            self._port.turn(signal.turned)


class AnsweringEnd:
    """In the place of an FXS port's telephone."""

    def __init__(self, loop: Loop, sock: socket.socket, port: HandsetPort) -> None:
        self._port = port
        self.cable = Cable(loop, sock, self._on_signal, self._unplug)
        port.outlet = self
        self.cable.tell(Signal(burst=port.bursts, current=True, turned=port.reversed))

    def burst(self, on: bool) -> None:
        self.cable.tell(Signal(burst=on))

    def current(self, flows: bool) -> None:
        self.cable.tell(Signal(current=flows))

    def turned(self, reversed_: bool) -> None:
        self.cable.tell(Signal(turned=reversed_))

    def tick(self, frame: bytes) -> bytes:
        heard = self.cable.tick(self._port.wire.to_far(frame))
        return self._port.wire.to_box(heard)

    def _on_signal(self, signal: Signal) -> None:
        lifted = self._port.handset.lifted
        if signal.hook is True and not lifted:
            self._port.lift()
        elif signal.hook is False and lifted:
            self._port.hang()
        if signal.flash and lifted:
            self._port.tap(300)

    def _unplug(self) -> None:
        """The other box is gone: nobody holds the telephone any more."""
        self._port.outlet = None
        if self._port.handset.lifted:
            self._port.hang()


class Patches:
    def __init__(self, loop: Loop, run: Path, card: Card) -> None:
        self._loop, self._card = loop, card
        self._listener = Listener(loop, run / SOCKET, self._welcome, socket.SOCK_SEQPACKET)

    def handlers(self) -> Handlers:
        return {Patch: self._patch, Unpatch: self._unpatch}

    def _patch(self, ask: Patch) -> None:
        port = self._card.outside(ask.line)
        port.must_be_company()
        if port.outside.state != "idle":
            raise Refused("not-now", f"line {ask.line} is {port.outside.state}: patch an idle one")
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            sock.connect(ask.socket)
            sock.send(msgspec.json.encode(Plug(ask.other)))
        except OSError as error:
            sock.close()
            raise Refused("no-part", f"{ask.socket}: {error.strerror}") from None
        port.exchange = CallingEnd(self._loop, sock, port)
        if port.off_hook:
            port.exchange.hook(True)

    def _unpatch(self, ask: Unpatch) -> None:
        port = self._card.outside(ask.line)
        if not isinstance(port.exchange, CallingEnd):
            raise Refused("not-now", f"line {ask.line} is not plugged into another box")
        port.exchange.cable.close()
        port.exchange = None
        port.ringing(False)
        port.turn(False)
        port.feed(True)

    def _welcome(self, sock: socket.socket) -> None:
        """The other end says which port it wants."""
        self._loop.watch(sock.fileno(), lambda _: self._plug(sock))

    def _plug(self, sock: socket.socket) -> None:
        self._loop.unwatch(sock.fileno())
        try:
            wanted = msgspec.json.decode(sock.recv(FRAME_BYTES), type=Plug)
            port = self._card.handset(wanted.line)
        except (*UNREADABLE, OSError, Refused):
            sock.close()
            return
        if port.outlet or port.handset.lifted:
            sock.close()
            return
        AnsweringEnd(self._loop, sock, port)
