"""`hookswitch backup`: make, list, check and put back."""

from __future__ import annotations

import argparse
import getpass
import shutil
import sys
from pathlib import Path
from typing import get_args

from firmware.api import backup as api
from firmware.tools.parser import Commands, Parser
from firmware.tools.terminal import OK, Terminal, moment

PROCESS = "sysd"
WAIT_SECONDS = 3600.0  # a million call records take minutes
KINDS = get_args(api.Kind)


def add_commands(parser: Parser, commands: Commands) -> None:
    group = parser.command(commands, "backup", "help-backup").group()
    make = parser.command(group, "make", "help-backup-make", run_make)
    make.option("--kind", about="help-backup-kind", action="append", choices=KINDS, default=[])
    make.option("--to", about="help-backup-to", type=Path, metavar="DIR")
    _passphrase_options(make)
    parser.command(group, "list", "help-backup-list", run_list)
    check = parser.command(group, "check", "help-backup-check", run_check)
    check.option("backup", about="help-backup-name", metavar="BACKUP")
    _passphrase_options(check)
    restore = parser.command(group, "restore", "help-backup-restore", run_restore)
    restore.option("backup", about="help-backup-name", metavar="BACKUP")
    restore.option("--kind", about="help-backup-kind", action="append", choices=KINDS, default=[])
    _passphrase_options(restore)


def _passphrase_options(command: Parser) -> None:
    command.option("--passphrase", about="help-passphrase", action="store_true")
    command.option("--passphrase-stdin", about="help-passphrase-stdin", action="store_true")


def run_make(options: argparse.Namespace, state: Path) -> int:
    terminal = Terminal(options)
    kinds = tuple(options.kind) or KINDS
    question = api.MakeBackup(proof(terminal, state), kinds, _passphrase(terminal, options))
    view = terminal.ask(state, PROCESS, question, WAIT_SECONDS)
    file = state / "backups" / view.name
    if options.to:
        file = _copy(terminal, file, options.to / view.name)
    if terminal.json:
        terminal.show_json({"file": str(file), "backup": view})
        return OK
    terminal.say("backup-made", file)
    _show_parts(terminal, view)
    if not question.passphrase and {"secrets", "users"} & set(kinds):
        terminal.say("backup-without-secrets")
    return OK


def run_list(options: argparse.Namespace, state: Path) -> int:
    terminal = Terminal(options)
    views = terminal.ask(state, PROCESS, api.ListBackups())
    if terminal.json:
        terminal.show_json(views)
        return OK
    columns = ("col-backup", "col-when", "col-bytes", "col-holds")
    terminal.table(columns, (_row(terminal, view) for view in views))
    return OK


def _row(terminal: Terminal, view: api.BackupView) -> tuple[object, ...]:
    holds = ", ".join(part.kind for part in view.parts)
    if view.problem:
        holds = terminal.words(f"refused-{view.problem}", view.problem)
    return view.name, moment(view.made), view.size, holds


def run_check(options: argparse.Namespace, state: Path) -> int:
    terminal = Terminal(options)
    name = _name(terminal, state, options.backup)
    question = api.CheckBackup(name, _passphrase(terminal, options))
    view = terminal.ask(state, PROCESS, question, WAIT_SECONDS)
    if terminal.json:
        terminal.show_json(view)
        return OK
    terminal.say("backup-good", view.name, moment(view.made))
    _show_parts(terminal, view)
    return OK


def run_restore(options: argparse.Namespace, state: Path) -> int:
    terminal = Terminal(options)
    name, passphrase = _name(terminal, state, options.backup), _passphrase(terminal, options)
    kinds = tuple(options.kind) or _all_kinds(terminal, state, name, passphrase)
    question = api.RestoreBackup(proof(terminal, state), name, kinds, passphrase)
    done = terminal.ask(state, PROCESS, question, WAIT_SECONDS)
    if terminal.json:
        terminal.show_json(done)
    else:
        terminal.say("backup-restored", name, ", ".join(done.kinds), done.before)
    return OK


def _all_kinds(terminal: Terminal, state: Path, name: str, passphrase: str) -> tuple[api.Kind, ...]:
    """Everything in it that can be opened."""
    for view in terminal.ask(state, PROCESS, api.ListBackups()):
        if view.name == name:
            parts = [part for part in view.parts if passphrase or not part.sealed]
            return tuple(kind for kind in KINDS if kind in {part.kind for part in parts})
    raise terminal.refuse("no-such-backup", name)


# -- helpful things --------------------------------------------------------------------------------
def proof(terminal: Terminal, state: Path) -> str:
    """Who can read the console key may do what root may."""
    path = state / "run" / api.CONSOLE_KEY
    try:
        return path.read_text(encoding="ascii")
    except FileNotFoundError:
        raise terminal.not_running(state, PROCESS) from None
    except OSError:
        raise terminal.refuse("not-root", path) from None


def _name(terminal: Terminal, state: Path, given: str) -> str:
    """A file from elsewhere is put among the others first."""
    if "/" not in given:
        return given
    source = Path(given)
    target = state / "backups" / source.name
    if source.absolute() != target:
        if target.exists():
            raise terminal.refuse("backup-there", source.name)
        _copy(terminal, source, target)
    return source.name


def _copy(terminal: Terminal, source: Path, target: Path) -> Path:
    try:
        shutil.copyfile(source, target)
        target.chmod(0o600)
    except OSError as error:
        raise terminal.refuse("no-write", target, error.strerror) from None
    return target


def _passphrase(terminal: Terminal, options: argparse.Namespace) -> str:
    if options.passphrase_stdin:
        return sys.stdin.readline().rstrip("\n")
    return getpass.getpass(terminal.words("ask-passphrase")) if options.passphrase else ""


def _show_parts(terminal: Terminal, view: api.BackupView) -> None:
    columns = ("col-kind", "col-rows", "col-bytes", "col-sealed")
    yes = terminal.words("sealed")
    rows = ((part.kind, part.rows, part.size, yes if part.sealed else "") for part in view.parts)
    terminal.table(columns, rows)
