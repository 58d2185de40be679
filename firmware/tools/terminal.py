"""Talks to the person at the terminal, and asks the box on their behalf.

A person gets sentences and aligned tables, a program gets JSON.  Refusals, and a box that does
not run, end a command through exceptions that `cli.main` turns into an exit code.
"""

from __future__ import annotations

import argparse
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import msgspec

from firmware.tools.words import WORDS, Lang, say
from firmware.wire.client import Caller
from firmware.wire.frames import Ask

R = TypeVar("R")

OK, REFUSED, USAGE, NOT_RUNNING = 0, 1, 2, 3


class CannotDo(Exception):
    """A command ends here with this exit code and sentence."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code


class Terminal:
    def __init__(self, options: argparse.Namespace) -> None:
        self.lang: Lang = options.lang
        self.json: bool = options.json

    def words(self, key: str, *details: object) -> str:
        return say(self.lang, key, *details)

    def say(self, key: str, *details: object) -> None:
        print(self.words(key, *details))

    def refuse(self, key: str, *details: object) -> CannotDo:
        """To be raised."""
        return CannotDo(REFUSED, self.words(key, *details))

    def show_json(self, value: object) -> None:
        encoded = msgspec.json.format(msgspec.json.encode(value), indent=2)
        sys.stdout.buffer.write(encoded + b"\n")
        sys.stdout.flush()

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """`columns` are keys of words.py."""
        cells = [[printable(cell) for cell in row] for row in rows]
        if not cells:
            self.say("none")
            return
        cells.insert(0, [self.words(column) for column in columns])
        widths = [max(map(width, column)) for column in zip(*cells, strict=True)]
        for row in cells:
            padded = (cell + " " * (w - width(cell)) for cell, w in zip(row, widths, strict=True))
            print("  ".join(padded).rstrip())

    def pairs(self, rows: Sequence[tuple[str, object]]) -> None:
        """One labeled value a line; labels are keys of words.py."""
        labels = [self.words(key) for key, _ in rows]
        widest = max(map(width, labels))
        for label, (_, value) in zip(labels, rows, strict=True):
            print(f"{label}{' ' * (widest - width(label))}  {printable(value)}")

    def cause(self, cause: str) -> str:
        """A cause that has no words yet shows its own name."""
        key = f"cause-{cause}"
        return self.words(key) if key in WORDS else cause

    def ask(self, state: Path, process: str, question: Ask[R], patience: float = 10.0) -> R:
        socket = state / "run" / f"{process}.sock"
        try:
            caller = Caller(socket, patience)
        except OSError:
            raise self.not_running(state, process) from None
        try:
            return caller.ask(question)
        except OSError:
            raise self.not_running(state, process) from None
        finally:
            caller.close()

    def not_running(self, state: Path, process: str) -> CannotDo:
        """To be raised."""
        return CannotDo(NOT_RUNNING, self.words("not-running", state, process))


def printable(cell: object) -> str:
    """Names and numbers come from outside: no control character reaches the terminal."""
    text = "-" if cell is None or cell == "" else str(cell)
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def width(text: str) -> int:
    """Columns on the screen: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def moment(utc_ms: int) -> str:
    """A time as the clock of this terminal shows it."""
    return datetime.fromtimestamp(utc_ms / 1000).strftime("%Y-%m-%d %H:%M:%S") if utc_ms else "-"
