"""Boards are data, and wrong data is refused in words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from firmware.wire.loop import Loop
from hal.board import BOARDS, Board, BoardError, load_board, names
from hal.hookswitch import HookTiming
from hal.none import NoLines
from hal.open import open_lines
from hal.sim.process import run

GOOD = 'name = "b"\ntitle = "B"\nmember = "linux"\nports = ["fxs"]\n'


def written(boards: Path, text: str) -> Path:
    (boards / "b").mkdir()
    (boards / "b" / "board.toml").write_text(text)
    return boards


@pytest.mark.parametrize("name", names())
def test_every_board_can_be_read(name: str) -> None:
    assert load_board(name).name == name


def test_every_board_is_in_the_readme() -> None:
    text = (BOARDS / "README.md").read_text()
    assert [name for name in names() if f"| `{name}` |" not in text] == []


def test_sim8_is_four_and_four() -> None:
    board = load_board("sim8")
    assert board.simulated
    assert board.kinds() == {
        **dict.fromkeys(range(1, 5), "fxs"),
        **dict.fromkeys(range(5, 9), "fxo"),
    }


def test_hook_times_are_the_boards(tmp_path: Path) -> None:
    board = load_board("b", written(tmp_path, GOOD + "[hook]\nflash = 1200\n"))
    assert board.hook == HookTiming(flash=1200)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (GOOD.replace('"fxs"', '"isdn"'), r"ports\[0\]"),
        (GOOD + "lamp = 3\n", "lamp"),
        (GOOD + 'tick_ms = "twenty"\n', "tick_ms"),
        (GOOD + "tick_ms = 5\n", "tick_ms"),
        (GOOD + 'places = ["A", "B"]\n', "places"),
        (GOOD + "[battery]\ncut = 2000\n", "dead only after"),
        (GOOD + '[chassis]\nlamps = ["Sun!"]\n', "lamps"),
        (GOOD + "simulated = true\n", "simulated"),
        (GOOD.replace('"linux"', '"none"'), "no ports"),
        (GOOD.replace('"linux"', '"sim"'), "simulated"),
        (GOOD.replace('"linux"', '"asterisk"'), "member"),
        (GOOD.replace('name = "b"', 'name = "c"'), "calls itself 'c'"),
        (GOOD + "[hook]\nflash = 50\n", "must rise"),
        ("ports = [", "board.toml"),
        ("", "name"),
    ],
)
def test_fail__board(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(BoardError, match=complaint):
        load_board("b", written(tmp_path, text))


def test_fail__no_such_board() -> None:
    with pytest.raises(BoardError, match=r"there are: .*sim8"):
        load_board("sim9")


def test_a_board_without_ports_opens_the_member_without_ports(tmp_path: Path) -> None:
    lines = open_lines(load_board("sip-only"), Loop(), tmp_path)
    assert isinstance(lines, NoLines)
    lines.close()


def test_a_member_that_is_not_built_is_refused(tmp_path: Path) -> None:
    board = Board(name="b", title="B", member="linux", ports=("fxs",))
    with pytest.raises(BoardError, match="linux"):
        open_lines(board, Loop(), tmp_path)


def test_real_hardware_is_never_simulated(tmp_path: Path) -> None:
    with pytest.raises(BoardError, match="real hardware"):
        run(tmp_path, Board(name="b", title="B", member="linux", ports=("fxs",)))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", names())
def test_every_board_follows_the_checklist(name: str) -> None:
    """The list in board/README.md, point by point."""
    board, folder = load_board(name), BOARDS / name
    assert re.fullmatch(r"[a-z][a-z0-9_-]*", name)
    for kind, words in (("fxs", "handset port"), ("fxo", "outside line")):
        count = board.ports.count(kind)
        assert not count or f"{count} {words}" in board.title
    assert board.member != "linux" or len(board.places) == len(board.ports)
    assert (folder / "README.md").read_text().startswith(f"# board/{name}")
    assert f"| `{name}` |" in (BOARDS / "README.md").read_text()


def test_a_port_stays_at_its_place(tmp_path: Path) -> None:
    text = GOOD.replace('["fxs"]', '["fxs", "fxo"]') + 'places = ["A/1", "A/0"]\n'
    board = load_board("b", written(tmp_path, text))
    assert [board.place_of(line) for line in (1, 2)] == ["A/1", "A/0"]
    assert load_board("sim8").place_of(3) == "3"
