"""Many SIP phones in one process: enough SIP to register, call and answer, and no more.

One socket carries all phones of an `Agents`; a phone is a user name.  Each brings an RTP port of
somebody else (`rtpload`) and learns where the far end wants its packets.  Not a double for judging
behavior: it believes whatever it is told, and repeats nothing.
"""

from __future__ import annotations

import hashlib
import re
import select
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

Place = tuple[str, int]


def password(extension: str) -> str:
    return f"secret{extension}"


@dataclass
class Phone:
    extension: str
    rtp_port: int = 0
    far: Place | None = None  # where its packets go
    registered: bool = False
    up: bool = False


@dataclass
class Dialog:
    phone: Phone
    number: str
    call_id: str
    cseq: int = 1
    remote: str = ""  # To of the answer
    done: bool = False


@dataclass
class Agents:
    server: Place
    phones: dict[str, Phone] = field(default_factory=dict)
    dialogs: dict[str, Dialog] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.setblocking(False)
        self.port = self.socket.getsockname()[1]
        self._numbers = count(1)

    # -- what a test orders ------------------------------------------------------------------------
    def register(self, extensions: list[str], seconds: float = 30) -> None:
        for extension in extensions:
            phone = self.phones[extension] = Phone(extension)
            self._send("REGISTER", Dialog(phone, "", f"r{extension}-{self.port}"))
        self.until(lambda: all(self.phones[e].registered for e in extensions), seconds)

    def call(self, caller: str, number: str) -> Dialog:
        dialog = Dialog(self.phones[caller], number, f"c{next(self._numbers)}-{self.port}")
        self._send("INVITE", dialog, self._sdp(dialog.phone))
        return dialog

    def hang_up(self, dialog: Dialog) -> None:
        dialog.cseq += 1
        self._send("BYE", dialog)

    def until(self, done: Callable[[], bool], seconds: float) -> None:
        end = time.monotonic() + seconds
        while not done():
            if time.monotonic() > end:
                raise TimeoutError("the box did not do it in time")
            self.turn(0.05)

    def turn(self, wait: float = 0.0) -> None:
        select.select([self.socket], [], [], wait)
        while True:
            try:
                data, source = self.socket.recvfrom(8192)
            except BlockingIOError:
                return
            text = data.decode(errors="replace")
            if text.startswith("SIP/2.0 "):
                self._answered(text)
            else:
                self._asked(text, source)

    # -- requests of ours --------------------------------------------------------------------------
    def _send(self, method: str, dialog: Dialog, body: str = "", proof: str = "") -> None:
        self.dialogs[dialog.call_id] = dialog
        user, host = dialog.phone.extension, f"{self.server[0]}:{self.server[1]}"
        uri = f"sip:{dialog.number}@{host}" if dialog.number else f"sip:{host}"
        to = dialog.remote or (f"<{uri}>" if dialog.number else f"<sip:{user}@{host}>")
        branch = f"z9hG4bK{dialog.call_id}{method}{dialog.cseq}"
        lines = [
            f"{method} {uri} SIP/2.0",
            f"Via: SIP/2.0/UDP 127.0.0.1:{self.port};rport;branch={branch}",
            f"From: <sip:{user}@{host}>;tag={dialog.call_id}",
            f"To: {to}",
            f"Call-ID: {dialog.call_id}",
            f"CSeq: {dialog.cseq} {method}",
            f"Contact: <sip:{user}@127.0.0.1:{self.port}>",
            "Max-Forwards: 70",
            *([proof] if proof else []),
            *(["Expires: 3600"] if method == "REGISTER" else []),
            *(["Content-Type: application/sdp"] if body else []),
            f"Content-Length: {len(body)}",
        ]
        self.socket.sendto(("\r\n".join(lines) + "\r\n\r\n" + body).encode(), self.server)

    def _answered(self, text: str) -> None:
        code, dialog = int(text[8:11]), self.dialogs.get(header(text, "Call-ID"))
        number, method = header(text, "CSeq").split()
        if dialog is None or int(number) != dialog.cseq or code < 200:
            return
        if method == "INVITE":
            dialog.remote = header(text, "To")
            self._send("ACK", dialog)
        if code == 401 and not dialog.done:
            dialog.remote = ""
            dialog.cseq += 1
            body = self._sdp(dialog.phone) if method == "INVITE" else ""
            self._send(method, dialog, body, self._proof(text, method, dialog))
        elif code == 200 and method == "REGISTER":
            dialog.phone.registered = True
        elif code == 200 and method == "INVITE":
            dialog.done = dialog.phone.up = True
            dialog.phone.far = place_in(text)

    def _proof(self, text: str, method: str, dialog: Dialog) -> str:
        fields = dict(re.findall(r'(\w+)="([^"]*)"', header(text, "WWW-Authenticate")))
        user, uri = dialog.phone.extension, f"sip:{self.server[0]}:{self.server[1]}"
        ha1 = md5(f"{user}:{fields['realm']}:{password(user)}")
        response = md5(f"{ha1}:{fields['nonce']}:00000001:load:auth:{md5(f'{method}:{uri}')}")
        return (
            f'Authorization: Digest username="{user}", realm="{fields["realm"]}", '
            f'nonce="{fields["nonce"]}", uri="{uri}", response="{response}", algorithm=MD5, '
            'qop=auth, nc=00000001, cnonce="load"'
        )

    # -- requests of the box -----------------------------------------------------------------------
    def _asked(self, text: str, source: Place) -> None:
        method = text.split(" ", 1)[0]
        if method == "ACK":
            return
        user = re.match(r"\w+ sip:([^@;]+)@", text)
        phone = self.phones.get(user[1]) if user else None
        body = ""
        if method == "INVITE" and phone:
            phone.far, phone.up, body = place_in(text), True, self._sdp(phone)
        elif method == "BYE" and phone:
            phone.up = False
        kept = ("Via:", "From:", "Call-ID:", "CSeq:", "Record-Route:")
        lines = [line for line in text.split("\r\n") if line.startswith(kept)]
        to = header(text, "To")
        lines.append(f"To: {to if ';tag=' in to else to + ';tag=load'}")
        if phone:
            lines.append(f"Contact: <sip:{phone.extension}@127.0.0.1:{self.port}>")
        if body:
            lines.append("Content-Type: application/sdp")
        lines.append(f"Content-Length: {len(body)}")
        answer = "SIP/2.0 200 OK\r\n" + "\r\n".join(lines) + "\r\n\r\n" + body
        self.socket.sendto(answer.encode(), source)

    def _sdp(self, phone: Phone) -> str:
        return (
            "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
            f"m=audio {phone.rtp_port} RTP/AVP 0 101\r\na=rtpmap:0 PCMU/8000\r\n"
            "a=rtpmap:101 telephone-event/8000\r\n"
        )


def header(text: str, name: str) -> str:
    found = re.search(rf"^{name}:\s*(.*?)\r?$", text, re.MULTILINE | re.IGNORECASE)
    return found[1] if found else ""


def place_in(text: str) -> Place | None:
    host, port = re.search(r"c=IN IP4 (\S+)", text), re.search(r"m=audio (\d+)", text)
    return (host[1], int(port[1])) if host and port else None


def md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()
