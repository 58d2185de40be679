"""`hookswitch records | explain`: calls that ended, and why they went where they went."""

from __future__ import annotations

import argparse
import shutil
import sys
from datetime import datetime
from pathlib import Path
from typing import get_args

import msgspec

from firmware.api import jobs as api
from firmware.core.record import CallRecord, CallType
from firmware.tools.parser import Commands, Parser
from firmware.tools.terminal import OK, Terminal, moment, printable
from firmware.tools.trail import show_trail
from firmware.wire.client import Caller

WAIT_SECONDS = 60.0  # for the next sign of life of an export


def add_commands(parser: Parser, commands: Commands) -> None:
    records = parser.command(commands, "records", "help-records", run_records)
    records.option("--limit", about="help-limit", type=int, default=20)
    records.option("--before", about="help-before", default="")
    records.option("--type", about="help-type", choices=get_args(CallType), default="")
    records.option("--answered", about="help-answered", choices=("answered", "failed"), default="")
    records.option("--caller", about="help-caller", default="")
    records.option("--called", about="help-called", default="")
    records.option("--party", about="help-party", default="")
    records.option("--trunk", about="help-trunk", default="")
    records.option("--pin", about="help-pin", default="")
    records.option("--since", about="help-since", type=utc, default=0)
    records.option("--until", about="help-until", type=utc, default=0)
    records.option("--recorded", about="help-recorded", action="store_true")
    records.option("--order", about="help-order", choices=get_args(api.Order), default="started")
    records.option("--ascending", about="help-ascending", action="store_true")
    records.option("--count", about="help-count", action="store_true")
    records.option("--export", about="help-export", type=Path, metavar="FILE")
    explain = parser.command(commands, "explain", "help-explain", run_explain)
    explain.option("call", about="help-call", metavar="CALL")


def utc(text: str) -> int:
    """A moment as this terminal's clock has it, in UTC ms."""
    return int(datetime.fromisoformat(text).timestamp() * 1000)


def run_records(options: argparse.Namespace, state: Path) -> int:
    terminal = Terminal(options)
    only = _filter(options)
    if options.export:
        return export(terminal, state, options, only)
    if options.count:
        return _count(terminal, state, only)
    page = _page(terminal, state, options, only)
    if terminal.json:
        terminal.show_json(page)
        return OK
    terminal.table(COLUMNS, (_row(terminal, call) for call in page.calls))
    if page.next:
        terminal.say("more-records", page.next)
    return OK


def _filter(options: argparse.Namespace) -> api.CallFilter:
    return api.CallFilter(
        type=options.type,
        state=options.answered,
        caller=options.caller,
        called=options.called,
        party=options.party,
        trunk=options.trunk,
        pin=options.pin,
        since=options.since,
        until=options.until,
        recorded=options.recorded,
    )


def _page(
    terminal: Terminal, state: Path, options: argparse.Namespace, only: api.CallFilter
) -> api.CallPage:
    """A whole page, however often the box has to look for it."""
    limit, calls, before = min(max(options.limit, 1), api.PAGE_LIMIT), list[CallRecord](), ""
    before = options.before
    while True:
        question = api.ListCalls(
            limit - len(calls), before, only, options.order, not options.ascending
        )
        page = terminal.ask(state, "jobs", question)
        calls += page.calls
        before = page.next
        if not before or len(calls) >= limit:
            return api.CallPage(tuple(calls), before)


def _count(terminal: Terminal, state: Path, only: api.CallFilter) -> int:
    count = terminal.ask(state, "jobs", api.CountCalls(only))
    if terminal.json:
        terminal.show_json(count)
    else:
        terminal.say("records-counted" if count.exact else "records-more-than", count.count)
    return OK


COLUMNS = (
    "col-call",
    "col-since",
    "col-type",
    "col-caller",
    "col-called",
    "col-final",
    "col-trunk",
    "col-seconds",
    "col-cause",
)


def _row(terminal: Terminal, call: CallRecord) -> tuple[object, ...]:
    return (
        call.call,
        moment(call.started),
        terminal.words(f"type-{call.type}"),
        call.caller,
        call.called,
        call.final,
        call.trunk or call.line,
        seconds(call),
        terminal.cause(call.cause),
    )


# -- export ----------------------------------------------------------------------------------------
def export(
    terminal: Terminal, state: Path, options: argparse.Namespace, only: api.CallFilter
) -> int:
    file: Path = options.export
    if file.suffix not in (".csv", ".xlsx"):
        raise terminal.refuse("bad-export", file)
    question = api.ExportCalls(
        "csv" if file.suffix == ".csv" else "xlsx",
        only,
        options.order,
        not options.ascending,
        lang=terminal.lang,
    )
    view = _wait(terminal, state, terminal.ask(state, "jobs", question))
    if view.state != "done":
        raise terminal.refuse("export-failed", view.rows)
    try:
        shutil.copyfile(view.file, file)
    except OSError as error:
        raise terminal.refuse("no-write", file, error.strerror) from None
    terminal.ask(state, "jobs", api.CancelExport(view.id))
    if terminal.json:
        terminal.show_json({"file": str(file), "rows": view.rows})
    else:
        terminal.say("exported", view.rows, file)
    return OK


def _wait(terminal: Terminal, state: Path, view: api.ExportView) -> api.ExportView:
    """Look at it until it has ended; a person sees how far it is."""
    watcher = Caller(state / "run" / "jobs.sock", timeout=WAIT_SECONDS)
    try:
        for news in watcher.news():
            body = msgspec.json.decode(news.body, type=api.JobsNews)
            if isinstance(body, api.CallsKept):  # the snapshot: it may have ended before
                body = terminal.ask(state, "jobs", api.ShowExport(view.id))
            if isinstance(body, api.ExportView) and body.id == view.id:
                view = body
                if view.state != "running":
                    break
                if sys.stderr.isatty():
                    print(f"\r{view.rows}", end="", file=sys.stderr, flush=True)
    finally:
        watcher.close()
    return view


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
