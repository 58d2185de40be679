"""A phone made of one socket: says exactly what it is told, and shows what came back.

For the selftest and tests/native.  It builds requests from text and answers digest challenges, with
any part of either replaced at will, because what must be proved about the registrar is mostly what
it does with wrong ones.  It keeps no dialog and no timer.  What the box asks of it is answered 200
on the way, and kept in `asked`.
"""

from __future__ import annotations

import hashlib
import re
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field

HASHES = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}
REALM = "hookswitch"


def ha1(user: str, password: str, algorithm: str) -> str:
    return HASHES[algorithm](f"{user}:{REALM}:{password}".encode()).hexdigest()


def account(user: str, password: str) -> tuple[str, str, str]:
    """As native.set_accounts() takes it."""
    return user, ha1(user, password, "MD5"), ha1(user, password, "SHA-256")


def bound(address: str = "127.0.0.1") -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.bind((address, 0))
    made.setblocking(False)
    return made


def connected(port: int, tls: ssl.SSLContext | None = None) -> socket.socket:
    """A connection to the box; with TLS the first send() shakes hands."""
    made = socket.create_connection(("127.0.0.1", port))
    if tls:
        made = tls.wrap_socket(made, do_handshake_on_connect=False)
    made.setblocking(False)
    return made


@dataclass
class Answer:
    """Or a request, with code 0."""

    code: int
    text: str

    @property
    def method(self) -> str:
        return self.text.split(" ", 1)[0]

    @property
    def body(self) -> str:
        return self.text.partition("\r\n\r\n")[2]

    def headers(self, name: str) -> list[str]:
        return re.findall(rf"^{name}:\s*(.*?)\r?$", self.text, re.MULTILINE | re.IGNORECASE)

    def challenge(self, algorithm: str) -> dict[str, str]:
        for header in self.headers("WWW-Authenticate"):
            fields = {k: v.strip('"') for k, v in re.findall(r'(\w+)=("[^"]*"|[^,\s]+)', header)}
            if fields.get("algorithm") == algorithm:
                return fields
        raise AssertionError(f"no {algorithm} challenge in:\n{self.text}")


