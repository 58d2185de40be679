"""A board is data: `board/<name>/board.toml` says which ports a box has and who drives them.

Unknown keys, wrong types and impossible values are errors that name the file and the place: a box
with a wrong board would ring the wrong telephones.  No code asks for a board by its name.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import msgspec

from hal.api import Kind
from hal.battery import BatteryTiming
from hal.hookswitch import HookTiming

BOARDS = Path(__file__).resolve().parent.parent / "board"
Member = Literal["linux", "sim", "none"]


class BoardError(Exception):
    """The board's data cannot be used; the text says where and why."""


Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9-]{0,15}$")]
Names = Annotated[tuple[Name, ...], msgspec.Meta(max_length=16)]


class ChassisParts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the box has besides its ports, by the names printed on it."""

    storage: Names = ()  # sockets for disks
    buttons: Names = ()
    lamps: Names = ()
    watchdog: Annotated[int, msgspec.Meta(ge=0, le=300)] = 0  # s until it bites; 0: there is none


class Board(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is printed on the box: port 1 is the first of `ports`.

    `places` are the same ports as the hardware names them.  A driver that numbers its channels
    anew, after a reload or a card swap, does not move a port: its place is where it was.
    """

    name: str
    title: str
    member: Member
    simulated: bool = False  # only then does anything let itself be simulated
    tick_ms: Annotated[int, msgspec.Meta(ge=10, le=60)] = 20
    ports: Annotated[tuple[Kind, ...], msgspec.Meta(max_length=400)] = ()
    places: Annotated[tuple[str, ...], msgspec.Meta(max_length=400)] = ()
    hook: HookTiming = HookTiming()
    battery: BatteryTiming = BatteryTiming()
    chassis: ChassisParts = ChassisParts()

    def __post_init__(self) -> None:
        if self.places and len(set(self.places)) != len(self.ports):
            raise ValueError("`places` names each port once, in the order of `ports`")
        if self.member == "none" and self.ports:
            raise ValueError("a board whose member is `none` has no ports")
        if self.simulated != (self.member == "sim"):
            raise ValueError("`simulated = true` belongs to member `sim`, and to no other")

    def kinds(self) -> dict[int, Kind]:
        """The kind of each port by its number."""
        return dict(enumerate(self.ports, start=1))

    def place_of(self, line: int) -> str:
        """Where the hardware has this port."""
        return self.places[line - 1] if self.places else str(line)


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
