"""baresip, a SIP phone that is not ours, inside a network namespace (it refuses the loopback).

It speaks a WAV file's tone and writes what goes through it to WAV files; it is driven over its own
control socket, whose messages are JSON in netstrings.
"""

from __future__ import annotations

import json
import math
import os
import select
import struct
import subprocess
import time
import wave
from pathlib import Path
from typing import Any

PATIENCE = 20.0
MODULES = ("account", "menu", "g711", "aufile", "aubridge", "sndfile", "ctrl_tcp")
CONFIG = """\
sip_listen {address}:{port}
dns_server {address}:53
net_interface {interface}
rtp_ports 16000-16100
audio_source aufile,{folder}/tone.wav
audio_player aubridge,none
audio_alert aubridge,none
ausrc_srate 8000
auplay_srate 8000
snd_path {folder}
ctrl_tcp_listen {address}:{control}
module_path /usr/lib/baresip/modules
"""


class Baresip:
    """`enter` is the command that runs something inside the box's network namespace."""

    def __init__(
        self, folder: Path, enter: list[str], account: str, address: str, interface: str, hz: int
    ) -> None:
        self.folder = folder
        folder.mkdir()
        write_tone(folder / "tone.wav", hz)
        modules = "".join(f"module {name}.so\n" for name in MODULES)
        settings = {"address": address, "interface": interface, "folder": folder}
        text = CONFIG.format(port=5080, control=4444, **settings) + modules
        (folder / "config").write_text(text)
        (folder / "accounts").write_text(account + "\n")
        self._said = b""
        self._process = subprocess.Popen(
            [*enter, "baresip", "-f", str(folder)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        # the control socket lies inside the namespace: a small relay brings it out
        self._relay = subprocess.Popen(
            [*enter, "/usr/bin/python3", "-c", RELAY, address, "4444"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._rest = b""

    def close(self) -> None:
        for process in (self._relay, self._process):
            process.terminate()
            process.wait(PATIENCE)

    def tell(self, command: str, parameters: str = "") -> None:
        body = json.dumps({"command": command, "params": parameters, "token": "t"}).encode()
        assert self._relay.stdin
        self._relay.stdin.write(b"%d:%s," % (len(body), body))
        self._relay.stdin.flush()

    def wait(self, kind: str) -> dict[str, Any]:
        """The next event of that kind."""
        end = time.monotonic() + PATIENCE
        while (left := end - time.monotonic()) > 0:
            message = self._message(left)
            if message.get("type") == kind:
                return message
        raise AssertionError(f"baresip never said {kind}:\n{self.log()}")

    def wait_said(self, text: str) -> None:
        """Until it has printed this; registration happens before its control socket is there."""
        assert self._process.stdout
        output = self._process.stdout.fileno()
        while text.encode() not in self._said:
            assert select.select([output], [], [], PATIENCE)[0], f"not said: {text}\n{self.log()}"
            data = os.read(output, 65536)
            assert data, f"baresip is gone:\n{self.log()}"
            self._said += data

    def log(self) -> str:
        return self._said.decode(errors="replace")[-3000:]

    def heard(self) -> tuple[int, ...]:
        """What it heard during its calls so far, the decoder's side of its recordings."""
        files = sorted(self.folder.glob("dump-*-dec.wav"))
        assert files, f"it recorded nothing: {list(self.folder.iterdir())}"
        with wave.open(str(files[-1])) as file:
            data = file.readframes(file.getnframes())
        return struct.unpack(f"<{len(data) // 2}h", data)

    def _message(self, patience: float) -> dict[str, Any]:
        """The next message; empty when none came in time."""
        assert self._relay.stdout
        output = self._relay.stdout.fileno()
        while True:
            length, colon, rest = self._rest.partition(b":")
            if colon and len(rest) > int(length):
                self._rest = rest[int(length) + 1 :]
                message: dict[str, Any] = json.loads(rest[: int(length)])
                return message
            if not select.select([output], [], [], patience)[0]:
                return {}
            data = os.read(output, 65536)
            assert data, f"baresip is gone:\n{self.log()}"
            self._rest += data


RELAY = """
import os, select, socket, sys, time
end = time.monotonic() + 10
while True:
    try:
        s = socket.create_connection((sys.argv[1], int(sys.argv[2])))
        break
    except OSError:
        if time.monotonic() > end: raise
        time.sleep(0.1)
while True:
    for fd in select.select([0, s.fileno()], [], [])[0]:
        data = os.read(fd, 65536)
        if not data: sys.exit()
        os.write(1 if fd else s.fileno(), data)
"""


def write_tone(path: Path, hz: int, seconds: int = 30) -> None:
    turn = 2 * math.pi * hz / 8000
    samples = [round(8000 * math.sin(turn * n)) for n in range(8000 * seconds)]
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(struct.pack(f"<{len(samples)}h", *samples))
