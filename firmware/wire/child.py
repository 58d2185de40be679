"""A child process that does one long piece of work and says how far it is, line by line.

It is told what to do in one line on its standard input.  The loop never waits for it; it dies with
us.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

from firmware.wire.loop import Loop
from firmware.wire.orphan import PARENT


class Child:
    """`on_line` gets what it says, `on_end` its exit code, below zero the signal that killed it."""

    def __init__(
        self,
        loop: Loop,
        module: str,
        line: bytes,
        on_line: Callable[[bytes], None],
        on_end: Callable[[int], None],
    ) -> None:
        self._loop, self._on_line, self._on_end = loop, on_line, on_end
        self._rest = b""
        self._process = subprocess.Popen(
            [sys.executable, "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, PARENT: str(os.getpid())},
        )
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(line + b"\n")
        self._process.stdin.close()
        self._pipe = self._process.stdout
        os.set_blocking(self._pipe.fileno(), False)
        loop.watch(self._pipe.fileno(), lambda _: self._hear())

    def kill(self) -> None:
        """`on_end` still comes."""
        self._process.kill()

    def _hear(self) -> None:
        data = os.read(self._pipe.fileno(), 65536)
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._on_line(line)
        if not data:
            self._loop.unwatch(self._pipe.fileno())
            self._pipe.close()
            self._on_end(self._process.wait())
