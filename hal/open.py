"""The one place that picks a member of the HAL, by what the board's data says."""

from __future__ import annotations

from pathlib import Path

from firmware.wire.loop import Loop
from hal.api import Lines
from hal.board import Board, BoardError
from hal.none import NoLines
from hal.sim.lines import SimLines


def open_lines(board: Board, loop: Loop, run: Path) -> Lines:
    """The lines of this box; `run` is the folder of the sockets."""
    if board.member == "sim":
        return SimLines(loop, run, board)
    if board.member == "none":
        return NoLines()
    raise BoardError(f"board {board.name}: member {board.member!r} is not part of this build")
