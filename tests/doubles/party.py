"""The far end of a call, made of three sockets: every packet is the test's own.

It answers any INVITE (and re-INVITE) with 200 and its SDP, hears and sends RTP exactly as told, and
never asks anybody: pjsua on a bench calls it.  So payload types, SSRC, sequence, source address and
loss are the test's to choose.
"""

from __future__ import annotations

import re
import socket
import struct
from typing import NamedTuple

FRAME = 160
PCMU, PCMA, EVENT = 0, 8, 101
ULAW_SILENCE = b"\xff" * FRAME
NAMES = {0: "PCMU/8000", 8: "PCMA/8000", 9: "G722/8000", 3: "GSM/8000", 18: "G729/8000"}


class Packet(NamedTuple):
    pt: int
    marker: bool
    seq: int
    ts: int
    ssrc: int
    payload: bytes


class Party:
    def __init__(self, codecs: tuple[int, ...] = (PCMU,), event: int = EVENT) -> None:
        self.codecs, self.event = codecs, event
        self.sip, self.rtp, self.rtcp = udp(), *pair()
        self.direction = "sendrecv"
        self.ptime = 20
        self.far: tuple[str, int] | None = None  # where the other end wants its RTP ...
        self.far_event = event  # ... and under which number its keys
        self.offer = ""
        self.requests: list[str] = []
        self.received: list[Packet] = []
        self.reports: list[bytes] = []
        self.seq, self.ts, self.ssrc = 1000, 50000, 0x11223344
        self._uas = (b"", ("", 0))

    @property
    def uri(self) -> str:
        return f"sip:party@127.0.0.1:{self.sip.getsockname()[1]}"

    # -- SIP ---------------------------------------------------------------------------------------
    def turn(self) -> None:
        """Answer what has come, keep the RTP that has come."""
        for data, source in drain(self.sip):
            self._request(data.decode(), source)
        for data, _ in drain(self.rtp):
            self.received.append(parsed(data))
        self.reports += [data for data, _ in drain(self.rtcp)]

    def _request(self, text: str, source: tuple[str, int]) -> None:
        method = text.split(" ", 1)[0]
        if method == "SIP/2.0":
            return
        self.requests.append(text)
        if method == "INVITE":
            self.offer = text.partition("\r\n\r\n")[2]
            self._learn(self.offer)
        if method == "ACK":
            self._learn(text.partition("\r\n\r\n")[2])
            return
        body = self.sdp() if method == "INVITE" else ""
        self.sip.sendto(answer(text, body, self.uri), source)

    def _learn(self, sdp: str) -> None:
        port, host = re.search(r"m=audio (\d+)", sdp), re.search(r"c=IN IP4 (\S+)", sdp)
        if port and host:
            self.far = (host[1], int(port[1]))
        if event := re.search(r"a=rtpmap:(\d+) telephone-event/8000", sdp):
            self.far_event = int(event[1])

    def sdp(self) -> str:
        formats = [*self.codecs, self.event] if self.event else list(self.codecs)
        lines = [
            "v=0",
            "o=- 1 1 IN IP4 127.0.0.1",
            "s=-",
            "c=IN IP4 127.0.0.1",
            "t=0 0",
            f"m=audio {self.rtp.getsockname()[1]} RTP/AVP {' '.join(map(str, formats))}",
            *(f"a=rtpmap:{pt} {NAMES[pt]}" for pt in self.codecs),
            *([f"a=rtpmap:{self.event} telephone-event/8000"] if self.event else []),
            f"a=ptime:{self.ptime}",
            f"a={self.direction}",
        ]
        return "\r\n".join(lines) + "\r\n"

    # -- RTP ---------------------------------------------------------------------------------------
    def send(
        self, payload: bytes = ULAW_SILENCE, pt: int | None = None, marker: bool = False
    ) -> None:
        """The next packet in order."""
        self.send_raw(self.packet(payload, pt, marker))
        self.seq, self.ts = self.seq + 1 & 0xFFFF, self.ts + FRAME & 0xFFFFFFFF

    def packet(self, payload: bytes, pt: int | None = None, marker: bool = False) -> bytes:
        kind = (self.codecs[0] if pt is None else pt) | (0x80 if marker else 0)
        return struct.pack("!BBHII", 0x80, kind, self.seq, self.ts, self.ssrc) + payload

    def send_raw(self, data: bytes, by: socket.socket | None = None) -> None:
        assert self.far
        (by or self.rtp).sendto(data, self.far)

    def press(self, key: str, packets: int = 5, ends: int = 3) -> None:
        """A key as RFC 4733 packets: one time, durations that grow, the end repeated."""
        code = "0123456789*#ABCD".index(key)
        for number in range(packets + ends):
            end = 0x80 if number >= packets else 0
            lasted = min(number + 1, packets) * FRAME
            event = struct.pack("!BBH", code, end | 10, lasted)
            self.send_raw(self.packet(event, self.far_event, marker=number == 0))
            self.seq = self.seq + 1 & 0xFFFF
        self.ts += packets * FRAME

    def voice(self) -> list[Packet]:
        return [packet for packet in self.received if packet.pt == self.codecs[0]]

    def keys(self) -> str:
        """Pressed by the far end, from the packets received."""
        keys, last = "", None
        for packet in self.received:
            if packet.pt == self.event and packet.ts != last:
                keys, last = keys + "0123456789*#ABCD"[packet.payload[0]], packet.ts
        return keys


def answer(request: str, body: str, uri: str) -> bytes:
    kept = ("Via:", "From:", "Call-ID:", "CSeq:", "Record-Route:")
    lines = [line for line in request.split("\r\n") if line.startswith(kept)]
    to = next(line for line in request.split("\r\n") if line.startswith("To:"))
    lines.append(to if ";tag=" in to else f"{to};tag=party")
    lines.append(f"Contact: <{uri}>")
    if body:
        lines.append("Content-Type: application/sdp")
    lines.append(f"Content-Length: {len(body)}")
    return ("SIP/2.0 200 OK\r\n" + "\r\n".join(lines) + "\r\n\r\n" + body).encode()


def parsed(data: bytes) -> Packet:
    _, kind, seq, ts, ssrc = struct.unpack("!BBHII", data[:12])
    return Packet(kind & 0x7F, bool(kind & 0x80), seq, ts, ssrc, data[12:])


def udp(port: int = 0) -> socket.socket:
    opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    opened.bind(("127.0.0.1", port))
    opened.setblocking(False)
    return opened


def pair() -> tuple[socket.socket, socket.socket]:
    """RTP on an even port, RTCP above it."""
    while True:
        rtp = udp()
        port = rtp.getsockname()[1]
        try:
            if port % 2 == 0:
                return rtp, udp(port + 1)
        except OSError:
            pass
        rtp.close()


def drain(opened: socket.socket) -> list[tuple[bytes, tuple[str, int]]]:
    got = []
    while True:
        try:
            got.append(opened.recvfrom(2048))
        except BlockingIOError:
            return got
