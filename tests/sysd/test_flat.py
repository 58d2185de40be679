"""Applies in a row leave memory as it was."""

from __future__ import annotations

from pathlib import Path

from firmware.api.noticeboard import Notices
from firmware.store.settings import Config
from firmware.sysd.configuration import Configuration
from tests.store.samples import GROUND, SMALL

WARM, APPLIES = 100, 300
SLACK = 2 * 1024 * 1024  # bytes; a single leaked text each time would be more


def resident() -> int:
    pages = Path("/proc/self/statm").read_text().split()[1]
    return int(pages) * 4096


def test_many_applies_leave_memory_flat(tmp_path: Path) -> None:
    configuration = Configuration(tmp_path, GROUND.ports, Notices(lambda _: None))
    many = "".join(f'[[extension]]\nnumber = "{number}"\n' for number in range(3000, 3100))
    configuration.settle(f"{SMALL}\n{many}", None)
    text = configuration.text(0) or ""
    warm = 0
    for number in range(APPLIES):
        config = configuration.read(text.replace("Workshop", f"Number {number}"))
        assert isinstance(config, Config)
        configuration.apply(config, "ann", "")
        if number == WARM:
            warm = resident()
    assert resident() - warm < SLACK
    assert configuration.version == APPLIES + 1
    assert len(list((tmp_path / "applied").iterdir())) == 11  # five versions, their texts, the link
