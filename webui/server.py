"""HTTPS for the pages: gevent's server, with the limits that a hostile network needs.

Promises: a client that is silent, slow or greedy takes its own place and nobody else's.  Handshake
and request head have a time each, every address a number of places, the box a number of all.  TLS
is 1.2 or newer.  Nothing here knows what is served.

Why TCP_NODELAY: pywsgi sends head and body in two small writes, and the second would wait for the
client's delayed acknowledgement, 44 ms later.
"""

from __future__ import annotations

import contextlib
import logging
import socket
import ssl
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gevent
from gevent.pool import Pool
from gevent.pywsgi import WSGIHandler, WSGIServer

log = logging.getLogger("web")

PLACES = 600  # connections at once
PLACES_OF_ONE = 240  # of these, from one address: 200 open pages and their pictures
HANDSHAKE_SECONDS = 8.0
HEAD_SECONDS = 10.0  # from the first byte of a request to the end of its head
IDLE_SECONDS = 75.0  # a kept connection without a request
READ_SECONDS = 20.0  # between two pieces of a request's body


class Handler(WSGIHandler):  # type: ignore[misc] # gevent has no types
    """One connection."""

    def read_requestline(self) -> Any:
        with gevent.Timeout(IDLE_SECONDS, ConnectionAbortedError("idle")):
            return super().read_requestline()

    def read_request(self, raw_requestline: str) -> Any:
        with gevent.Timeout(HEAD_SECONDS, ConnectionAbortedError("slow head")):
            return super().read_request(raw_requestline)

    def handle_one_response(self) -> None:
        """What was a WebSocket speaks no HTTP afterwards."""
        super().handle_one_response()
        if "websocket" in self.environ.get("HTTP_UPGRADE", "").lower():
            self.close_connection = True

    def log_request(self) -> None:
        """Visits are no news; `app` logs what was refused."""

    def handle_error(self, *error: Any) -> None:
        """A client that went away or was too slow is not our fault; a bug of ours is logged."""
        if isinstance(error[1], OSError):
            self.close_connection = True
            return
        super().handle_error(*error)


class Server(WSGIServer):  # type: ignore[misc]
    def __init__(self, address: tuple[str, int], app: Any, context: ssl.SSLContext) -> None:
        super().__init__(
            address,
            app,
            handler_class=Handler,
            spawn=Pool(PLACES),
            ssl_context=context,
            log=None,
            error_log=_ErrorLog(),
            environ={"wsgi.multithread": False},
        )
        self._places: Counter[str] = Counter()

    def wrap_socket_and_handle(self, client_socket: socket.socket, address: Any) -> None:
        with contextlib.suppress(OSError), self._place(client_socket, str(address[0])):
            client_socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            client_socket.settimeout(READ_SECONDS)
            with gevent.Timeout(HANDSHAKE_SECONDS, ConnectionAbortedError("slow handshake")):
                secure = self.wrap_socket(client_socket, **self.ssl_args)
            self.handle(secure, address)

    @contextlib.contextmanager
    def _place(self, client: socket.socket, address: str) -> Iterator[None]:
        """One of this address's places, or none."""
        if self._places[address] >= PLACES_OF_ONE:
            client.close()
            raise ConnectionRefusedError(address)
        self._places[address] += 1
        try:
            yield
        finally:
            self._places[address] -= 1
            if not self._places[address]:
                del self._places[address]


class _ErrorLog:
    """pywsgi writes tracebacks here."""

    def write(self, text: str) -> None:
        if text.strip():
            log.error("%s", text.rstrip())

    def flush(self) -> None:
        pass


def tls(certificate: Path, key: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, key)
    return context
