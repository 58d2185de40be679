"""Exceptions in pjsua's callbacks.  SWIG prints and forgets them; a bug must end the process."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

faults: list[BaseException] = []  # the pump raises them, outside of pjsua


def guarded(callback: Callable[..., None]) -> Callable[..., None]:
    @wraps(callback)
    def guard(*arguments: Any) -> None:
        try:
            callback(*arguments)
        except Exception as fault:
            faults.append(fault)

    return guard
