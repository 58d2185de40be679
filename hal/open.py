"""The one place that picks members of the HAL, by what the board's data says."""

from __future__ import annotations

from pathlib import Path

from firmware.wire.loop import Loop
from hal.api import Chassis, Lines
from hal.board import Board, BoardError
from hal.none import NoChassis, NoLines
from hal.sim.chassis import SimChassis
from hal.sim.lines import SimLines


def open_lines(board: Board, loop: Loop, run: Path) -> Lines:
    """The lines of this box; `run` is the folder of the sockets."""
    if board.member == "sim":
        return SimLines(loop, run, board)
    if board.member == "none":
        return NoLines()
    raise _not_built(board)


def open_chassis(board: Board, loop: Loop, run: Path) -> Chassis:
    """What this box has besides its lines."""
    if board.member == "sim":
        return SimChassis(loop, run, board)
    if board.member == "none":
        return NoChassis()
    raise _not_built(board)


def _not_built(board: Board) -> BoardError:
    return BoardError(f"board {board.name}: member {board.member!r} is not part of this build")
