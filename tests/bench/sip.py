"""What SIP costs: registrations, calls, the delay after dialing, memory.

sipp is every phone: extensions 1000-1999, password `secret<extension>`, one contact each, PCMU.
The call processor is in place, every INVITE proves itself by digest, every call leaves its record.
CPU is that of callproc alone, user and system, from /proc.  Another PBX gets the same load
(`PEER`): what only the box's own process tells is left out then.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from firmware.core.telephones import SipProfile
from tests.e2e.box import free_port
from tests.e2e.sipbox import SipBox, password, sip_box, site_of

LOAD = Path(__file__).parent / "load"
EXTENSIONS = [str(number) for number in range(1000, 2000)]
CALLERS = EXTENSIONS[:500]  # each calls the one 500 above
Figures = dict[str, float]


@contextmanager
def box_of_1000() -> Iterator[SipBox]:
    only_pcmu = dict.fromkeys(EXTENSIONS, SipProfile(codecs=("PCMU",)))
    with sip_box(site_of(*EXTENSIONS, profiles=only_pcmu)) as box:
        yield box


class Process:
    """The process that is measured; none where the box is somebody else's."""

    def __init__(self, pid: int | None) -> None:
        self._pid = pid

    def cpu_ms(self) -> float:
        if self._pid is None:
            return float("nan")
        fields = Path(f"/proc/{self._pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) * 10.0

    def pss_mb(self) -> float:
        if self._pid is None:
            return float("nan")
        for line in Path(f"/proc/{self._pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
        return float("nan")


class Load:
    """sipp against one server; the phones that answer live at one port."""

    def __init__(self, folder: Path, server: str) -> None:
        self._folder, self._server, self._port = folder, server, free_port()
        self._write("register.csv", ([it, login(it), self.phones] for it in EXTENSIONS))
        calls = ([it, login(it), str(int(it) + 500)] for it in CALLERS)
        self._write("caller.csv", calls)

    @property
    def phones(self) -> str:
        return f"127.0.0.1:{self._port}"

    def _write(self, name: str, rows: Iterable[list[str]]) -> None:
        with (self._folder / name).open("w") as file:
            file.write("SEQUENTIAL\n")
            file.writelines(";".join(row) + ";\n" for row in rows)

    def _command(self, scenario: str, count: int, port: int, *more: str) -> list[str]:
        data = self._folder / f"{scenario}.csv"
        command = ["sipp", "-nostdin", "-i", "127.0.0.1", "-p", str(port), "-m", str(count)]
        command += ["-sf", str(LOAD / f"{scenario}.xml"), *more]
        command += ["-inf", str(data)] if data.exists() else []
        return [*command, self._server]

    def run(self, scenario: str, count: int, rate: int, *more: str) -> float:
        """Seconds that it took; raises when anything failed."""
        limits = ["-r", str(rate), "-timeout", "300"]
        command = self._command(scenario, count, free_port(), *limits, *more)
        began = time.monotonic()
        done = subprocess.run(command, cwd=self._folder, capture_output=True, check=False)
        if done.returncode:
            raise SystemExit(f"{scenario}: not all went well\n{done.stderr.decode()[-500:]}")
        return time.monotonic() - began

    @contextmanager
    def answering(self, count: int) -> Iterator[None]:
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        command = self._command("callee", count, self._port, "-mp", "40000")
        phones = subprocess.Popen(command, cwd=self._folder, **quiet)  # type: ignore[call-overload]
        try:
            yield
        finally:
            phones.terminate()
            phones.wait()


def login(extension: str) -> str:
    return f"[authentication username={extension} password={password(extension)}]"


# -- measurements ----------------------------------------------------------------------------------
def registrations(load: Load, box: Process) -> Figures:
    before = box.cpu_ms()
    seconds = load.run("register", len(EXTENSIONS), 3000)
    cpu = (box.cpu_ms() - before) / len(EXTENSIONS)
    return {"registrations_per_s": len(EXTENSIONS) / seconds, "registration_cpu_ms": cpu}


def setups(load: Load, box: Process, count: int, rate: int) -> Figures:
    with load.answering(count):
        before = box.cpu_ms()
        seconds = load.run("caller", count, rate, "-d", "50", "-l", "150", "-mp", "45000")
        cpu = (box.cpu_ms() - before) / count
    return {"setups_per_s": count / seconds, "setup_cpu_ms": cpu, "pss_after_mb": box.pss_mb()}


def post_dial_delay(load: Load, folder: Path, count: int = 100) -> Figures:
    """From the INVITE that proves itself to 180, at five calls a second."""
    for old in folder.glob("caller_*_rtt.csv"):
        old.unlink()
    with load.answering(count):
        load.run("caller", count, 5, "-d", "50", "-trace_rtt", "-rtt_freq", "1", "-mp", "45000")
    [found] = folder.glob("caller_*_rtt.csv")
    rows = [line.split(";") for line in found.read_text().splitlines()[1:]]
    delays = sorted(float(row[1]) for row in rows)
    return {
        "post_dial_p50_ms": delays[len(delays) // 2],
        "post_dial_p99_ms": delays[min(len(delays) - 1, len(delays) * 99 // 100)],
    }