@dataclass
class Phone:
    """`pump` turns the engine's loop for a moment; called until an answer is there."""

    server: int
    pump: Callable[[], None]
    user: str = "101"
    call_id: str = "one"
    cseq: int = 0
    patience: int = 500  # turns of the loop
    via: str = ""  # more parameters of Via
    rport: str = ";rport"
    tag: str = "from"
    socket: socket.socket = field(default_factory=bound)
    silent: bool = False  # leaves what the box asks unanswered
    asked: list[Answer] = field(default_factory=list)  # by the box
    rest: bytes = b""  # of a stream: not a whole message yet

    @property
    def address(self) -> str:
        return str(self.socket.getsockname()[0])

    @property
    def port(self) -> int:
        return int(self.socket.getsockname()[1])

    @property
    def contact(self) -> str:
        return f"<sip:{self.user}@127.0.0.1:{self.port}>"

    def request(
        self, method: str, *headers: str, to: str | None = None, uri: str = "", body: str = ""
    ) -> Answer:
        self.cseq += 1
        target = uri or f"sip:127.0.0.1:{self.server}"
        branch = f"z9hG4bK{self.call_id}{self.cseq}"
        lines = [
            f"{method} {target} SIP/2.0",
            f"Via: SIP/2.0/{self.transport} {self.address}:{self.port}{self.rport}"
            f";branch={branch}{self.via}",
            f"From: <sip:{self.user}@127.0.0.1>;tag={self.tag}",
            to or f"To: <sip:{self.user}@127.0.0.1>",
            f"Call-ID: {self.call_id}",
            f"CSeq: {self.cseq} {method}",
            "Max-Forwards: 70",
            *headers,
            f"Content-Length: {len(body)}",
        ]
        return self.exchange(("\r\n".join(lines) + "\r\n\r\n" + body).encode())

    @property
    def transport(self) -> str:
        if self.socket.type == socket.SOCK_DGRAM:
            return "UDP"
        return "TLS" if isinstance(self.socket, ssl.SSLSocket) else "TCP"

    def exchange(self, message: bytes) -> Answer:
        """Sends it, and gives the final answer."""
        self.send(message)
        for _ in range(self.patience):
            answer = self.receive()
            if answer and answer.code >= 200:
                return answer
        raise TimeoutError("no answer")

    def wait_for(self, method: str) -> Answer:
        """The next request of that method that the box makes."""
        for _ in range(self.patience):
            for each in self.asked:
                if each.method == method:
                    self.asked.remove(each)
                    return each
            self.receive()
        raise TimeoutError(f"no {method}; asked: {[each.method for each in self.asked]}")

    def send(self, message: bytes) -> None:
        if self.transport == "UDP":
            self.socket.sendto(message, ("127.0.0.1", self.server))
            return
        while message:
            try:
                message = message[self.socket.send(message) :]
            except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                self.pump()

    def receive(self) -> Answer | None:
        """One turn of the loop; a request is kept and answered, not given."""
        self.pump()
        text = self._message()
        if text is None:
            return None
        if text.startswith("SIP/2.0 "):
            return Answer(int(text.split(" ", 2)[1]), text)
        self.asked.append(Answer(0, text))
        if not self.silent and self.asked[-1].method not in ("ACK", "INVITE"):
            self.reply(self.asked[-1], 200)
        return None

    def reply(self, request: Answer, code: int, *headers: str, body: str = "") -> None:
        kept = [
            f"{name}: {value}"
            for name in ("Via", "From", "To", "Call-ID", "CSeq")
            for value in request.headers(name)
        ]
        if code > 100:
            kept = [k + ";tag=phone" if k[:3] == "To:" and ";tag=" not in k else k for k in kept]
        lines = [f"SIP/2.0 {code} Said", *kept, *headers, f"Content-Length: {len(body)}"]
        self.send(("\r\n".join(lines) + "\r\n\r\n" + body).encode())

    def _message(self) -> str | None:
        try:
            data = self.socket.recv(65536)
        except (BlockingIOError, ssl.SSLWantReadError):
            data = b""
        if self.transport == "UDP":
            return data.decode() if data else None
        self.rest += data
        head, gap, tail = self.rest.partition(b"\r\n\r\n")
        length = re.search(rb"Content-Length:\s*(\d+)", head, re.IGNORECASE)
        if not gap or not length or len(tail) < int(length[1]):
            return None
        self.rest = tail[int(length[1]) :]
        return (head + gap + tail[: int(length[1])]).decode()

    def register(
        self, password: str, *headers: str, algorithm: str = "SHA-256", to: str | None = None
    ) -> Answer:
        """The whole way: ask, be challenged, answer."""
        asked = self.request("REGISTER", *headers, to=to)
        proof = self.authorize(asked, "REGISTER", password, algorithm)
        return self.request("REGISTER", proof, *headers, to=to)

    def authorize(
        self, asked: Answer, method: str, password: str, algorithm: str = "SHA-256", **other: str
    ) -> str:
        """An Authorization header for that challenge; `other` replaces fields before the digest."""
        field_ = {
            "username": self.user,
            "realm": REALM,
            "nonce": asked.challenge(algorithm)["nonce"],
            "uri": f"sip:127.0.0.1:{self.server}",
            "algorithm": algorithm,
            "cnonce": "cafe",
            "nc": "00000001",
            "qop": "auth",
        } | other
        h = HASHES[algorithm]
        inner = h(f"{method}:{field_['uri']}".encode()).hexdigest()
        parts = [ha1(field_["username"], password, algorithm)]
        parts += [field_[name] for name in ("nonce", "nc", "cnonce", "qop")]
        response = h(":".join([*parts, inner]).encode()).hexdigest()
        bare = {"algorithm", "nc", "qop"}
        pairs = [f"{k}={v}" if k in bare else f'{k}="{v}"' for k, v in field_.items()]
        return f'Authorization: Digest {", ".join(pairs)}, response="{response}"'
