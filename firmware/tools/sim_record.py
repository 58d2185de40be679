"""`hookswitch sim record on|off FILE`: what was done at the simulator becomes a test.

The file is a scenario as `tests/scenarios` plays them, the configuration in force lies beside it.
What the box has to do is not in it yet: `python -m tests.scenarios.play FILE` writes down what it
does, for somebody to read and to approve.
"""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from firmware.api import callproc
from firmware.api import sysd as sysd_api
from firmware.tools.parser import Parser
from firmware.tools.sim_asking import Args, Away, Result, ask
from firmware.wire.client import Caller
from firmware.wire.frames import Ask, Refused
from hal.sim import messages as m
from hal.sim.scenario import scenario

R = TypeVar("R")


def _record(args: Args, sock: Path) -> Result:
    if args.what == "on":
        ask(sock, m.RecordDeeds(True))
        return {}
    noted: tuple[m.Noted, ...] = ask(sock, m.RecordDeeds(False))
    if not noted:
        raise Refused("not-recording", "nothing was recorded")
    config = _other(sock, "sysd", sysd_api.ShowConfig())
    lines = _other(sock, "callproc", callproc.ShowLines())
    numbers = {line.line: line.number for line in lines if line.kind == "fxs"}
    site = args.file.with_suffix(".toml")
    try:
        site.write_text(config.text, encoding="utf-8")
        args.file.write_text(scenario(noted, numbers, site.name), encoding="utf-8")
    except OSError as error:
        raise Refused("not-saved", f"{args.file}: {error.strerror}") from None
    return {"file": str(args.file), "deeds": len(noted)}


def _other(sock: Path, process: str, question: Ask[R]) -> R:
    try:
        box = Caller(sock.with_name(f"{process}.sock"))
    except OSError:
        raise Away("not-running") from None
    try:
        return box.ask(question)
    finally:
        box.close()


def _arguments(parser: Parser) -> None:
    parser.add_argument("what", choices=("on", "off"))
    parser.add_argument("file", type=Path, nargs="?", default=Path("recorded.call"))


COMMANDS = {"record": (_arguments, _record)}
