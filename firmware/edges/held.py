"""What the box notes for itself at every call, held back to spare the flash.

Who called whom last changes with each call.  It is in force in the core at once; it goes to the
disk once a minute at most, only the newest of each key, all keys together.  A clean stop hands over
what is left; a crash or a power cut may cost that minute.  Nobody is told that these are saved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from firmware.api.state import EntryView
from firmware.core.effects import SaveState
from firmware.wire.loop import Loop

HELD_SECONDS = 60.0
KINDS = frozenset(("last",))  # nobody waits for these to be saved


def may_wait(key: str) -> bool:
    return key.partition(".")[0] in KINDS


class Held:
    """`store` puts one change where jobs finds it, sooner or later."""

    def __init__(self, loop: Loop, store: Callable[[SaveState], object]) -> None:
        self._loop, self._store = loop, store
        self._newest: dict[str, SaveState] = {}

    def hold(self, effect: SaveState) -> None:
        if not self._newest:
            self._loop.after(HELD_SECONDS, self.flush)
        self._newest[effect.key] = effect

    def flush(self) -> None:
        newest, self._newest = self._newest, {}
        for effect in newest.values():
            self._store(effect)

    def news(self, entries: Iterable[EntryView]) -> tuple[EntryView, ...]:
        """Without those for which the core knows something newer already."""
        return tuple(entry for entry in entries if entry.key not in self._newest)
