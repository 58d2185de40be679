"""`hookswitch sim`: the box's front and back - lamps, disks, buttons, card, power."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

from firmware.tools.parser import Parser
from firmware.tools.sim_asking import Args, Result, ask, simple
from hal.sim import messages as m

FIRST_SOCKET = "usb1"  # what plain `usb` means


def _show(_: Args, sock: Path) -> Result:
    front: m.Front = ask(sock, m.Show())
    return dict(msgspec.to_builtins(front))


def _lamps(_: Args, sock: Path) -> Result:
    front: m.Front = ask(sock, m.Show())
    ports = {str(port.line): port.lamp for port in front.ports}
    return {"lamps": {**ports, **front.lamps}}


def _socket(name: str) -> str:
    return FIRST_SOCKET if name == "usb" else name


def _plug(args: Args, sock: Path) -> Result:
    folder = str(args.folder.absolute())
    ask(sock, m.PlugDisk(_socket(args.name), folder, args.label, args.filesystem, args.kind))
    return {}


def _driver(args: Args, sock: Path) -> Result:
    ask(sock, m.Driver(DRIVER[args.does], tuple(args.missing or ())))
    return {}


DRIVER: dict[str, Literal["go", "come", "renumber"]] = {
    "gone": "go",
    "back": "come",
    "renumber": "renumber",
}


def _nothing(_: Parser) -> None: ...


def _plug_arguments(parser: Parser) -> None:
    parser.add_argument("name", metavar="SOCKET")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--label", default="STICK")
    parser.add_argument("--filesystem", default="vfat")
    kinds = ("good", "full", "read-only", "broken")
    parser.add_argument("--kind", choices=kinds, default="good")


def _name_arguments(parser: Parser) -> None:
    parser.add_argument("name")


def _press_arguments(parser: Parser) -> None:
    _name_arguments(parser)
    parser.add_argument("--seconds", type=float, default=0.2)


def _driver_arguments(parser: Parser) -> None:
    parser.add_argument("does", choices=DRIVER)
    parser.add_argument("--missing", type=int, nargs="+", metavar="PORT")


def _module_arguments(parser: Parser) -> None:
    parser.add_argument("line", type=int)
    parser.add_argument("kind", choices=("fxs", "fxo", "none"))


def _power_arguments(parser: Parser) -> None:
    parser.add_argument("what", choices=("cut",))


COMMANDS = {
    "lamps": (_nothing, _lamps),
    "show": (_nothing, _show),
    "plug": (_plug_arguments, _plug),
    "unplug": (_name_arguments, simple(lambda args: m.PullDisk(_socket(args.name)))),
    "press": (
        _press_arguments,
        simple(lambda args: m.PressButton(args.name, round(args.seconds * 1000))),
    ),
    "driver": (_driver_arguments, _driver),
    "module": (_module_arguments, simple(lambda args: m.Module(args.line, args.kind))),
    "power": (_power_arguments, simple(lambda _: m.CutPower())),
}
