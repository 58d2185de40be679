"""The members of the HAL that the contract suite runs on; a new member is a new row.

A `Bench` is what a member needs around it to be tested: it gives lines and a chassis that are
ready, and where the member has people at its handsets and sockets, it moves them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

from hal.api import LineUp
from hal.board import Board, load_board
from hal.sim.messages import Hang, Lift, PlugDisk, PressButton, PullDisk
from tests.hal.simbox import Box, Driver, Keeper, running_box


class Bench(Protocol):
    board: Board
    driver: Driver
    keeper: Keeper

    def lift(self, line: int) -> None: ...

    def hang(self, line: int) -> None: ...

    def plug(self, name: str) -> None: ...

    def pull(self, name: str) -> None: ...

    def press(self, name: str) -> None: ...

    def break_card(self) -> None:
        """The hardware dies; a member without hardware has nothing that could."""


class SimBench:
    def __init__(self, board: Board, driver: Driver, keeper: Keeper, box: Box) -> None:
        self.board, self.driver, self.keeper, self._box = board, driver, keeper, box

    def lift(self, line: int) -> None:
        self._box.ask(Lift(line))

    def hang(self, line: int) -> None:
        self._box.ask(Hang(line))

    def plug(self, name: str) -> None:
        self._box.ask(PlugDisk(name, str(self._box.run)))

    def pull(self, name: str) -> None:
        self._box.ask(PullDisk(name))

    def press(self, name: str) -> None:
        self._box.ask(PressButton(name))

    def break_card(self) -> None:
        self._box.kill()


class NoneBench:
    def __init__(self) -> None:
        self.board = load_board("sip-only")
        self.driver = Driver(self.board, Path(os.devnull))
        self.keeper = Keeper(self.board, Path(os.devnull))

    def lift(self, line: int) -> None:
        raise AssertionError(f"no handset {line}")

    hang = lift

    def plug(self, name: str) -> None:
        raise AssertionError(f"no socket {name}")

    pull = press = plug

    def break_card(self) -> None: ...


@contextmanager
def sim() -> Iterator[Bench]:
    with running_box() as box:
        board = load_board(box.board)
        driver, keeper = Driver(board, box.run), Keeper(board, box.run).ready(box)
        driver.until(*(LineUp(port.line) for port in driver.lines.describe()))
        yield SimBench(board, driver, keeper, box)
        driver.close()
        keeper.close()


@contextmanager
def none() -> Iterator[Bench]:
    bench = NoneBench()
    yield bench
    bench.driver.close()
    bench.keeper.close()


MEMBERS: dict[str, Callable[[], AbstractContextManager[Bench]]] = {"sim": sim, "none": none}
