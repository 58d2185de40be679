"""`hookswitch run`: the whole box in this terminal, under supervisord.

It checks what can be checked before anything starts, writes the supervisor's configuration and
becomes the supervisor; a child stays behind to greet as soon as the box answers.  One box per state
folder: a lock goes with the supervisor and is gone when it is, however it ended.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import sys
from pathlib import Path

from firmware.store import site_text
from firmware.store.checks import Ground
from firmware.store.mistakes import say
from firmware.tools.banner import greet
from firmware.tools.listen import addresses, one_address
from firmware.tools.parser import Commands, Parser
from firmware.tools.supervision import ROOT, Box, configuration, unusable
from firmware.tools.terminal import Terminal
from hal.board import Board, BoardError, load_board

LOCK_FD = 3  # supervisord leaves the first descriptors alone, and closes them in its children
FOLDERS = ("run", "log")
WEB = "127.0.0.1:8443"


def add_commands(parser: Parser, commands: Commands) -> None:
    run = parser.command(commands, "run", "help-run", run_box)
    run.option("--board", about="help-board", default=os.environ.get("BOARD", "sim8"))
    run.option("--config", about="help-config-file", default=os.environ.get("CONFIG", ""))
    run.option("--sip", about="help-sip", default=os.environ.get("SIP", ""))
    run.option("--web", about="help-web", default=os.environ.get("WEB", WEB))


def run_box(options: argparse.Namespace, state: Path) -> int:
    terminal = Terminal(options)
    board = _board(terminal, options.board)
    config = _config(terminal, options.config, board)
    sip = addresses(terminal, options.sip)
    _claim(terminal, state)
    web = "" if options.web == "none" else one_address(terminal, options.web)
    box = Box(state, board.name, board.simulated, config, sip, web)
    path = state / "supervisord.conf"
    path.write_text(configuration(box, os.getpid()), encoding="utf-8")
    if os.fork() == 0:
        os.close(LOCK_FD)
        greet(terminal, box)
    os.chdir(ROOT)
    os.execv(sys.executable, [sys.executable, "-m", "supervisor.supervisord", "-c", str(path)])


def _board(terminal: Terminal, name: str) -> Board:
    try:
        return load_board(name)
    except BoardError as error:
        raise terminal.refuse("no-board", error) from None


def _config(terminal: Terminal, name: str, board: Board) -> Path | None:
    """A configuration with mistakes is refused here, where somebody is looking."""
    if not name:
        return None
    path = Path(name).absolute()
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise terminal.refuse("no-file", name, error) from None
    old = site_text.read_old(text)
    # whether a "(kept)" password really is kept, only sysd may know
    kept = frozenset(old.secrets) if old else frozenset()
    found = site_text.read(text, Ground(board.kinds(), kept))
    if isinstance(found, list):
        lines = "".join(f"\n  {say(mistake, terminal.lang)}" for mistake in found)
        raise terminal.refuse("bad-config", name, lines)
    return path


def _claim(terminal: Terminal, state: Path) -> None:
    """Make the folders and take the lock, at the number that survives becoming supervisord."""
    problem = unusable(state)
    if problem:
        raise terminal.refuse(problem, state)
    try:
        for folder in FOLDERS:
            (state / folder).mkdir(mode=0o750, parents=True, exist_ok=True)
        lock = os.open(state / "run" / "lock", os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:
        raise terminal.refuse("no-state", state, error.strerror) from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise terminal.refuse("already-running", state) from None
    (state / "run" / "supervisor.sock").unlink(missing_ok=True)  # of one that was killed
    if lock != LOCK_FD:
        os.dup2(lock, LOCK_FD)
        os.close(lock)
    os.set_inheritable(LOCK_FD, True)
