"""The server itself: who is silent, slow or greedy takes his own place and nobody else's."""

from __future__ import annotations

import contextlib
import socket
import ssl

import pytest

from tests.e2e.box import Box
from tests.webui.visitor import PATIENCE, Visitor
from webui import server

pytestmark = pytest.mark.usefixtures("admin")


def connect(box: Box, source: str = "127.0.0.1") -> socket.socket:
    host, port = box.web.rsplit(":", 1)
    return socket.create_connection((host, int(port)), PATIENCE, (source, 0))


def secure(box: Box, source: str = "127.0.0.1") -> ssl.SSLSocket:
    context = Visitor(box.web).context
    return context.wrap_socket(connect(box, source), server_hostname="localhost")


def test_silent_clients_hold_up_nobody(box: Box, stranger: Visitor) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(100):
            stack.enter_context(connect(box))
        assert stranger.get("/sign-in").status == 200


def test_one_address_has_so_many_places_and_others_have_theirs(box: Box) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(server.PLACES_OF_ONE):
            stack.enter_context(connect(box, "127.0.0.9"))
        one_more = stack.enter_context(connect(box, "127.0.0.9"))
        assert one_more.recv(1) == b""  # closed without a word
        with secure(box, "127.0.0.10") as other:
            other.sendall(b"GET /sign-in HTTP/1.0\r\nHost: localhost\r\n\r\n")
            assert other.recv(12) in (b"HTTP/1.1 200", b"HTTP/1.0 200")


def test_places_are_given_back(box: Box, stranger: Visitor) -> None:
    for _ in range(3):
        with contextlib.ExitStack() as stack:
            for _ in range(server.PLACES_OF_ONE - 20):
                stack.enter_context(connect(box))
    assert stranger.get("/sign-in").status == 200


def test_a_slow_head_is_cut_off(box: Box, stranger: Visitor) -> None:
    with secure(box) as slow:
        slow.settimeout(server.HEAD_SECONDS * 2)
        slow.sendall(b"GET / HTTP/1.1\r\nHost: local")
        assert stranger.get("/sign-in").status == 200
        while slow.recv(4096):  # it may be told why, and then hears nothing more
            pass


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"\x16\x03\x01\x02\x00",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 20_000 + b"\r\n",
        b"\x00" * 100 + b"\r\n\r\n",
        b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\nx",
    ],
)
def test_nonsense_ends_its_own_connection(
    box: Box, stranger: Visitor, request_bytes: bytes
) -> None:
    with secure(box) as hostile, contextlib.suppress(OSError):
        hostile.settimeout(1.0)
        hostile.sendall(request_bytes)
        hostile.recv(65536)
    assert stranger.get("/sign-in").status == 200


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_old_tls_is_refused(box: Box) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.set_ciphers("ALL:@SECLEVEL=0")
    with connect(box) as plain, pytest.raises(ssl.SSLError):
        context.wrap_socket(plain, server_hostname="localhost")
