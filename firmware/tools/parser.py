"""How commands are declared: an argparse parser that speaks the user's language.

Every command and subcommand understands the common options, wherever they stand on the line.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar, NoReturn

from firmware.tools.terminal import USAGE
from firmware.tools.words import Lang, say

Run = Callable[[argparse.Namespace, Path], int]
Commands = Any  # argparse keeps the type of what add_subparsers returns to itself


class Parser(argparse.ArgumentParser):
    """`lang` is set once, before the first parser is made."""

    lang: ClassVar[Lang] = "en"

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings, allow_abbrev=False, conflict_handler="resolve")
        common: dict[str, Any] = {"default": argparse.SUPPRESS}
        self.add_argument("--json", action="store_true", help=self.words("help-json"), **common)
        self.add_argument(
            "--state", type=Path, metavar="DIR", help=self.words("help-state"), **common
        )
        self.add_argument("--lang", choices=("zh", "en"), help=self.words("help-lang"), **common)

    def words(self, key: str) -> str:
        return say(self.lang, key)

    def command(self, commands: Commands, name: str, about: str, run: Run | None = None) -> Parser:
        """A subcommand; `about` is a key of words.py."""
        parser: Parser = commands.add_parser(
            name, help=self.words(about), description=self.words(about)
        )
        if run is not None:
            parser.set_defaults(run=run)
        return parser

    def group(self, dest: str = "subcommand") -> Commands:
        """Where the subcommands of this command go."""
        return self.add_subparsers(dest=dest, required=True, metavar="COMMAND")

    def option(self, *names: str, about: str, **settings: Any) -> None:
        self.add_argument(*names, help=self.words(about), **settings)

    def error(self, message: str) -> NoReturn:
        sys.stderr.write(say(self.lang, "usage", message, self.prog) + "\n")
        raise SystemExit(USAGE)
