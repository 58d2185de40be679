"""`hookswitch codes`: the code card of the active plan, or of another, for the eye or on paper."""

from __future__ import annotations

import argparse
from pathlib import Path

import msgspec

from firmware.api import callproc as api
from firmware.core import plans
from firmware.features import card
from firmware.tools.parser import Commands, Parser
from firmware.tools.terminal import OK, Terminal


def add_commands(parser: Parser, commands: Commands) -> None:
    codes = parser.command(commands, "codes", "help-codes", run_codes)
    codes.option("--plan", about="help-code-plan", choices=plans.PLANS, default="")
    codes.option("--html", about="help-html", action="store_true")


def run_codes(options: argparse.Namespace, state: Path) -> int:
    terminal = Terminal(options)
    chosen = terminal.ask(state, "callproc", api.ShowPlan())
    if options.plan:
        chosen = msgspec.structs.replace(chosen, plan=options.plan)
    if options.html:
        print(card.page(chosen, terminal.lang))
        return OK
    lines = card.rows(chosen, terminal.lang)
    if terminal.json:
        terminal.show_json({"plan": chosen.plan, "codes": lines})
        return OK
    cells = ((line.row, line.code, line.words, line.note) for line in lines)
    terminal.table(("col-row", "col-code", "col-does", "col-note"), cells)
    return OK
