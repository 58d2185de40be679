"""The one queue of events, and the clocks that stamp them.

Every edge posts here and nowhere else.  An event gets its moment when it is posted, so the order
of the journal is the order in which things were noticed.
"""

from __future__ import annotations

import time
from collections import deque
from typing import Any

from firmware.core.events import AnyEvent


class Inbox:
    def __init__(self) -> None:
        self._events: deque[AnyEvent] = deque()

    def post(self, kind: type[Any], *fields: object, **named: object) -> None:
        """Append an event of this kind; `fields` are what follows its two times."""
        event = kind(time.monotonic_ns(), time.time_ns() // 1_000_000, *fields, **named)
        self._events.append(event)

    def take(self) -> AnyEvent | None:
        return self._events.popleft() if self._events else None
