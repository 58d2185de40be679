"""The members of the HAL that the contract suite runs on; a new member is a new row.

A `Bench` is what a member needs around it to be tested: it gives lines that are ready, and where
the member has people at its handsets, it lifts and hangs them up.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

from hal.api import LineUp
from hal.board import load_board
from hal.sim.messages import Hang, Lift
from tests.hal.simbox import Box, Driver, running_box


class Bench(Protocol):
    driver: Driver

    def lift(self, line: int) -> None: ...

    def hang(self, line: int) -> None: ...

    def break_card(self) -> None:
        """The hardware dies; a member without hardware has nothing that could."""


class SimBench:
    def __init__(self, driver: Driver, box: Box) -> None:
        self.driver, self._box = driver, box

    def lift(self, line: int) -> None:
        self._box.ask(Lift(line))

    def hang(self, line: int) -> None:
        self._box.ask(Hang(line))

    def break_card(self) -> None:
        self._box.kill()


class NoneBench:
    def __init__(self) -> None:
        self.driver = Driver(load_board("sip-only"), Path(os.devnull))

    def lift(self, line: int) -> None:
        raise AssertionError(f"no handset {line}")

    hang = lift

    def break_card(self) -> None: ...


@contextmanager
def sim() -> Iterator[Bench]:
    with running_box() as box:
        driver = Driver(load_board(box.board), box.run)
        driver.until(*(LineUp(port.line) for port in driver.lines.describe()))
        yield SimBench(driver, box)
        driver.close()


@contextmanager
def none() -> Iterator[Bench]:
    bench = NoneBench()
    yield bench
    bench.driver.close()


MEMBERS: dict[str, Callable[[], AbstractContextManager[Bench]]] = {"sim": sim, "none": none}
