"""`hookswitch sim`: scripted people, and cables between two simulated boxes."""

from __future__ import annotations

from pathlib import Path

import msgspec

from firmware.tools.parser import Parser
from firmware.tools.sim_asking import Args, Result, ask, simple
from firmware.wire.frames import Refused
from hal.sim import messages as m
from hal.sim import patch


def _run(args: Args, sock: Path) -> Result:
    try:
        text = args.file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Refused("bad-script", f"{args.file}: {error}") from None
    ask(sock, m.RunScript(text))
    return {}


def _show(_: Args, sock: Path) -> Result:
    return {"people": msgspec.to_builtins(ask(sock, m.ShowScript()))}


def _connect(args: Args, sock: Path) -> Result:
    """The other box is named by its state folder."""
    other = args.box.absolute() / "run" / patch.SOCKET
    ask(sock, m.Patch(args.line, str(other), args.port))
    return {}


def _nothing(_: Parser) -> None: ...


def _line(parser: Parser) -> None:
    parser.add_argument("line", type=int)


def _file(parser: Parser) -> None:
    parser.add_argument("file", type=Path)


def _connect_arguments(parser: Parser) -> None:
    _line(parser)
    parser.add_argument("box", type=Path, metavar="STATE")
    parser.add_argument("port", type=int)


COMMANDS = {
    "people": (_file, _run),
    "people-show": (_nothing, _show),
    "people-stop": (_nothing, simple(lambda _: m.StopScript())),
    "connect": (_connect_arguments, _connect),
    "disconnect": (_line, simple(lambda args: m.Unpatch(args.line))),
}
