"""A box for SIP tests: callproc, jobs and the simulated hardware on a site made by the test itself.

No sysd: callproc starts from the applied configuration alone, as it does after sysd has died.  So a
test says exactly which profiles, carriers and certificates there are, and `apply` changes them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import msgspec

from firmware.core.site import Extension, SipProfile, Site, Trunk
from firmware.store import applied, secrets
from firmware.store.applied import NO_TLS, Applied, Tls
from firmware.wire.client import Remote
from firmware.wire.loop import Loop
from tests.doubles.driver import Phone
from tests.e2e.box import PATIENCE, ROOT, Box, free_port
from tests.sites import SMALL

PROCESSES = ("sim", "jobs", "callproc")


def password(number: str) -> str:
    return f"secret{number}"


def site_of(
    *sip: str, profiles: Mapping[str, SipProfile] | None = None, trunks: tuple[Trunk, ...] = ()
) -> Site:
    """The handsets of the small site, these SIP extensions, and these carriers."""
    handsets = {number: it for number, it in SMALL.extensions.items() if it.line}
    phones = {
        number: Extension(
            number, f"Phone {number}", None, (profiles or {}).get(number, SipProfile())
        )
        for number in sip
    }
    return msgspec.structs.replace(
        SMALL, extensions=handsets | phones, trunks={trunk.name: trunk for trunk in trunks}
    )


class SipBox(Box):
    """Like a `Box`, less sysd and supervisor."""

    def __init__(
        self,
        state: Path,
        site: Site,
        *,
        addresses: tuple[str, ...] = (),
        trunk_secrets: Mapping[str, str] | None = None,
        tls: Tls = NO_TLS,
        prefix: tuple[str, ...] = (),
    ) -> None:
        self.state, self.site, self.tls = state, site, tls
        self.trunk_secrets = dict(trunk_secrets or {})
        self.addresses = addresses or (f"127.0.0.1:{free_port()}",)
        self.address = self.addresses[0]
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        for folder in ("run", "log"):
            (state / folder).mkdir(parents=True)
        self._write()
        try:
            for name in PROCESSES:
                self._start(name, prefix)
            for name in PROCESSES:
                self._wait_up(name)
        except BaseException:
            self.close()
            raise
        self.news = self.watch("callproc")
        self.front = self.watch("sim")
        self.saved = self.watch("jobs")

    def _write(self) -> None:
        numbers = [number for number, it in self.site.extensions.items() if it.sip]
        credentials = tuple(secrets.digest(number, password(number)) for number in numbers)
        current = Applied(self.site, credentials, self.trunk_secrets, self.tls)
        applied.write(self.state / "applied", current)

    def _start(self, name: str, prefix: tuple[str, ...]) -> None:
        command = [*prefix, sys.executable, "-m", "firmware.main", name]
        command += ["--state", str(self.state), "--board", "sim8"]
        if name == "callproc":
            command += [word for address in self.addresses for word in ("--sip", address)]
        with (self.state / f"log/{name}.log").open("ab") as log:
            self.children[name] = subprocess.Popen(
                command, cwd=ROOT, stdout=log, stderr=log, env={**os.environ, "LANG": "C.UTF-8"}
            )

    def _wait_up(self, name: str) -> None:
        loop = Loop()
        remote = Remote(loop, self.run / f"{name}.sock", on_up=loop.stop)
        loop.after(PATIENCE, loop.stop)
        loop.run()
        assert remote.up, f"{name} did not start\n{self.logs()}"
        remote.close()

    @property
    def supervisor(self) -> int:
        """Whose namespace the box lives in."""
        return self.pid("callproc")

    def pid(self, name: str) -> int:
        return self.children[name].pid

    def close(self) -> None:
        for child in reversed(self.children.values()):
            child.terminate()
        for child in self.children.values():
            child.wait(PATIENCE)

    def phone(self, number: str, **options: str) -> Phone:
        return Phone(number, password(number), self.address, **options)


@contextmanager
def sip_box(site: Site, **more: object) -> Iterator[SipBox]:
    folder = Path(tempfile.mkdtemp(prefix="hs-"))
    box = None
    try:
        box = SipBox(folder / "s", site, **more)  # type: ignore[arg-type]
        yield box
    finally:
        if box:
            box.close()
        shutil.rmtree(folder, ignore_errors=True)
