"""Which ports the box had when somebody last agreed: compared with what is found at every start."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec

from firmware.store.database import sync_folder

FILE = "ports.json"
PortTable = dict[int, Literal["fxs", "fxo"]]


def load(state: Path) -> PortTable | None:
    """None: the box starts for the first time, or its table was lost."""
    try:
        return msgspec.json.decode((state / FILE).read_bytes(), type=PortTable)
    except (OSError, msgspec.DecodeError):
        return None


def save(state: Path, ports: Mapping[int, Literal["fxs", "fxo"]]) -> None:
    """All of it or, with the power gone in the middle, what was before."""
    fresh = state / f"{FILE}.new"
    with fresh.open("wb") as file:
        file.write(msgspec.json.encode(dict(ports)))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(state / FILE)
    sync_folder(state)
