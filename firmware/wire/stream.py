"""A non-blocking byte stream on the loop with a bounded send buffer.

Shared by the server's connections and the client's one.  A reader that lags behind by more than
the bound is cut off: a stuck page must not eat the memory of the call process.
"""

from __future__ import annotations

import socket
from collections.abc import Callable

from firmware.wire.frames import Frame, Link, WireError, pack
from firmware.wire.loop import READ, WRITE, Loop

SEND_BOUND = 8 * 1024 * 1024


class Stream:
    def __init__(
        self,
        loop: Loop,
        sock: socket.socket,
        on_frame: Callable[[Frame], None],
        on_close: Callable[[], None],
    ) -> None:
        sock.setblocking(False)
        self._loop, self._sock = loop, sock
        self._on_frame, self._on_close = on_frame, on_close
        self._link = Link()
        self._unsent = bytearray()
        self.open = True
        loop.watch(sock.fileno(), self._ready, READ)

    def send(self, frame: Frame) -> None:
        if not self.open:
            return
        self._unsent += pack(frame)
        self._flush()

    def close(self) -> None:
        if self.open:
            self.open = False
            self._loop.unwatch(self._sock.fileno())
            self._sock.close()
            self._on_close()

    def _ready(self, events: int) -> None:
        if events & WRITE:
            self._flush()
        if events & READ and self.open:
            self._read()

    def _read(self) -> None:
        try:
            data = self._sock.recv(256 * 1024)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.close()
            return
        try:
            frames = self._link.receive(data)
        except WireError:
            self.close()
            return
        for frame in frames:
            if self.open:
                self._on_frame(frame)

    def _flush(self) -> None:
        try:
            while self._unsent:
                sent = self._sock.send(self._unsent)
                del self._unsent[:sent]
        except BlockingIOError:
            pass
        except OSError:
            self.close()
            return
        if len(self._unsent) > SEND_BOUND:
            self.close()
            return
        self._loop.watch(self._sock.fileno(), self._ready, READ | (WRITE if self._unsent else 0))
