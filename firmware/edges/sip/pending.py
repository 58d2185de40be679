"""Functions of the engine's contract that its C does not have yet; goes when the last one lands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hookswitch_engine import native

_ABSENT: dict[str, Callable[..., Any]] = {
    "trunk": lambda: None,
    "replaced": lambda: -1,
    "identity": lambda: ("", "", False, ()),
    "bans": list,
    "unban": lambda _: False,
    "show_extension": lambda *_: 0,
    "show_messages": lambda *_: 0,
    "refer_notify": lambda *_: False,
}


def fill() -> None:
    for name, function in _ABSENT.items():
        if not hasattr(native, name):
            setattr(native, name, function)
