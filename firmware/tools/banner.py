"""Greets once the box answers, or says which process does not start and shows its last words."""

from __future__ import annotations

import os
import shlex
import socket
import sys
import time
from pathlib import Path
from typing import NoReturn

from firmware.tools.supervision import ROOT, Box
from firmware.tools.terminal import Terminal

PATIENCE = 15.0  # s
LOOK_SECONDS = 0.1
TAIL = 8  # lines of a log


def greet(terminal: Terminal, box: Box) -> NoReturn:
    """Ends this process."""
    try:
        late = wait_for(box, PATIENCE)
        if late:
            complain(terminal, box, late)
        else:
            welcome(terminal, box)
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(0)  # nothing of the command that forked us may run twice


def wait_for(box: Box, patience: float) -> str:
    """The first process whose socket did not answer in time; empty when all did."""
    end = time.monotonic() + patience
    for name in box.programs:
        while not _answers(box, name):
            if time.monotonic() >= end or os.getppid() == 1:
                return name
            time.sleep(LOOK_SECONDS)
    return ""


def welcome(terminal: Terminal, box: Box) -> None:
    state = "" if box.state == ROOT / "var" else f" --state {shlex.quote(str(box.state))}"
    commands = ["hookswitch extensions password 201" + state]
    tries = ["hookswitch lines" + state]
    if box.simulated:
        tries = [f"hookswitch sim lift 1{state}", f"hookswitch sim dial 1 102{state}", *tries]
    terminal.say("banner-title")
    rows = [
        ("banner-state", [str(box.state)]),
        ("banner-web", [_url(box)]),
        ("banner-sip", list(box.sip)),
        ("banner-code", [_setup_code(box)]),
        ("banner-try", tries),
        ("banner-phone", commands),
    ]
    for key, lines in rows:
        if any(lines):
            print(f"  {terminal.words(key)}:")
            print("".join(f"    {line}\n" for line in lines), end="")
    terminal.say("banner-stop")


def complain(terminal: Terminal, box: Box, name: str) -> None:
    log = box.log / f"{name}.log"
    print(terminal.words("banner-late", name, round(PATIENCE), log), file=sys.stderr)
    for line in tail(log):
        print(f"  {line}", file=sys.stderr)
    print(terminal.words("banner-retry"), file=sys.stderr)


def tail(log: Path) -> list[str]:
    try:
        return log.read_text(encoding="utf-8", errors="replace").splitlines()[-TAIL:]
    except OSError:
        return []


def _setup_code(box: Box) -> str:
    """It is there only as long as no administrator exists."""
    try:
        return (box.run / "setup-code").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _url(box: Box) -> str:
    return f"https://{box.web.replace('127.0.0.1', 'localhost')}" if box.web else ""


def _answers(box: Box, name: str) -> bool:
    """The pages are asked where browsers ask them, all others on their socket."""
    try:
        if name == "webui":
            host, port = box.web.rsplit(":", 1)
            socket.create_connection((host.strip("[]"), int(port)), timeout=1).close()
            return True
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            probe.connect(str(box.run / f"{name}.sock"))
    except OSError:
        return False
    return True
