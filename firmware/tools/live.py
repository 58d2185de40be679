"""`hookswitch status | calls | lines | dryrun`: what the call process sees at this moment."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import msgspec

from firmware.api import callproc as api
from firmware.api import sysd
from firmware.api.notices import Notice, ShowNotices
from firmware.tools.parser import Commands, Parser
from firmware.tools.terminal import OK, REFUSED, CannotDo, Terminal, moment, printable
from firmware.tools.trail import show_foresight
from firmware.tools.words import WORDS
from firmware.wire.frames import Refused


def add_commands(parser: Parser, commands: Commands) -> None:
    parser.command(commands, "status", "help-status", run_status)
    parser.command(commands, "calls", "help-calls", run_calls)
    parser.command(commands, "lines", "help-lines", run_lines)
    dryrun = parser.command(commands, "dryrun", "help-dryrun", run_dryrun)
    dryrun.option("caller", about="help-from", metavar="FROM")
    dryrun.option("digits", about="help-digits", metavar="DIGITS", nargs="?", default="")
    dryrun.option("--at", about="help-at", default="")


def run_status(options: argparse.Namespace, state: Path) -> int:
    terminal = Terminal(options)
    view = terminal.ask(state, "callproc", api.ShowStatus())
    notices = tuple(_notices(terminal, state))
    if terminal.json:
        terminal.show_json({**msgspec.structs.asdict(view), "notices": notices})
        return OK
    rows = (
        ("status-version", view.version),
        ("status-site", view.site),
        ("status-started", moment(view.started)),
        ("status-calls", view.calls),
        ("status-sip", ", ".join(view.sip)),
    )
    terminal.pairs(rows)
    if notices:
        print(f"{terminal.words('status-notices')}:")
    for notice in notices:
        print(f"  {said(terminal, notice)}")
    _show_waiting(terminal, state)
    return OK


def _notices(terminal: Terminal, state: Path) -> Iterator[Notice]:
    """Of those that answer: a process that is dead says nothing, and its log does."""
    for process in ("sysd", "jobs"):
        try:
            yield from terminal.ask(state, process, ShowNotices())
        except (CannotDo, Refused):
            continue


def said(terminal: Terminal, notice: Notice) -> str:
    key = f"notice-{notice.code}"
    if key not in WORDS:
        return f"{notice.about}: {notice.code} {notice.detail}"
    return terminal.words(key, printable(notice.about), printable(notice.detail))


def _show_waiting(terminal: Terminal, state: Path) -> None:
    try:
        waiting = terminal.ask(state, "sysd", sysd.ShowWaiting())
    except (CannotDo, Refused):
        return
    if waiting.version:
        terminal.say("config-waiting", waiting.version, waiting.back_to, waiting.seconds)


def run_calls(options: argparse.Namespace, state: Path) -> int:
    terminal = Terminal(options)
    views = terminal.ask(state, "callproc", api.ShowCalls())
    if terminal.json:
        terminal.show_json(views)
        return OK
    columns = (
        "col-call",
        "col-state",
        "col-type",
        "col-caller",
        "col-called",
        "col-line",
        "col-since",
    )
    rows = (
        (
            view.call,
            terminal.words(f"state-{view.state}"),
            terminal.words(f"type-{view.type}"),
            view.caller,
            view.called,
            view.line,
            moment(view.started),
        )
        for view in views
    )
    terminal.table(columns, rows)
    return OK


def run_lines(options: argparse.Namespace, state: Path) -> int:
    terminal = Terminal(options)
    views = terminal.ask(state, "callproc", api.ShowLines())
    if terminal.json:
        terminal.show_json(views)
        return OK
    columns = ("col-port", "col-kind", "col-state", "col-number", "col-lamp")
    rows = (
        (
            view.line,
            view.kind.upper(),
            terminal.words(f"state-{view.state}"),
            view.number,
            terminal.words(f"lamp-{view.lamp}"),
        )
        for view in views
    )
    terminal.table(columns, rows)
    return OK


def run_dryrun(options: argparse.Namespace, state: Path) -> int:
    terminal = Terminal(options)
    caller = options.caller.replace("line:", "line ")
    question = api.DryRun(caller, options.digits, _moment(terminal, options.at))
    view = terminal.ask(state, "callproc", question)
    if terminal.json:
        terminal.show_json(view)
    else:
        show_foresight(terminal, view)
    return REFUSED if view.outcome == "reject" else OK


def _moment(terminal: Terminal, text: str) -> int:
    """UTC ms; 0 is now."""
    if not text:
        return 0
    try:
        return int(datetime.fromisoformat(text).timestamp() * 1000)
    except (ValueError, OverflowError):
        raise terminal.refuse("bad-time", text) from None
