"""Questions and answers over a real socket."""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path
from typing import Any, ClassVar

import msgspec
import pytest

from firmware.wire.client import Caller, Remote
from firmware.wire.feed import Feed
from firmware.wire.frames import Ask, Question, Refused, pack
from firmware.wire.loop import Loop
from firmware.wire.server import Handlers, Later, Server
from tests.wire.driving import PATIENCE, answer_of, drive, serving


class Double(Ask[int], frozen=True, tag="double"):
    number: int
    answer: ClassVar[Any] = int


class Wait(Ask[str], frozen=True, tag="wait"):
    answer: ClassVar[Any] = str


def double(ask: Double) -> int:
    if ask.number < 0:
        raise Refused("negative", "only what is there can be doubled")
    return ask.number * 2


def handlers(loop: Loop) -> tuple[Handlers, Feed | None]:
    def wait(_: Wait) -> Later:
        later = Later()
        loop.after(0.01, lambda: later.settle("at last"))
        return later

    return {Double: double, Wait: wait}, None


def test_answers_and_refusals(tmp_path: Path) -> None:
    with serving(tmp_path / "s", handlers) as connect:
        caller = connect()
        assert caller.ask(Double(21)) == 42
        with pytest.raises(Refused, match="doubled") as refused:
            caller.ask(Double(-1))
        assert refused.value.code == "negative"
        assert caller.ask(Wait()) == "at last"


def test_many_callers_at_once(tmp_path: Path) -> None:
    with serving(tmp_path / "s", handlers) as connect:
        callers = [connect() for _ in range(50)]
        assert [caller.ask(Double(n)) for n, caller in enumerate(callers)] == list(range(0, 100, 2))


@pytest.mark.parametrize(
    "body",
    [
        b'{"ask":"nothing"}',
        b'{"ask":"double","number":"x"}',
        b"7",
        b"null",
        b'{"ask":"\xff"}',
    ],
)
def test_a_question_it_does_not_know_is_refused(tmp_path: Path, body: bytes) -> None:
    with serving(tmp_path / "s", handlers) as connect, socket.socket(socket.AF_UNIX) as client:
        connect()
        client.settimeout(PATIENCE)
        client.connect(str(tmp_path / "s"))
        client.sendall(pack(Question(1, msgspec.Raw(body))))
        assert b'"bad-request"' in client.recv(4096)


def test_garbage_cuts_only_its_own_connection(tmp_path: Path) -> None:
    with serving(tmp_path / "s", handlers) as connect, socket.socket(socket.AF_UNIX) as client:
        caller = connect()
        client.settimeout(PATIENCE)
        client.connect(str(tmp_path / "s"))
        client.sendall(b"GET / HTTP/1.0\r\n\r\n")
        assert client.recv(4096) == b""
        assert caller.ask(Double(2)) == 4


def test_only_owner_and_group_get_in(tmp_path: Path) -> None:
    with serving(tmp_path / "s", handlers):
        assert stat.S_IMODE(os.stat(tmp_path / "s").st_mode) == 0o660


def test_an_old_socket_is_replaced(tmp_path: Path) -> None:
    socket.socket(socket.AF_UNIX).bind(str(tmp_path / "s"))
    with serving(tmp_path / "s", handlers) as connect:
        assert connect().ask(Double(1)) == 2


def test_nobody_there(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        Caller(tmp_path / "s")


# -- Remote: the same from a loop ------------------------------------------------------------------
def test_remote_asks_and_is_refused(tmp_path: Path) -> None:
    loop = Loop()
    Server(loop, tmp_path / "s", {Double: double})
    remote = Remote(loop, tmp_path / "s")
    drive(loop, lambda: remote.up)
    assert answer_of(loop, lambda then: remote.ask(Double(4), then)) == 8
    refused = answer_of(loop, lambda then: remote.ask(Double(-4), then))
    assert isinstance(refused, Refused)
    assert refused.code == "negative"


def test_remote_calls_nobody_back_before_the_loop_runs(tmp_path: Path) -> None:
    loop, ups = Loop(), list[str]()
    Server(loop, tmp_path / "s", {Double: double})
    remote = Remote(loop, tmp_path / "s", on_up=lambda: ups.append("up"))
    assert not ups
    assert not remote.up


def test_remote_is_refused_at_once_while_the_other_side_is_away(tmp_path: Path) -> None:
    loop = Loop()
    remote = Remote(loop, tmp_path / "s")
    refused = answer_of(loop, lambda then: remote.ask(Double(1), then))
    assert isinstance(refused, Refused)
    assert refused.code == "away"


def test_remote_connects_again(tmp_path: Path) -> None:
    """The other side dies with a question open, and comes back."""
    loop, life = Loop(), list[str]()
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(tmp_path / "s"))
    listener.listen()
    remote = Remote(
        loop,
        tmp_path / "s",
        on_up=lambda: life.append("up"),
        on_down=lambda: life.append("down"),
    )
    drive(loop, lambda: remote.up)
    theirs, _ = listener.accept()
    answers: list[object] = []
    remote.ask(Double(1), answers.append)
    listener.close()
    theirs.close()
    drive(loop, lambda: answers)
    assert isinstance(answers[0], Refused)
    Server(loop, tmp_path / "s", {Double: double})
    drive(loop, lambda: remote.up)
    assert life == ["up", "down", "up"]
    assert answer_of(loop, lambda then: remote.ask(Double(3), then)) == 6


def test_a_closed_remote_stays_closed(tmp_path: Path) -> None:
    loop, life = Loop(), list[str]()
    Server(loop, tmp_path / "s", {Double: double})
    remote = Remote(loop, tmp_path / "s", on_up=lambda: life.append("up"))
    drive(loop, lambda: remote.up)
    remote.close()
    over: list[bool] = []
    loop.after(0.3, lambda: over.append(True))  # longer than it waits before a new try
    drive(loop, lambda: over)
    assert life == ["up"]
