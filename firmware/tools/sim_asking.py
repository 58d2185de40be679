"""How `hookswitch sim` asks the simulated box, and what it does when that is not there."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from firmware.wire.client import Caller
from firmware.wire.frames import Ask

Args = argparse.Namespace
Result = dict[str, Any]
Act = Callable[[Args, Path], Result]

PATIENCE = 15.0  # s beyond what the command itself takes


class Away(Exception):
    """The simulated box does not run, or stopped."""


def ask(sock: Path, question: Ask[Any], seconds: float = 0.0) -> Any:
    try:
        box = Caller(sock, timeout=seconds + PATIENCE)
    except OSError:
        raise Away("not-running") from None
    try:
        return box.ask(question)
    except OSError:
        raise Away("went-away") from None
    finally:
        box.close()


def simple(build: Callable[[Args], Ask[None]]) -> Act:
    """A command that is one question."""

    def act(args: Args, sock: Path) -> Result:
        ask(sock, build(args))
        return {}

    return act
