"""The test's hands on a phone process: give an order, wait for its news.

Every wait has an end and no wait sleeps: it blocks on the phone's own output.
"""

from __future__ import annotations

import base64
import json
import queue
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from tests.doubles.ear import samples_of

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 20.0


class Phone:
    """A `tests.doubles.phone` process."""

    def __init__(self, number: str, password: str, server: str, **options: str) -> None:
        more = [text for key, value in options.items() for text in (f"--{key}", value)]
        self._process = subprocess.Popen(
            [
                sys.executable,
                "-X",
                "faulthandler",
                "-m",
                "tests.doubles.phone",
                number,
                password,
                server,
                *more,
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        self._news: queue.Queue[dict[str, Any]] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()
        self._registered = False
        self.wait("ready")

    def __enter__(self) -> Phone:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin
        if self._registered:
            self.tell("unregister")
            self.wait("registered")
        self._process.stdin.close()
        self._process.wait(PATIENCE)

    def tell(self, do: str, **more: object) -> None:
        assert self._process.stdin
        self._process.stdin.write(json.dumps({"do": do, **more}) + "\n")
        self._process.stdin.flush()

    def wait(self, news: str) -> dict[str, Any]:
        """The next news of that kind; what comes before it is passed over."""
        while True:
            try:
                got = self._news.get(timeout=PATIENCE)
            except queue.Empty:
                raise AssertionError(f"the phone never said {news}") from None
            if got["news"] == news:
                return got

    def register(self) -> int:
        self.tell("register")
        code = int(self.wait("registered")["code"])
        self._registered = code == 200
        return code

    def hear(self, ms: int = 1000) -> tuple[int, ...]:
        self.tell("hear", ms=ms)
        return samples_of(base64.b64decode(self.wait("heard")["pcm"]))

    def _listen(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            if line.startswith("{"):  # pjlib greets before its log level can be set
                self._news.put(json.loads(line))
        self._news.put({"news": "gone"})
