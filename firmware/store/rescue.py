"""A database that is damaged is set aside, never deleted and never written to again.

The box goes on with a fresh one; what can still be read of the old is somebody else's to bring
over (`calls.salvage`, the snapshot of the user state).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import apsw

from firmware.store.database import sync_folder

D = TypeVar("D")
DAMAGED = (apsw.CorruptError, apsw.NotADBError)
KEPT = 3  # damaged or salvaged databases of one name; older ones go


def open_or_set_aside(path: Path, build: Callable[[Path], D]) -> tuple[D, Path | None]:
    """The database, and where the damaged one went if it was."""
    try:
        return build(path), None
    except DAMAGED:
        aside = set_aside(path)
        return build(path), aside


def set_aside(path: Path) -> Path:
    """The file and what SQLite keeps beside it, under a name that says when."""
    aside = path.with_name(f"{path.name}.damaged-{time.time_ns() // 1_000_000}")
    for suffix in ("-wal", "-shm", ""):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(aside.with_name(aside.name + suffix))
    for old in sorted(path.parent.glob(f"{path.name}.*ed-*[0-9]"), key=_when)[:-KEPT]:
        for suffix in ("-wal", "-shm", ""):
            old.with_name(old.name + suffix).unlink(missing_ok=True)
    sync_folder(path.parent)
    return aside


def _when(aside: Path) -> int:
    digits = aside.name.rpartition("-")[2]
    return int(digits) if digits.isdigit() else 0
