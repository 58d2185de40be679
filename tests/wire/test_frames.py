"""The protocol without sockets: any cut of the bytes gives the same frames, garbage never more
than `WireError`."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.wire import frames
from firmware.wire.frames import (
    Frame,
    Link,
    News,
    Question,
    Refusal,
    Result,
    Watch,
    WireError,
    pack,
    raw,
)

texts = st.text(max_size=20)
numbers = st.integers(0, 2**53)
bodies = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
).map(raw)
some_frames: st.SearchStrategy[Frame] = st.one_of(
    st.builds(Question, numbers, bodies),
    st.builds(Result, numbers, bodies),
    st.builds(Refusal, numbers, texts, texts),
    st.builds(Watch, texts, numbers),
    st.builds(News, texts, numbers, bodies, st.booleans()),
)


def plain(frame: Frame) -> object:
    """Frames compare by what they carry."""
    return msgspec.json.decode(pack(frame))


@given(st.lists(some_frames, max_size=6), st.data())
def test_bytes_may_be_cut_anywhere(sent: list[Frame], data: st.DataObject) -> None:
    line = b"".join(map(pack, sent))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(line)), max_size=8)))
    link = Link()
    received: list[Frame] = []
    for start, end in zip([0, *cuts], [*cuts, len(line)], strict=True):
        received += link.receive(line[start:end])
    assert [plain(frame) for frame in received] == [plain(frame) for frame in sent]


@given(st.binary(max_size=200))
def test_garbage_is_refused_and_nothing_else(data: bytes) -> None:
    try:
        received = Link().receive(data + b"\n")
    except WireError:
        return
    assert all(isinstance(frame, Frame) for frame in received)


@pytest.mark.parametrize(
    "line",
    [
        b"x",
        b"{}",
        b'{"type":"nobody"}',
        b'{"type":"ask","id":"one","body":1}',
        b'{"type":"result","id":1}',
        b"[" * 100_000,
        b'{"type":"refused","id":1,"code":"\xff","text":""}',
    ],
)
def test_fail__frame(line: bytes) -> None:
    with pytest.raises(WireError):
        Link().receive(line + b"\n")


def test_an_endless_line_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "LINE_LIMIT", 100)
    link = Link()
    assert link.receive(b"x" * 100) == []
    with pytest.raises(WireError):
        link.receive(b"x")


def test_empty_lines_are_no_frames() -> None:
    assert Link().receive(b"\n\n") == []
