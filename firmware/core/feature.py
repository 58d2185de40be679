"""What a feature is to the exchange: a name, a way to begin, and a table of states.

`start(switchboard, session, leg)` takes the caller over; an entry of the table is called with
`(switchboard, session, event)`.  `in_call(switchboard, bridge, leg, argument)` is for keys pressed
by somebody who talks.  All return effects and have done their moves on the switchboard. A feature
never imports another one and is never found by scanning: `features.catalog` lists them, main hands
the list over.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from firmware.core.effects import Effects

Entry = Callable[..., Effects]


class Feature(msgspec.Struct, frozen=True):
    name: str
    start: Entry
    table: Mapping[tuple[str, type | str], Entry]
    in_call: Entry | None = None
