"""`hookswitch extensions add | import | export`: many extensions at once.

An import is a text like any other: it is laid on the configuration in force, checked whole, and
applied or refused whole.  What a file does not name stays as it is.
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
import tomllib
from pathlib import Path
from typing import Annotated, get_args, get_origin

import msgspec

from firmware.api import sysd as api
from firmware.store.draft import Edit, laid_on
from firmware.store.form import MAKE, Scalar, sections
from firmware.store.settings import Config, entries
from firmware.store.site_text import read_old
from firmware.store.site_writer import leaves, write
from firmware.store.values import flat
from firmware.tools.config import read_file, show_applied, show_made, who
from firmware.tools.parser import Commands, Parser
from firmware.tools.terminal import OK, REFUSED, Terminal

PART = sections()["extension"]
COLUMNS = [name for name, key in leaves(PART.record) if isinstance(key.shape, Scalar)]


def add_commands(parser: Parser, group: Commands) -> None:
    add = parser.command(group, "add", "help-add", run_add)
    add.option("first", about="help-first")
    add.option("--count", about="help-count", type=int, default=1)
    add.option("--like", about="help-like", default="")
    take = parser.command(group, "import", "help-import", run_import)
    take.option("file", about="help-csv")
    parser.command(group, "export", "help-export", run_export)


def run_add(options: argparse.Namespace, state: Path) -> int:
    terminal = Terminal(options)
    count = min(max(options.count, 1), 2000)
    question = api.AddExtensions(options.first, count, who(), options.like, terminal.lang)
    view = terminal.ask(state, "sysd", question)
    if terminal.json:
        terminal.show_json(view)
    elif view.mistakes:
        for mistake in view.mistakes:
            print(f"  {mistake.words}", file=sys.stderr)
    else:
        terminal.say("extensions-added", _listed(view.added), _listed(view.skipped))
        show_made(terminal, view.made)
    return REFUSED if view.mistakes else OK


def run_export(options: argparse.Namespace, state: Path) -> int:
    terminal = Terminal(options)
    found = entries(_config(terminal, state).site, PART).values()
    rows = [flat(PART.record, entry) for entry in found]
    plain = [{name: _cell(row.get(name, "")) for name in COLUMNS} for row in rows]
    if terminal.json:
        terminal.show_json(plain)
        return OK
    writer = csv.DictWriter(sys.stdout, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(plain)
    return OK


def run_import(options: argparse.Namespace, state: Path) -> int:
    terminal = Terminal(options)
    rows = _rows(terminal, options.file, read_file(terminal, options.file))
    old = _config(terminal, state)
    known = entries(old.site, PART)
    edits = [
        Edit(0, 0, "", PART.name, row["number"], key, None, _toml(key, value) if value else None)
        for row in rows
        for key, value in row.items()
    ]
    fresh = [row["number"] for row in rows if row["number"] not in known and not row.get("port")]
    try:
        text = laid_on(old, edits)
    except ValueError as error:
        raise terminal.refuse("bad-csv", options.file, 1, error) from None
    new = read_old(text)
    if new is not None:
        made = {(PART.name, number, "password"): MAKE for number in fresh}
        whole = msgspec.structs.replace(new, secrets=old.secrets | made, notes=old.notes)
        text = write(whole)
    question = api.ApplyConfig(text, who(), options.file, terminal.lang)
    return show_applied(terminal, terminal.ask(state, "sysd", question))


def _config(terminal: Terminal, state: Path) -> Config:
    return read_old(terminal.ask(state, "sysd", api.ShowConfig()).text) or Config()


def _rows(terminal: Terminal, name: str, text: str) -> list[dict[str, str]]:
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    for column in reader.fieldnames or ():
        if column not in COLUMNS:
            words = terminal.words("csv-columns", column, ", ".join(COLUMNS))
            raise terminal.refuse("bad-csv", name, 1, words)
    rows = [{key: value or "" for key, value in row.items() if key} for row in reader]
    for line, row in enumerate(rows, start=2):
        if not row.get("number"):
            raise terminal.refuse("bad-csv", name, line, terminal.words("csv-number"))
    return rows


def _toml(key: str, cell: str) -> str:
    """A cell as TOML: text in quotes, unless the key takes something else."""
    shape = dict(leaves(PART.record))[key].shape
    kind = getattr(shape, "kind", str)
    kind = get_args(kind)[0] if get_origin(kind) is Annotated else kind
    if kind in (bool, int, float):
        return cell.lower()
    return msgspec.json.encode(cell).decode()


def _cell(text: str) -> str:
    """A value as people write it in a table: no quotes."""
    if text in ("true", "false", ""):
        return text
    return str(tomllib.loads(f"value = {text}")["value"])


def _listed(numbers: tuple[str, ...]) -> str:
    if len(numbers) > 6:
        return f"{numbers[0]} ... {numbers[-1]} ({len(numbers)})"
    return ", ".join(numbers) or "-"
