"""`hookswitch extensions`: who can be rung, and passwords for SIP telephones.

A password is never an argument: arguments are visible to every user of the machine.
"""

from __future__ import annotations

import argparse
import getpass
import sys
from pathlib import Path

from firmware.api import callproc
from firmware.api.sysd import SetPassword
from firmware.tools import many
from firmware.tools.config import who
from firmware.tools.parser import Commands, Parser
from firmware.tools.terminal import OK, Terminal


def add_commands(parser: Parser, commands: Commands) -> None:
    extensions = parser.command(commands, "extensions", "help-extensions", run_list)
    group = extensions.add_subparsers(dest="subcommand", metavar="COMMAND")
    many.add_commands(parser, group)
    password = parser.command(group, "password", "help-password", run_password)
    password.option("number", about="help-number")
    password.option("--stdin", about="help-stdin", action="store_true")
    password.option("--ask", about="help-ask", action="store_true")


def run_list(options: argparse.Namespace, state: Path) -> int:
    terminal = Terminal(options)
    views = terminal.ask(state, "callproc", callproc.ShowExtensions())
    if terminal.json:
        terminal.show_json(views)
        return OK
    columns = ("col-number", "col-name", "col-kind", "col-port", "col-state", "col-contacts")
    rows = (
        (
            view.number,
            view.name,
            terminal.words(f"kind-{view.kind}"),
            view.line,
            terminal.words(f"state-{view.state}"),
            view.contacts if view.kind == "sip" else "",
        )
        for view in views
    )
    terminal.table(columns, rows)
    return OK


def run_password(options: argparse.Namespace, state: Path) -> int:
    terminal = Terminal(options)
    question = SetPassword(options.number, _typed(options, terminal), who())
    view = terminal.ask(state, "sysd", question)
    if terminal.json:
        terminal.show_json(view)
    elif view.password is None:
        terminal.say("password-set", options.number)
    else:
        terminal.say("password-made", options.number, view.password)
    return OK


def _typed(options: argparse.Namespace, terminal: Terminal) -> str | None:
    """None: sysd makes one up."""
    if options.stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if options.ask:
        return getpass.getpass(terminal.words("ask-password", options.number))
    return None
