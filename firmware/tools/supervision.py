"""The supervisor's configuration: which programs make the box, and how they are kept alive.

A program that dies is started again at once; one that keeps dying is tried again and again, each
time a second later.  Logs are bounded.  All programs are ended together, and die with their
supervisor (`wire/orphan.py`).
"""

from __future__ import annotations

import os
import resource
import shlex
import sys
from pathlib import Path

import msgspec

from firmware.wire.orphan import PARENT

ROOT = Path(__file__).resolve().parents[2]
FILES = 8192  # open files: 400 legs with their media sockets
SOCKET_PATH_LIMIT = 107
ODD = '%;"\n\r'  # letters that supervisord's configuration cannot hold in every place
LONGEST_SOCKET = "supervisor.sock.4194304"  # supervisord binds this before it renames it

HEAD = """\
; Written at every start; do not edit.
[supervisord]
nodaemon = true
silent = true
directory = {root}
logfile = {log}/supervisord.log
logfile_maxbytes = 1MB
logfile_backups = 2
pidfile = {run}/supervisord.pid
childlogdir = {log}
minfds = {files}
umask = 027
environment = {parent}="{pid}",PYTHONUNBUFFERED="1"

[unix_http_server]
file = {run}/supervisor.sock
chmod = 0700

[supervisorctl]
serverurl = unix://{run}/supervisor.sock

[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
"""

PROGRAM = """
[program:{name}]
command = {command}
directory = {root}
priority = {priority}
autostart = true
autorestart = true
startsecs = 1
startretries = 1000000
stopasgroup = true
killasgroup = true
stopwaitsecs = 10
redirect_stderr = true
stdout_logfile = {log}/{name}.log
stdout_logfile_maxbytes = 1MB
stdout_logfile_backups = 2
"""


class Box(msgspec.Struct, frozen=True):
    """What is started."""

    state: Path
    board: str
    simulated: bool
    config: Path | None = None
    sip: tuple[str, ...] = ()  # addresses with ports
    web: str = ""  # where the pages are; empty: nowhere

    @property
    def run(self) -> Path:
        return self.state / "run"

    @property
    def log(self) -> Path:
        return self.state / "log"

    @property
    def programs(self) -> tuple[str, ...]:
        """In the order of their start; only the pages may be left out, and they come last."""
        before = ("sim",) if self.simulated else ()
        after = ("webui",) if self.web else ()
        return (*before, "sysd", "jobs", "callproc", *after)


def unusable(state: Path) -> str:
    """Why this state folder cannot be used: a key of words.py, or empty."""
    if len(os.fsencode(state / "run" / LONGEST_SOCKET)) > SOCKET_PATH_LIMIT:
        return "state-too-long"
    if any(character in str(state) for character in ODD):
        return "state-odd"
    return ""


def configuration(box: Box, supervisor: int) -> str:
    """`supervisor` is the process id that supervisord is going to have."""
    values = {"root": ROOT, "log": box.log, "run": box.run}
    head = HEAD.format(**values, files=_files(), parent=PARENT, pid=supervisor)
    programs = (
        PROGRAM.format(**values, name=name, command=_command(box, name), priority=10 + rank)
        for rank, name in enumerate(box.programs)
    )
    return head + "".join(programs)


def _command(box: Box, name: str) -> str:
    words = [sys.executable, "-m", "firmware.main", name]
    words += ["--state", str(box.state), "--board", box.board]
    if name == "sysd" and box.config:
        words += ["--config", str(box.config)]
    if name == "callproc":
        words += [word for address in box.sip for word in ("--sip", address)]
    if name == "webui":
        words += ["--web", box.web]
    return shlex.join(words).replace("%", "%%")  # supervisord expands %(name)s


def _files() -> int:
    """As many as we would like, or as many as this user may have."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
