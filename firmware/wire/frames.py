"""The protocol between two of our processes, without any I/O.

One line is one frame, one frame is one JSON object.  A connection carries questions and answers
(`Question`, `Result`, `Refusal`) or, after a `Watch`, a numbered stream of `News`.  The body of a
frame stays raw here: only the two ends know its types.

`Link` turns bytes into frames and back.  It is the same class on both sides and in both loops
(selectors and gevent), so the protocol is tested once and without a socket.  It does not connect,
wait or retry.
"""

from __future__ import annotations

from typing import Any, ClassVar, Generic, TypeVar

import msgspec

R = TypeVar("R")

LINE_LIMIT = 4 * 1024 * 1024  # a longer line is an attack or a bug: either way the link is cut


class WireError(Exception):
    """The other side does not speak our protocol; the connection must be closed."""


class Refused(Exception):
    """An expected "no": carries a short code for programs and a sentence for people."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


class Ask(msgspec.Struct, Generic[R], frozen=True, tag_field="ask"):
    """Base of every question.  `answer` names the type that comes back."""

    answer: ClassVar[Any] = None


class Question(msgspec.Struct, frozen=True, tag="ask"):
    id: int
    body: msgspec.Raw


class Result(msgspec.Struct, frozen=True, tag="result"):
    id: int
    body: msgspec.Raw


class Refusal(msgspec.Struct, frozen=True, tag="refused"):
    id: int
    code: str
    text: str


class Watch(msgspec.Struct, frozen=True, tag="watch"):
    """Send me the news after number `since` of `epoch`; an unknown epoch gets a snapshot first."""

    epoch: str = ""
    since: int = 0


class News(msgspec.Struct, frozen=True, tag="news"):
    epoch: str
    n: int
    body: msgspec.Raw
    snapshot: bool = False


Frame = Question | Result | Refusal | Watch | News

# what decoding hostile JSON may raise: wrong form, [[[[[[..., bytes that are no UTF-8
UNREADABLE = (msgspec.DecodeError, RecursionError, UnicodeDecodeError)

_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[Frame] = msgspec.json.Decoder(Frame)


def pack(frame: Frame) -> bytes:
    return _encoder.encode(frame) + b"\n"


def raw(body: object) -> msgspec.Raw:
    """Encode the body of a frame."""
    return msgspec.Raw(_encoder.encode(body))


class Link:
    """Bytes in, frames out; nothing else."""

    def __init__(self) -> None:
        self._rest = bytearray()

    def receive(self, data: bytes) -> list[Frame]:
        self._rest += data
        if len(self._rest) > LINE_LIMIT:
            raise WireError("line too long")
        *lines, rest = bytes(self._rest).split(b"\n")
        self._rest = bytearray(rest)
        try:
            return [_decoder.decode(line) for line in lines if line]
        except UNREADABLE as error:
            raise WireError(str(error)) from None
