"""What a call's audio costs on the real box: `python -m tests.bench.media --calls 50 --seconds 10`.

Starts a box of its own, registers two phones for every call, lets them talk (PCMU, 20 ms, both
ways) and prints one JSON object for the bridge and one for the relay: CPU seconds of callproc for
each minute of each call, idle cost included, and what became of the packets.  The bridge is
measured with HOOKSWITCH_RELAY=0, which keeps every call in it.  `--server host:port` loads another
PBX instead, with the same extensions and passwords; its CPU is then that of `--pid`.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.bench.agents import Agents, Phone, password
from tests.e2e.box import running_box

HERE = Path(__file__).resolve().parent
FIRST = 1000


def site(extensions: int) -> str:
    entries = [
        f'[[extension]]\nnumber = "{number}"\nsip = true\npassword = "{password(str(number))}"\n'
        for number in range(FIRST, FIRST + extensions)
    ]
    return '[site]\nname = "Load"\ncountry = "cn"\n' + "".join(entries)


@contextmanager
def rtpload(streams: int) -> Iterator[subprocess.Popen[str]]:
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder, "rtpload")
        subprocess.run(["gcc", "-O2", "-o", program, HERE / "rtpload.c"], check=True)
        pipe = subprocess.PIPE
        process = subprocess.Popen([program, str(streams)], stdin=pipe, stdout=pipe, text=True)
        yield process
        assert process.stdin
        process.stdin.close()
        process.wait(10)


def cpu_seconds(pid: int) -> float:
    """Scheduler run time of all threads."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


def set_up(server: tuple[str, int], ports: list[int]) -> list[Phone]:
    """As many phones as there are RTP ports, every two of them in a call."""
    numbers = [str(FIRST + index) for index in range(len(ports))]
    half = len(ports) // 2
    callers, called = Agents(server), Agents(server)
    callers.register(numbers[:half])
    called.register(numbers[half:])
    phones = [*callers.phones.values(), *called.phones.values()]
    for phone, port in zip(phones, ports, strict=True):
        phone.rtp_port = port
    for one, other in zip(numbers[:half], numbers[half:], strict=True):
        dialog = callers.call(one, other)
        while not dialog.done:
            callers.turn(0.002)
            called.turn(0.002)
    return phones


def measure(server: tuple[str, int], pid: int, calls: int, seconds: float) -> dict[str, Any]:
    with rtpload(2 * calls) as load:
        assert load.stdin
        assert load.stdout
        phones = set_up(server, [int(port) for port in load.stdout.readline().split()])
        for index, phone in enumerate(phones):
            assert phone.far
            load.stdin.write(f"to {index} {phone.far[0]} {phone.far[1]}\n")
        load.stdin.write(f"run {seconds} 2\n")
        load.stdin.flush()
        assert load.stdout.readline() == "counting\n"
        begun = cpu_seconds(pid)
        figures: dict[str, Any] = json.loads(load.stdout.readline())
        spent = cpu_seconds(pid) - begun
    figures["cpu_s_per_call_minute"] = round(spent / seconds / calls * 60, 4)
    figures["core_percent"] = round(100 * spent / seconds, 1)
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--server")
    parser.add_argument("--pid", type=int)
    options = parser.parse_args()
    if options.server:
        host, port = options.server.rsplit(":", 1)
        print(json.dumps(measure((host, int(port)), options.pid, options.calls, options.seconds)))
        return
    for way, allowed in (("bridge", "0"), ("relay", "1")):
        os.environ["HOOKSWITCH_RELAY"] = allowed
        with running_box(site(2 * options.calls)) as box:
            host, port = box.address.rsplit(":", 1)
            pid = box.pid("callproc")
            figures = measure((host, int(port)), pid, options.calls, options.seconds)
        print(json.dumps({"way": way, "calls": options.calls, **figures}), flush=True)


if __name__ == "__main__":
    main()
