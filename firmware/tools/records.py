"""`hookswitch records | explain`: calls that ended, and why they went where they went."""

from __future__ import annotations

import argparse
from pathlib import Path

from firmware.api import jobs as api
from firmware.core.record import CallRecord
from firmware.tools.parser import Commands, Parser
from firmware.tools.terminal import OK, Terminal, moment, printable
from firmware.tools.trail import show_trail


def add_commands(parser: Parser, commands: Commands) -> None:
    records = parser.command(commands, "records", "help-records", run_records)
    records.option("--limit", about="help-limit", type=int, default=20)
    records.option("--before", about="help-before", default="")
    types = ("internal", "incoming", "outgoing")
    records.option("--type", about="help-type", choices=types, default="")
    records.option("--party", about="help-party", default="")
    explain = parser.command(commands, "explain", "help-explain", run_explain)
    explain.option("call", about="help-call", metavar="CALL")


def run_records(options: argparse.Namespace, state: Path) -> int:
    terminal = Terminal(options)
    limit = min(max(options.limit, 1), api.PAGE_LIMIT)
    only = api.CallFilter(type=options.type, party=options.party)
    question = api.ListCalls(limit, options.before, only)
    page = terminal.ask(state, "jobs", question)
    if terminal.json:
        terminal.show_json(page)
        return OK
    columns = (
        "col-call",
        "col-since",
        "col-type",
        "col-caller",
        "col-called",
        "col-final",
        "col-line",
        "col-seconds",
        "col-cause",
    )
    terminal.table(columns, (_row(terminal, call) for call in page.calls))
    if page.next:
        terminal.say("more-records", page.next)
    return OK


def _row(terminal: Terminal, call: CallRecord) -> tuple[object, ...]:
    return (
        call.call,
        moment(call.started),
        terminal.words(f"type-{call.type}"),
        call.caller,
        call.called,
        call.final,
        call.line,
        seconds(call),
        terminal.cause(call.cause),
    )


def run_explain(options: argparse.Namespace, state: Path) -> int:
    terminal = Terminal(options)
    call = terminal.ask(state, "jobs", api.ShowCall(options.call))
    if terminal.json:
        terminal.show_json(call)
        return OK
    who = (printable(call.caller), printable(call.called))
    terminal.say("explain-head", *who, moment(call.started), call.site)
    show_trail(terminal, call.trail)
    final = printable(call.final)
    terminal.say("explain-end", final, seconds(call), terminal.cause(call.cause))
    return OK


def seconds(call: CallRecord) -> int:
    """CDR-05: from connection to end."""
    return (call.ended - call.answered + 500) // 1000 if call.answered else 0
