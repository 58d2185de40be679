"""A simulated box for each test that asks for one, with callproc's place and eyes on it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hal.api import LineUp
from hal.board import load_board
from tests.hal.simbox import Box, Driver, Eyes, running_box


@pytest.fixture(scope="module")
def shared_box() -> Iterator[Box]:
    with running_box() as box:
        yield box


@pytest.fixture
def box() -> Iterator[Box]:
    """A box of the test's own."""
    with running_box() as box:
        yield box


@pytest.fixture
def driver(box: Box) -> Iterator[Driver]:
    driver = Driver(load_board(box.board), box.run)
    ups = [port.line for port in driver.lines.describe()]
    driver.until(*(LineUp(line) for line in ups))
    yield driver
    driver.close()


@pytest.fixture
def eyes(box: Box) -> Iterator[Eyes]:
    with box.eyes() as eyes:
        yield eyes
