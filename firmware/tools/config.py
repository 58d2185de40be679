"""`hookswitch config`: the configuration as one text, and its history."""

from __future__ import annotations

import argparse
import getpass
import sys
from pathlib import Path

from firmware.api import sysd as api
from firmware.tools.parser import Commands, Parser
from firmware.tools.terminal import OK, REFUSED, Terminal, moment


def add_commands(parser: Parser, commands: Commands) -> None:
    group = parser.command(commands, "config", "help-config").group()
    show = parser.command(group, "show", "help-show", run_show)
    show.option("version", about="help-version", type=int, nargs="?", default=0)
    plan = parser.command(group, "plan", "help-plan", run_plan)
    plan.option("file", about="help-file")
    apply = parser.command(group, "apply", "help-apply", run_apply)
    apply.option("file", about="help-file")
    apply.option("--why", about="help-why", default="")
    history = parser.command(group, "history", "help-history", run_history)
    history.option("--limit", about="help-limit", type=int, default=20)
    rollback = parser.command(group, "rollback", "help-rollback", run_rollback)
    rollback.option("version", about="help-version", type=int)


def run_show(options: argparse.Namespace, state: Path) -> int:
    terminal = Terminal(options)
    view = terminal.ask(state, "sysd", api.ShowConfig(options.version, terminal.lang))
    if terminal.json:
        terminal.show_json(view)
    else:
        print(view.text, end="")
    return OK


def run_plan(options: argparse.Namespace, state: Path) -> int:
    terminal = Terminal(options)
    question = api.PlanConfig(read_file(terminal, options.file), terminal.lang)
    view = terminal.ask(state, "sysd", question)
    return _show(terminal, view, view.changes, "config-plan")


def run_apply(options: argparse.Namespace, state: Path) -> int:
    terminal = Terminal(options)
    text = read_file(terminal, options.file)
    question = api.ApplyConfig(text, who(), options.why, terminal.lang)
    view = terminal.ask(state, "sysd", question)
    return _show(terminal, view, view.changes, "config-applied", view.version)


def run_rollback(options: argparse.Namespace, state: Path) -> int:
    terminal = Terminal(options)
    question = api.RollbackConfig(options.version, who(), terminal.lang)
    view = terminal.ask(state, "sysd", question)
    return _show(terminal, view, view.changes, "config-applied", view.version)


def run_history(options: argparse.Namespace, state: Path) -> int:
    terminal = Terminal(options)
    limit = min(max(options.limit, 1), 500)
    versions = terminal.ask(state, "sysd", api.ConfigHistory(limit, terminal.lang))
    if terminal.json:
        terminal.show_json(versions)
        return OK
    columns = ("col-version", "col-when", "col-who", "col-why", "col-changes")
    rows = (
        (view.version, moment(view.utc_ms), view.who, view.why, _summary(view.changes))
        for view in versions
    )
    terminal.table(columns, rows)
    return OK


def who() -> str:
    """The person at this terminal, as the history will name them."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user id without a name
        return "terminal"


def read_file(terminal: Terminal, name: str) -> str:
    try:
        return sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
    except OSError as error:
        raise terminal.refuse("no-file", name, error.strerror) from None
    except UnicodeDecodeError as error:
        raise terminal.refuse("no-file", name, error.reason) from None


def _show(
    terminal: Terminal,
    view: api.PlanView | api.ApplyView,
    changes: tuple[api.ChangeView, ...],
    headline: str,
    *details: object,
) -> int:
    if terminal.json:
        terminal.show_json(view)
    elif view.mistakes:
        print(terminal.words("config-mistakes"), file=sys.stderr)
        for mistake in view.mistakes:
            print(f"  {mistake.words}", file=sys.stderr)
    elif changes:
        terminal.say(headline, *details)
        for change in changes:
            print(f"  {change.words}")
    else:
        terminal.say("config-same")
    return REFUSED if view.mistakes else OK


def _summary(changes: tuple[api.ChangeView, ...]) -> str:
    return "; ".join(change.words for change in changes)
