"""A board is data: `board/<name>/board.toml` says which ports a box has and who drives them.

Unknown keys, wrong types and impossible values are errors that name the file and the place: a box
with a wrong board would ring the wrong telephones.  No code asks for a board by its name.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import msgspec

from hal.api import Kind
from hal.hookswitch import HookTiming

BOARDS = Path(__file__).resolve().parent.parent / "board"
Member = Literal["linux", "sim", "none"]


class BoardError(Exception):
    """The board's data cannot be used; the text says where and why."""


class Board(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is printed on the box: port 1 is the first of `ports`."""

    name: str
    title: str
    member: Member
    simulated: bool = False  # only then does anything let itself be simulated
    tick_ms: Annotated[int, msgspec.Meta(ge=10, le=60)] = 20
    ports: Annotated[tuple[Kind, ...], msgspec.Meta(max_length=400)] = ()
    hook: HookTiming = HookTiming()

    def __post_init__(self) -> None:
        if self.member == "none" and self.ports:
            raise ValueError("a board whose member is `none` has no ports")
        if self.simulated != (self.member == "sim"):
            raise ValueError("`simulated = true` belongs to member `sim`, and to no other")

    def kinds(self) -> dict[int, Kind]:
        """The kind of each port by its number."""
        return dict(enumerate(self.ports, start=1))


def load_board(name: str, boards: Path = BOARDS) -> Board:
    path = boards / name / "board.toml"
    try:
        board = msgspec.toml.decode(path.read_bytes(), type=Board)
    except OSError:
        raise BoardError(f"no board {name!r}; there are: {', '.join(names(boards))}") from None
    except msgspec.DecodeError as error:
        raise BoardError(f"{path}: {error}") from None
    if board.name != name:
        raise BoardError(f"{path}: calls itself {board.name!r}")
    return board


def names(boards: Path = BOARDS) -> list[str]:
    """All boards there are."""
    return sorted(path.parent.name for path in boards.glob("*/board.toml"))
