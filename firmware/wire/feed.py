"""A numbered stream of news with a memory: the last few thousand can be read again.

A reader that was away says which number it saw last.  If the feed still remembers everything
after it, the reader gets exactly that; otherwise a snapshot of the whole and then what is new.
The epoch names one life of the process, so a number of an earlier life is never mistaken.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from firmware.wire.frames import News, raw


class Feed:
    def __init__(self, epoch: str, snapshot: Callable[[], object], memory: int = 4096) -> None:
        self.epoch = epoch
        self._snapshot = snapshot
        self._recent: deque[News] = deque(maxlen=memory)
        self._n = 0
        self._readers: list[Callable[[News], None]] = []

    def publish(self, body: object) -> None:
        self._n += 1
        news = News(self.epoch, self._n, raw(body))
        self._recent.append(news)
        for reader in tuple(self._readers):
            reader(news)

    def join(self, reader: Callable[[News], None], epoch: str, since: int) -> None:
        """Bring a reader up to date, then send it everything that is published."""
        self.leave(reader)  # asking again is no second subscription
        self._readers.append(reader)  # first: a reader that is cut off meanwhile leaves for good
        oldest = self._recent[0].n if self._recent else self._n + 1
        if epoch == self.epoch and oldest - 1 <= since <= self._n:
            for news in self._recent:
                if news.n > since:
                    reader(news)
        else:
            reader(News(self.epoch, self._n, raw(self._snapshot()), snapshot=True))

    def leave(self, reader: Callable[[News], None]) -> None:
        if reader in self._readers:
            self._readers.remove(reader)
