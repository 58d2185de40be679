"""One box per test file: starting one takes a second or two."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.box import Box, running_box
from tests.e2e.proofs import replays


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    with running_box() as running:
        yield running


@pytest.fixture(autouse=True)
def replay(request: pytest.FixtureRequest) -> Iterator[None]:
    """After every test on a box, its whole journal must replay to the same effects."""
    yield
    if "box" in request.fixturenames:
        replays(request.getfixturevalue("box"))
