"""The asking side, twice: `Caller` blocks (command line, tests), `Remote` lives on a loop.

`Remote` connects again by itself, as any of our processes may die alone.  A question asked while
the other side is away is refused with code `away` at once: whoever asked knows best what to do.
"""

from __future__ import annotations

import select
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from firmware.wire.frames import (
    Ask,
    Frame,
    Link,
    News,
    Question,
    Refusal,
    Refused,
    Result,
    Watch,
    WireError,
    pack,
    raw,
)
from firmware.wire.loop import Loop
from firmware.wire.stream import Stream

R = TypeVar("R")
RECONNECT_SECONDS = 0.2


class Caller:
    """A blocking connection.  Raises `Refused`, `OSError` or `TimeoutError`."""

    def __init__(self, path: Path, timeout: float = 10.0) -> None:
        self._sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._sock.settimeout(timeout)
        self._sock.connect(str(path))
        self._link = Link()
        self._pending: list[Frame] = []
        self._id = 0

    def ask(self, question: Ask[R]) -> R:
        self._id += 1
        self._sock.sendall(pack(Question(self._id, raw(question))))
        frame = self._next()
        if isinstance(frame, Refusal):
            raise Refused(frame.code, frame.text)
        if not isinstance(frame, Result) or frame.id != self._id:
            raise WireError("answer without question")
        answer: R = msgspec.json.decode(frame.body, type=type(question).answer)
        return answer

    def news(self, epoch: str = "", since: int = 0) -> Iterator[News]:
        """Everything that is published from now on; the first may be a snapshot."""
        self._sock.sendall(pack(Watch(epoch, since)))
        while True:
            frame = self._next()
            if not isinstance(frame, News):
                raise WireError("expected news")
            yield frame

    def wait_for_ever(self) -> None:
        """From now on silence is no fault: news come when something happens."""
        self._sock.settimeout(None)

    def ended(self) -> bool:
        """The other process has gone, or talks without being asked."""
        return bool(select.select([self._sock], [], [], 0)[0])

    def close(self) -> None:
        self._sock.close()

    def _next(self) -> Frame:
        while not self._pending:
            data = self._sock.recv(256 * 1024)
            if not data:
                raise ConnectionResetError("the other process went away")
            self._pending = self._link.receive(data)
        return self._pending.pop(0)


class Remote:
    """A process's connection on its loop; `on_up` and `on_down` tell of the other side's life.

    Everything happens on the loop, also the first connection: the constructor calls nobody back.
    """

    def __init__(
        self,
        loop: Loop,
        path: Path,
        on_news: Callable[[News], None] | None = None,
        on_up: Callable[[], None] = lambda: None,
        on_down: Callable[[], None] = lambda: None,
    ) -> None:
        self._loop, self._path = loop, path
        self._on_news, self._on_up, self._on_down = on_news, on_up, on_down
        self._stream: Stream | None = None
        self._waiting: dict[int, tuple[Any, Callable[[Any], None]]] = {}
        self._id = 0
        self._seen: tuple[str, int] = ("", 0)
        self._closed = False
        loop.after(0, self.connect)

    @property
    def up(self) -> bool:
        return self._stream is not None

    def ask(self, question: Ask[R], then: Callable[[R | Refused], None]) -> None:
        if self._stream is None:
            then(Refused("away", f"{self._path.stem} is not running"))
            return
        self._id += 1
        self._waiting[self._id] = (type(question).answer, then)
        self._stream.send(Question(self._id, raw(question)))

    def close(self) -> None:
        self._closed = True
        if self._stream:
            self._stream.close()

    def connect(self) -> None:
        if self._closed or self._stream:
            return
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            sock.connect(str(self._path))
        except OSError:
            sock.close()
            self._loop.after(RECONNECT_SECONDS, self.connect)
            return
        self._stream = Stream(self._loop, sock, self._on_frame, self._lost)
        if self._on_news:
            self._stream.send(Watch(*self._seen))
        self._on_up()

    def _on_frame(self, frame: Frame) -> None:
        if isinstance(frame, News) and self._on_news:
            self._seen = (frame.epoch, frame.n)
            self._on_news(frame)
        elif isinstance(frame, Result | Refusal) and frame.id in self._waiting:
            answer, then = self._waiting.pop(frame.id)
            if isinstance(frame, Refusal):
                then(Refused(frame.code, frame.text))
            else:
                then(msgspec.json.decode(frame.body, type=answer))

    def _lost(self) -> None:
        self._stream = None
        waiting, self._waiting = self._waiting, {}
        for _, then in waiting.values():
            then(Refused("away", f"{self._path.stem} went away"))
        self._on_down()
        if not self._closed:
            self._loop.after(RECONNECT_SECONDS, self.connect)
