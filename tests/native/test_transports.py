"""SIP over TCP and TLS on the changed socket queue: torn, packed, many at once, and hung up.

`patches.py` leaves a socket in the epoll set while its reader works.  What could break is a stream
whose next piece arrives in that moment, or a socket that nobody reads any more: both are here.
"""

from __future__ import annotations

import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hookswitch_engine import pjsua2 as pj

from firmware.native import rig

Connect = Callable[[], socket.socket]


def options(number: int, port: int) -> bytes:
    return (
        f"OPTIONS sip:127.0.0.1:{port} SIP/2.0\r\n"
        f"Via: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bK{number}\r\n"
        f"From: <sip:a@b>;tag=1\r\nTo: <sip:127.0.0.1>\r\nCall-ID: {number}@test\r\n"
        f"CSeq: {number} OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
    ).encode()


class Peer:
    """A connection that the bench's own loop serves meanwhile."""

    def __init__(self, bench: rig.Bench, connection: socket.socket) -> None:
        self.bench, self.connection, self.text = bench, connection, b""
        connection.setblocking(False)

    def send(self, data: bytes) -> None:
        while data:
            try:
                data = data[self.connection.send(data) :]
            except (BlockingIOError, ssl.SSLWantWriteError, ssl.SSLWantReadError):
                self.bench.pump()

    def receive(self) -> None:
        try:
            self.text += self.connection.recv(65536)
        except (BlockingIOError, ssl.SSLWantReadError):
            self.bench.pump()

    def answers(self, count: int) -> list[int]:
        """CSeq numbers of the next answers, all of them 200."""

        def done() -> bool:
            self.receive()
            return self.text.count(b"\r\n\r\n") >= count

        self.bench.until(done)
        assert self.text.count(b"SIP/2.0 200 ") == count
        lines = self.text.split(b"\r\n")
        self.text = b""
        return [int(line.split()[1]) for line in lines if line.startswith(b"CSeq:")]


@contextmanager
def tcp_bench() -> Iterator[tuple[rig.Bench, int]]:
    bench = rig.Bench()
    yield bench, bench.listen(pj.PJSIP_TRANSPORT_TCP)
    bench.close()


def connect(bench: rig.Bench, port: int) -> Peer:
    peer = Peer(bench, socket.create_connection(("127.0.0.1", port)))
    bench.pump()  # pjsip lets five wait at the door
    return peer


def test_two_hundred_requests_in_one_piece() -> None:
    with tcp_bench() as (bench, port):
        peer = connect(bench, port)
        peer.send(b"".join(options(number, port) for number in range(200)))
        assert sorted(peer.answers(200)) == list(range(200))


def test_request_torn_into_single_bytes() -> None:
    with tcp_bench() as (bench, port):
        peer = connect(bench, port)
        peer.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for number in range(3):
            for byte in options(number, port):
                peer.send(bytes([byte]))
                bench.pump()
            assert peer.answers(1) == [number]


def test_many_connections_talk_and_leave_in_every_way() -> None:
    with tcp_bench() as (bench, port):
        for round_ in range(5):
            peers = [connect(bench, port) for _ in range(20)]
            for index, peer in enumerate(peers):
                peer.send(options(100 * round_ + index, port))
            for index, peer in enumerate(peers):
                assert peer.answers(1) == [100 * round_ + index]
            for index, peer in enumerate(peers):
                if index % 2:  # a reset instead of a farewell
                    linger = (1).to_bytes(4, "little") + bytes(4)
                    peer.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                peer.connection.close()
        last = connect(bench, port)
        last.send(options(999, port))
        assert last.answers(1) == [999]


def test_idle_connection_costs_no_processor_time() -> None:
    with tcp_bench() as (bench, port):
        peer = connect(bench, port)
        peer.send(options(1, port))
        peer.answers(1)
        peer.connection.shutdown(socket.SHUT_WR)
        turns = 0

        def count() -> bool:
            nonlocal turns
            turns += bench.endpoint.libHandleEvents(0) > 0
            return turns > 20

        with pytest.raises(TimeoutError):
            bench.until(count, seconds=1)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("tls")
    key, crt = folder / "key.pem", folder / "crt.pem"
    new = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
    files = [
        "-keyout",
        str(key),
        "-out",
        str(crt),
        "-nodes",
        "-days",
        "1",
        "-subj",
        "/CN=127.0.0.1",
    ]
    subprocess.run([*new, *files], check=True, capture_output=True)
    return key, crt


def test_tls_packed_torn_and_many(certificate: tuple[Path, Path]) -> None:
    key, crt = certificate
    bench = rig.Bench()
    transport = pj.TransportConfig()
    transport.boundAddress = "127.0.0.1"
    transport.tlsConfig.certFile, transport.tlsConfig.privKeyFile = str(crt), str(key)
    identity = bench.endpoint.transportCreate(pj.PJSIP_TRANSPORT_TLS, transport)
    port = int(bench.endpoint.transportGetInfo(identity).localName.rsplit(":", 1)[1])
    context = ssl.create_default_context(cafile=str(crt))
    context.check_hostname = False
    for round_ in range(3):
        peers = []
        for _ in range(5):
            plain = socket.create_connection(("127.0.0.1", port))
            plain.setblocking(False)
            wrapped = context.wrap_socket(plain, do_handshake_on_connect=False)
            peers.append(Peer(bench, wrapped))
        for peer in peers:
            bench.until(lambda peer=peer: greeted(peer))  # type: ignore[misc]
            peer.send(b"".join(options(number, port) for number in range(50)))
        for peer in peers:
            assert sorted(peer.answers(50)) == list(range(50))
        peers[0].send(options(round_, port)[:100])
        bench.pump()
        peers[0].send(options(round_, port)[100:])
        assert peers[0].answers(1) == [round_]
        for peer in peers[1:]:
            peer.connection.close()
    bench.close()


def greeted(peer: Peer) -> bool:
    assert isinstance(peer.connection, ssl.SSLSocket)
    try:
        peer.connection.do_handshake()
    except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
        return False
    return True
