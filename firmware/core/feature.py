"""What a feature is to the exchange: a name, a way to begin, and a table of states.

A feature never imports another one and is never found by scanning: `features.catalog` lists them,
main hands the list over.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from firmware.core.model import Leg, Session

if TYPE_CHECKING:
    from firmware.core.switchboard import Effects, Switchboard

Entry = Callable[["Switchboard", Session, Any], "Effects"]


class Feature(msgspec.Struct, frozen=True):
    name: str
    start: Callable[[Switchboard, Session, Leg], Effects]
    table: Mapping[tuple[str, type], Entry]
