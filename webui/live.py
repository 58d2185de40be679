"""Live state: what the processes publish, handed to every open page.

One reader follows one process's news, however many pages are open; a page is a bounded queue.  A
page that does not take its news is dropped and connects anew: it then gets the state as it is, and
never a heap of what has been.  News are JSON already and pass through as they came.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import gevent
import msgspec
from gevent.queue import Full, Queue

from firmware.wire.client import Caller
from firmware.wire.frames import News, WireError

WAITING = 200  # news a page may leave lying; a burst of 100 calls is 400 news in a second
RECONNECT_SECONDS = 0.5


class Gone(msgspec.Struct, frozen=True, tag="gone"):
    """The process does not answer at present; a snapshot follows when it is back."""


class Panel:
    """One open page's view of one feed."""

    def __init__(self) -> None:
        self.queue: Queue[bytes] = Queue(WAITING)
        self.late = False

    def put(self, body: bytes) -> None:
        try:
            self.queue.put_nowait(body)
        except Full:
            self.late = True

    def take(self, seconds: float) -> bytes:
        """Raises `gevent.queue.Empty` when there was no news."""
        body: bytes = self.queue.get(timeout=seconds)
        return body


class Nudge(Panel):
    """Another feed's news only wake the panel up: look anew."""

    def __init__(self, panel: Panel) -> None:
        super().__init__()
        self._panel = panel

    def put(self, _: bytes) -> None:
        self._panel.put(b"")


class Feed:
    """Follows one process.  `on_news` sees everything first, for what the web itself must know."""

    def __init__(self, path: Path, on_news: Callable[[bytes], None] = lambda _: None) -> None:
        self._path, self._on_news = path, on_news
        self._panels: set[Panel] = set()
        self.up = False

    def start(self) -> None:
        gevent.spawn(self._follow)

    @contextmanager
    def panel(self, panel: Panel | None = None) -> Iterator[Panel]:
        panel = panel or Panel()
        self._panels.add(panel)
        try:
            yield panel
        finally:
            self._panels.discard(panel)

    def _follow(self) -> None:
        while True:
            try:
                self._read()
            except (OSError, WireError):
                pass  # the process went away; its supervisor brings it back
            if self.up:
                self.up = False
                self._tell(msgspec.json.encode(Gone()))
            gevent.sleep(RECONNECT_SECONDS)

    def _read(self) -> None:
        caller = Caller(self._path, timeout=10.0)
        try:
            caller.wait_for_ever()
            for news in caller.news():
                self.up = True
                self._pass_on(news)
        finally:
            caller.close()

    def _pass_on(self, news: News) -> None:
        body = bytes(news.body)
        self._on_news(body)
        self._tell(body)

    def _tell(self, body: bytes) -> None:
        for panel in self._panels:
            panel.put(body)
