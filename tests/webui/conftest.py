"""One box with pages for a module, and a visitor of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.box import Box, running_box
from tests.webui.visitor import Visitor


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    with running_box(pages=True) as box:
        yield box


@pytest.fixture(scope="module")
def admin(box: Box) -> Visitor:
    """Whoever made the first administrator of this box."""
    visitor = Visitor(box.web)
    assert visitor.set_up(box.state).status == 303
    return visitor


@pytest.fixture
def stranger(box: Box) -> Visitor:
    return Visitor(box.web)
