"""`hookswitch hash`: an administrator's password as the hash that a configuration file may hold.

The password is typed or comes on standard input; it is never an argument, which every user of the
machine could read.  The box need not run.
"""

from __future__ import annotations

import argparse
import getpass
import sys
from pathlib import Path

from firmware.store.users import make_hash
from firmware.tools.parser import Commands, Parser
from firmware.tools.terminal import OK, Terminal

SHORTEST = 10


def add_commands(parser: Parser, commands: Commands) -> None:
    hashing = parser.command(commands, "hash", "help-hash", run_hash)
    hashing.option("--stdin", about="help-stdin", action="store_true")


def run_hash(options: argparse.Namespace, _: Path) -> int:
    terminal = Terminal(options)
    if options.stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = getpass.getpass(terminal.words("hash-asks"))
    if len(password) < SHORTEST:
        raise terminal.refuse("hash-weak")
    digest = make_hash(password)
    if terminal.json:
        terminal.show_json({"hash": digest})
    else:
        print(digest)
    return OK
