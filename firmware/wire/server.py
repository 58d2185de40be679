"""The answering side: a Unix socket, a table from question type to handler, and a feed.

A handler returns the answer, raises `Refused`, or returns a `Later` that it settles when it knows.
Only the same user, root, and the members of the socket's group get in (file mode 0660); who may
ask what is decided above, by the handlers.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from firmware.wire.feed import Feed
from firmware.wire.frames import (
    UNREADABLE,
    Ask,
    Frame,
    News,
    Question,
    Refusal,
    Refused,
    Result,
    Watch,
    raw,
)
from firmware.wire.listener import Listener
from firmware.wire.loop import Loop
from firmware.wire.stream import Stream


class Later:
    """An answer that is not known yet."""

    def __init__(self) -> None:
        self._send: Callable[[object], None] | None = None
        self._value: object = None
        self._known = False

    def settle(self, value: object) -> None:
        """`value` is the answer or a `Refused`."""
        self._value, self._known = value, True
        if self._send:
            self._send(value)

    def then(self, send: Callable[[object], None]) -> None:
        self._send = send
        if self._known:
            send(self._value)


Handlers = Mapping[type[Ask[Any]], Callable[[Any], object]]


class Server:
    def __init__(
        self, loop: Loop, path: Path, handlers: Handlers, feed: Feed | None = None
    ) -> None:
        self._loop, self._feed = loop, feed
        self._handlers = handlers
        self._decoder = msgspec.json.Decoder(_union(handlers))
        self._listener = Listener(loop, path, self._welcome)

    def _welcome(self, connection: socket.socket) -> None:
        _Connection(self._loop, connection, self.reply_to, self._feed)

    def reply_to(self, question: Question, send: Callable[[Frame], None]) -> None:
        def finish(value: object) -> None:
            if isinstance(value, Refused):
                send(Refusal(question.id, value.code, value.text))
            else:
                send(Result(question.id, raw(value)))

        try:
            ask = self._decoder.decode(question.body)
            value = self._handlers[type(ask)](ask)
        except UNREADABLE as error:
            value = Refused("bad-request", str(error))
        except Refused as refused:
            value = refused
        if isinstance(value, Later):
            value.then(finish)
        else:
            finish(value)


class _Connection:
    def __init__(
        self,
        loop: Loop,
        sock: socket.socket,
        reply_to: Callable[[Question, Callable[[Frame], None]], None],
        feed: Feed | None,
    ) -> None:
        self._reply_to, self._feed = reply_to, feed
        self._stream = Stream(loop, sock, self._on_frame, self._on_close)

    def _on_frame(self, frame: Frame) -> None:
        if isinstance(frame, Question):
            self._reply_to(frame, self._stream.send)
        elif isinstance(frame, Watch) and self._feed:
            self._feed.join(self._on_news, frame.epoch, frame.since)
        else:
            self._stream.close()

    def _on_news(self, news: News) -> None:
        self._stream.send(news)

    def _on_close(self) -> None:
        if self._feed:
            self._feed.leave(self._on_news)


def _union(handlers: Handlers) -> Any:
    union: Any = None
    for kind in handlers:
        union = kind if union is None else union | kind
    return union
