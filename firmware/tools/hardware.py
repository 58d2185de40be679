"""`hookswitch hardware`: the ports that were found, the disks, and what is wrong with them."""

from __future__ import annotations

import argparse
import getpass
from pathlib import Path

from firmware.api import hardware as api
from firmware.tools.parser import Commands, Parser
from firmware.tools.terminal import OK, Terminal

GIGABYTE = 1_000_000_000


def add_commands(parser: Parser, commands: Commands) -> None:
    hardware = parser.command(commands, "hardware", "help-hardware")
    group = hardware.group()
    hardware.command(group, "show", "help-hardware-show", run_show)
    hardware.command(group, "take-over", "help-hardware-take-over", run_take_over)
    eject = hardware.command(group, "eject", "help-hardware-eject", run_eject)
    eject.option("disk", about="help-disk", metavar="DISK")


def run_show(options: argparse.Namespace, state: Path) -> int:
    terminal = Terminal(options)
    view = terminal.ask(state, "sysd", api.ShowHardware())
    if terminal.json:
        terminal.show_json(view)
        return OK
    for notice in view.notices:
        terminal.say(f"notice-{notice.code}", notice.about, notice.detail)
    columns = ("col-port", "col-kind", "col-state")
    rows = ((port.line, port.kind.upper(), _state(terminal, port)) for port in view.ports)
    terminal.table(columns, rows)
    for disk in view.disks:
        size, free = disk.size / GIGABYTE, disk.free / GIGABYTE
        terminal.say(f"disk-{disk.state}", disk.name, disk.label, f"{size:.1f}", f"{free:.1f}")
    return OK


def _state(terminal: Terminal, port: api.PortView) -> str:
    word = "port-up" if port.up else "port-down" if port.found else "port-absent"
    return terminal.words(word)


def run_take_over(options: argparse.Namespace, state: Path) -> int:
    terminal = Terminal(options)
    taken = terminal.ask(state, "sysd", api.TakeOverPorts(getpass.getuser()))
    if terminal.json:
        terminal.show_json(taken)
        return OK
    for port in taken:
        terminal.say("port-taken-over", port.line, port.stored.upper(), port.found.upper())
    return OK


def run_eject(options: argparse.Namespace, state: Path) -> int:
    terminal = Terminal(options)
    terminal.ask(state, "sysd", api.EjectDisk(options.disk))
    if terminal.json:
        terminal.show_json(())
        return OK
    terminal.say("disk-ejected", options.disk)
    return OK
