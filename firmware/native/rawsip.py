"""A phone made of one UDP socket: says exactly what it is told, and shows what came back.

For the selftest and tests/native.  It builds requests from text and answers digest challenges, with
any part of either replaced at will, because what must be proved about the registrar is mostly what
it does with wrong ones.  It keeps no dialog and no timer.
"""

from __future__ import annotations

import hashlib
import re
import socket
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


@dataclass
class Answer:
    code: int
    text: str

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
    socket: socket.socket = field(default_factory=bound)

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
            f"Via: SIP/2.0/UDP {self.address}:{self.port};rport;branch={branch}{self.via}",
            f"From: <sip:{self.user}@127.0.0.1>;tag=from",
            to or f"To: <sip:{self.user}@127.0.0.1>",
            f"Call-ID: {self.call_id}",
            f"CSeq: {self.cseq} {method}",
            "Max-Forwards: 70",
            *headers,
            f"Content-Length: {len(body)}",
        ]
        return self.exchange(("\r\n".join(lines) + "\r\n\r\n" + body).encode())

    def exchange(self, datagram: bytes) -> Answer:
        self.socket.sendto(datagram, ("127.0.0.1", self.server))
        for _ in range(self.patience):
            self.pump()
            try:
                text = self.socket.recv(65536).decode()
            except BlockingIOError:
                continue
            code = int(text.split(" ", 2)[1])
            if code >= 200:
                return Answer(code, text)
        raise TimeoutError("no answer")

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
