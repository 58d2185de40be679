"""Every `*.call` file beside this one, played and replayed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenarios.play import play_file

FILES = sorted(Path(__file__).parent.glob("*.call"))


def requirements(path: Path) -> list[str]:
    for line in path.read_text().splitlines():
        if line.startswith("req:"):
            return line[4:].split()
    return []


@pytest.mark.parametrize(
    "path",
    [pytest.param(p, id=p.stem, marks=pytest.mark.req(*requirements(p))) for p in FILES],
)
def test_call_goes_as_written(path: Path) -> None:
    play = play_file(path)
    assert not play.exchange.board.tables.calls, "a call was left open"
