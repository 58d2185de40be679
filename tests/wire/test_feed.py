"""News with a memory: nothing twice, nothing missing, and nobody waits for a laggard."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from firmware.wire import stream
from firmware.wire.client import Remote
from firmware.wire.feed import Feed
from firmware.wire.frames import News, Watch, pack
from firmware.wire.loop import Loop
from firmware.wire.server import Server
from tests.wire.driving import Box, drive


def feed_of(*bodies: object, memory: int = 4) -> Feed:
    feed = Feed("life", lambda: "whole", memory)
    for body in bodies:
        feed.publish(body)
    return feed


def heard(box: Box[News]) -> list[tuple[int, str, bool]]:
    return [(news.n, bytes(news.body).decode(), news.snapshot) for news in box.all]


@pytest.mark.parametrize(
    ("epoch", "since", "expected"),
    [
        ("life", 6, []),
        ("life", 4, [(5, "5", False), (6, "6", False)]),
        ("life", 2, [(3, "3", False), (4, "4", False), (5, "5", False), (6, "6", False)]),
        ("life", 1, [(6, '"whole"', True)]),  # 2 is forgotten
        ("life", 7, [(6, '"whole"', True)]),  # a number that never was
        ("before", 4, [(6, '"whole"', True)]),
        ("", 0, [(6, '"whole"', True)]),
    ],
)
def test_a_reader_gets_what_it_missed(
    epoch: str, since: int, expected: list[tuple[int, str, bool]]
) -> None:
    feed, box = feed_of(1, 2, 3, 4, 5, 6), Box[News]()
    feed.join(box, epoch, since)
    assert heard(box) == expected
    feed.publish(7)
    assert heard(box) == [*expected, (7, "7", False)]


def test_a_fresh_feed_has_a_snapshot() -> None:
    feed, box = feed_of(), Box[News]()
    feed.join(box, "", 0)
    assert heard(box) == [(0, '"whole"', True)]


def test_joining_twice_is_joining_once() -> None:
    feed, box = feed_of(), Box[News]()
    feed.join(box, "life", 0)
    feed.join(box, "life", 0)
    feed.publish("x")
    assert len(box.all) == 1


def test_a_reader_that_leaves_while_it_catches_up_is_gone() -> None:
    feed, seen = feed_of(1, 2), list[int]()

    def reader(news: News) -> None:
        seen.append(news.n)
        feed.leave(reader)

    feed.join(reader, "life", 0)
    before = len(seen)
    feed.publish(3)
    assert len(seen) == before


def test_over_a_socket_and_through_a_gap(tmp_path: Path) -> None:
    """The reader's connection breaks; afterwards it has everything, once."""
    loop, feed, box = Loop(), feed_of(), Box[News]()
    Server(loop, tmp_path / "s", {}, feed)
    remote = Remote(loop, tmp_path / "s", on_news=box)
    drive(loop, lambda: len(box.all) == 1)
    feed.publish("a")
    drive(loop, lambda: len(box.all) == 2)
    assert remote._stream
    remote._stream.close()  # as if the network had
    assert not remote.up
    feed.publish("b")
    feed.publish("c")
    drive(loop, lambda: len(box.all) == 4)
    assert [news.n for news in box.all] == [0, 1, 2, 3]
    assert [news.snapshot for news in box.all] == [True, False, False, False]


def test_a_laggard_is_cut_and_the_others_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "SEND_BOUND", 256 * 1024)
    loop, feed, box = Loop(), feed_of(), Box[News]()
    Server(loop, tmp_path / "s", {}, feed)
    Remote(loop, tmp_path / "s", on_news=box)
    lazy = socket.socket(socket.AF_UNIX)
    lazy.connect(str(tmp_path / "s"))
    lazy.sendall(pack(Watch()))
    drive(loop, lambda: len(feed._readers) == 2)
    for n in range(100):
        feed.publish("x" * 20_000)
        drive(loop, lambda n=n: len(box.all) == n + 2)  # type: ignore[misc]
    assert len(feed._readers) == 1
    assert box.all[-1].n == 100
