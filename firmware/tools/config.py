"""`hookswitch config`: the configuration as one text, and its history."""

from __future__ import annotations

import argparse
import getpass
import sys
from datetime import datetime
from pathlib import Path

from firmware.api import sysd as api
from firmware.tools import manual
from firmware.tools.parser import Commands, Parser
from firmware.tools.terminal import OK, REFUSED, Terminal, moment

SHOWN = 3  # changes of one version in the table of the history; --json has them all


def add_commands(parser: Parser, commands: Commands) -> None:
    group = parser.command(commands, "config", "help-config").group()
    show = parser.command(group, "show", "help-show", run_show)
    show.option("version", about="help-version", type=int, nargs="?", default=0)
    plan = parser.command(group, "plan", "help-plan", run_plan)
    plan.option("file", about="help-file")
    plan.option("--diff", about="help-diff", action="store_true")
    apply = parser.command(group, "apply", "help-apply", run_apply)
    apply.option("file", about="help-file")
    apply.option("--why", about="help-why", default="")
    apply.option("--confirm-within", about="help-confirm-within", default="")
    parser.command(group, "confirm", "help-confirm", run_confirm)
    history = parser.command(group, "history", "help-history", run_history)
    history.option("--limit", about="help-limit", type=int, default=20)
    rollback = parser.command(group, "rollback", "help-rollback", run_rollback)
    rollback.option("to", about="help-back-to")
    rollback.option("--confirm-within", about="help-confirm-within", default="")
    parser.command(group, "example", "help-example", run_example)
    draft = parser.command(group, "draft", "help-draft").group("subsubcommand")
    parser.command(draft, "show", "help-draft-show", run_draft_show)
    put = parser.command(draft, "apply", "help-draft-apply", run_draft_apply)
    put.option("--why", about="help-why", default="")
    put.option("--confirm-within", about="help-confirm-within", default="")
    discard = parser.command(draft, "discard", "help-draft-discard", run_draft_discard)
    discard.option("edit", about="help-edit", type=int, nargs="?", default=0)


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
    text = read_file(terminal, options.file)
    view = terminal.ask(state, "sysd", api.PlanConfig(text, terminal.lang, options.diff))
    if options.diff and not terminal.json and not view.mistakes:
        print(view.diff, end="")
        return OK
    return _show(terminal, view, view.changes, "config-plan")


def run_apply(options: argparse.Namespace, state: Path) -> int:
    terminal = Terminal(options)
    text, seconds = read_file(terminal, options.file), period(terminal, options.confirm_within)
    question = api.ApplyConfig(text, who(), options.why, terminal.lang, seconds)
    return show_applied(terminal, terminal.ask(state, "sysd", question))


def run_confirm(options: argparse.Namespace, state: Path) -> int:
    terminal = Terminal(options)
    version = terminal.ask(state, "sysd", api.ConfirmConfig(who()))
    if terminal.json:
        terminal.show_json({"version": version})
    else:
        terminal.say("config-confirmed", version)
    return OK


def run_rollback(options: argparse.Namespace, state: Path) -> int:
    terminal = Terminal(options)
    seconds = period(terminal, options.confirm_within)
    plain = options.to.isascii() and options.to.isdigit()
    number = int(options.to) if plain else 0
    at = 0 if plain else utc_ms(terminal, options.to)
    question = api.RollbackConfig(number, who(), terminal.lang, at, seconds)
    return show_applied(terminal, terminal.ask(state, "sysd", question))


def run_example(options: argparse.Namespace, _: Path) -> int:
    terminal = Terminal(options)
    print(manual.example(terminal.lang), end="")
    return OK


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


def period(terminal: Terminal, text: str) -> int:
    """`90s`, `5m`, `2h` in seconds; nothing is 0."""
    if not text:
        return 0
    unit = {"s": 1, "m": 60, "h": 3600}.get(text[-1], 0)
    number = text[:-1]
    if not unit or not (number.isascii() and number.isdigit()) or not int(number):
        raise terminal.refuse("bad-period", text)
    return int(number) * unit


def utc_ms(terminal: Terminal, text: str) -> int:
    try:
        return int(datetime.fromisoformat(text).timestamp() * 1000)
    except (ValueError, OverflowError):
        raise terminal.refuse("bad-time", text) from None


def show_applied(terminal: Terminal, view: api.ApplyView) -> int:
    code = _show(terminal, view, view.changes, "config-applied", view.version)
    if not terminal.json:
        show_made(terminal, view.made)
        if view.seconds:
            terminal.say("config-seconds", view.seconds)
    return code


def show_made(terminal: Terminal, made: tuple[api.MadeView, ...]) -> None:
    if made:
        terminal.say("config-made")
        for each in made:
            print(f"  {each.place}  {each.password}")


# -- the draft -------------------------------------------------------------------------------------
def run_draft_show(options: argparse.Namespace, state: Path) -> int:
    terminal = Terminal(options)
    return _show_draft(terminal, terminal.ask(state, "sysd", api.ShowDraft(terminal.lang)))


def run_draft_apply(options: argparse.Namespace, state: Path) -> int:
    terminal = Terminal(options)
    seconds = period(terminal, options.confirm_within)
    question = api.ApplyDraft(who(), options.why, terminal.lang, seconds)
    return show_applied(terminal, terminal.ask(state, "sysd", question))


def run_draft_discard(options: argparse.Namespace, state: Path) -> int:
    terminal = Terminal(options)
    question = api.DiscardDraft(options.edit, who(), terminal.lang)
    return _show_draft(terminal, terminal.ask(state, "sysd", question))


def _show_draft(terminal: Terminal, view: api.DraftView) -> int:
    if terminal.json:
        terminal.show_json(view)
        return OK
    if not view.edits:
        terminal.say("draft-empty")
        return OK
    columns = ("col-edit", "col-when", "col-who", "col-place", "col-key", "col-old", "col-new")
    stale = terminal.words("draft-stale")
    rows = (
        (
            edit.id,
            moment(edit.utc_ms),
            edit.who,
            edit.place,
            edit.key,
            edit.old,
            edit.new,
            stale if edit.stale else "",
        )
        for edit in view.edits
    )
    terminal.table((*columns, "col-note"), rows)
    return _show(terminal, api.PlanView(view.mistakes, view.changes), view.changes, "config-plan")


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
    words = "; ".join(change.words for change in changes[:SHOWN])
    return f"{words}; ... ({len(changes)})" if len(changes) > SHOWN else words
