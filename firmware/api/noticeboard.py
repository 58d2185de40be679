"""What is wrong with a process at this moment: told when it begins and when it is over."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

import msgspec

from firmware.api.notices import Notice

log = logging.getLogger("notices")


class Notices:
    def __init__(self, publish: Callable[[Notice], None]) -> None:
        self._publish = publish
        self._raised: dict[tuple[str, str], Notice] = {}

    def now(self) -> tuple[Notice, ...]:
        return tuple(self._raised.values())

    def say(self, code: str, about: str, detail: str = "") -> None:
        if (code, about) in self._raised:
            return
        notice = Notice(code, about, time.time_ns() // 1_000_000, detail)
        self._raised[code, about] = notice
        log.error("%s: %s %s", about, code, detail)
        self._publish(notice)

    def over(self, about: str, *codes: str) -> None:
        """The trouble with this thing is over; without codes: every trouble."""
        for key in [key for key in self._raised if key[1] == about]:
            if not codes or key[0] in codes:
                log.info("%s: %s is over", about, key[0])
                self._publish(msgspec.structs.replace(self._raised.pop(key), over=True))
