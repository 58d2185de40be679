"""How long call records are kept (BIL-12, CDR-X2)."""

from __future__ import annotations

import msgspec


class Keeping(msgspec.Struct, frozen=True):
    """The oldest go when they are older than `days`, more than `calls`, or fill `megabytes`."""

    days: int = 730
    calls: int = 1_000_000
    megabytes: int = 1_000
