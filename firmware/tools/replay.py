"""`hookswitch journal save | replay`: a customer's trouble, done again on any desk.

A replay needs no box: it feeds the recorded events to the same call logic and compares effects.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import msgspec

from firmware.api.callproc import SaveJournal
from firmware.core import journal
from firmware.features.catalog import FEATURES
from firmware.routing.resolve import resolve
from firmware.tools.parser import Commands, Parser
from firmware.tools.terminal import OK, REFUSED, Terminal


def add_commands(parser: Parser, commands: Commands) -> None:
    group = parser.command(commands, "journal", "help-journal").group()
    parser.command(group, "save", "help-save", run_save)
    again = parser.command(commands, "replay", "help-replay", run_replay)
    again.option("file", about="help-journal-file", metavar="FILE", type=Path)


def run_save(options: argparse.Namespace, state: Path) -> int:
    terminal = Terminal(options)
    path = terminal.ask(state, "callproc", SaveJournal())
    if terminal.json:
        terminal.show_json({"path": path})
    else:
        terminal.say("journal-saved", path)
    return OK


def run_replay(options: argparse.Namespace, _: Path) -> int:
    terminal = Terminal(options)
    segments = _load(terminal, options.file)
    events = sum(len(moments) for _, moments in segments)
    for snapshot, moments in segments:
        difference = journal.replay(snapshot, moments, resolve, FEATURES)
        if difference is not None:
            _show(terminal, difference)
            return REFUSED
    if terminal.json:
        terminal.show_json({"same": True, "events": events, "segments": len(segments)})
    else:
        terminal.say("replay-same", events, len(segments))
    return OK


def _load(terminal: Terminal, path: Path) -> list[tuple[journal.Snapshot, list[journal.Moment]]]:
    try:
        return journal.load(path.read_bytes())
    except OSError as error:
        raise terminal.refuse("no-file", path, error.strerror) from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise terminal.refuse("not-a-journal", path) from None


def _show(terminal: Terminal, difference: journal.Difference) -> None:
    if terminal.json:
        terminal.show_json({"same": False, "difference": difference})
        return
    terminal.say("replay-differs")
    print(f"  {difference.event}")
    sides: tuple[tuple[str, list[Any]], ...] = (
        ("replay-recorded", difference.recorded),
        ("replay-replayed", difference.replayed),
    )
    for key, effects in sides:
        print(f"  {terminal.words(key)}:")
        for effect in effects:
            print(f"    {effect}")
