"""A Unix socket to be reached by: mode 0660, and in the place of whatever a dead process left."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

from firmware.wire.loop import Loop

BACKLOG = 64


class Listener:
    """Calls `on_socket` with every connection; who may connect is decided by the file's mode."""

    def __init__(
        self,
        loop: Loop,
        path: Path,
        on_socket: Callable[[socket.socket], object],
        kind: socket.SocketKind = socket.SOCK_STREAM,
    ) -> None:
        self._on_socket = on_socket
        path.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, kind | socket.SOCK_NONBLOCK)
        mask = os.umask(0o117)
        try:
            self._socket.bind(str(path))
        finally:
            os.umask(mask)
        self._socket.listen(BACKLOG)
        loop.watch(self._socket.fileno(), lambda _: self._accept())

    def _accept(self) -> None:
        try:
            connection, _ = self._socket.accept()
        except OSError:
            return  # it went away again, or we are out of descriptors: the others go on
        self._on_socket(connection)
