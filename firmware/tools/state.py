"""`hookswitch state`: what users have set, as it is stored."""

from __future__ import annotations

import argparse
import getpass
from pathlib import Path

from firmware.api import state as api
from firmware.tools.parser import Commands, Parser
from firmware.tools.terminal import OK, Terminal

PROCESS = "state"  # the socket; it belongs to jobs


def add_commands(parser: Parser, commands: Commands) -> None:
    group = parser.command(commands, "state", "help-user-state").group()
    show = parser.command(group, "list", "help-state-list", run_list)
    show.option("--kind", about="help-state-kind", default="")
    show.option("--owner", about="help-state-owner", default="")
    show.option("--after", about="help-state-after", default="")
    show.option("--limit", about="help-limit", type=int, default=200)
    get = parser.command(group, "get", "help-state-get", run_get)
    get.option("key", about="help-state-key", metavar="KEY")
    put = parser.command(group, "set", "help-state-set", run_set)
    put.option("key", about="help-state-key", metavar="KEY")
    put.option("value", about="help-state-value", metavar="JSON")
    remove = parser.command(group, "remove", "help-state-remove", run_remove)
    remove.option("key", about="help-state-key", metavar="KEY")


def run_list(options: argparse.Namespace, state: Path) -> int:
    terminal = Terminal(options)
    limit = min(max(options.limit, 1), api.PAGE_LIMIT)
    question = api.ListState(options.kind, options.owner, options.after, limit)
    page = terminal.ask(state, PROCESS, question)
    if terminal.json:
        terminal.show_json(page)
        return OK
    columns = ("col-key", "col-value", "col-revision")
    terminal.table(columns, ((entry.key, entry.value, entry.revision) for entry in page.entries))
    if page.more:
        terminal.say("more-state", page.entries[-1].key)
    return OK


def run_get(options: argparse.Namespace, state: Path) -> int:
    terminal = Terminal(options)
    value = terminal.ask(state, PROCESS, api.GetState(options.key))
    if not value:
        raise terminal.refuse("no-such-entry", options.key)
    print(value)
    return OK


def run_set(options: argparse.Namespace, state: Path) -> int:
    return _put(options, state, options.value)


def run_remove(options: argparse.Namespace, state: Path) -> int:
    return _put(options, state, "")


def _put(options: argparse.Namespace, state: Path, value: str) -> int:
    terminal = Terminal(options)
    question = api.SetState(((options.key, value),), f"shell:{getpass.getuser()}")
    revision = terminal.ask(state, PROCESS, question)
    if terminal.json:
        terminal.show_json({"revision": revision})
    else:
        terminal.say("state-saved", options.key)
    return OK
