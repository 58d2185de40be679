"""The configuration in force, and the only way to change it.

A change is one new version: its applied file is put down first (a full disk is noticed before
anything is decided), then the secrets and the version are committed, then the file is put in
force.  Killed in between, `settle` at the next start finishes or forgets the change: what
`config.db` says last is what is in force.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import msgspec

from firmware.core.site import Site
from firmware.store import applied, changes, site_text, site_writer
from firmware.store.applied import Applied, Credential
from firmware.store.changes import Change
from firmware.store.checks import Ground
from firmware.store.config import ConfigStore, Version
from firmware.store.database import StoreError
from firmware.store.form import KEPT
from firmware.store.mistakes import Mistake, say
from firmware.store.secrets import Secrets, digest
from firmware.store.settings import Config, SecretId, sealed
from firmware.store.site_build import build

log = logging.getLogger("configuration")

Ports = Mapping[int, Literal["fxs", "fxo"]]


class Configuration:
    def __init__(self, state: Path, ports: Ports) -> None:
        self._store = ConfigStore(state / "config.db")
        self._secrets = Secrets(state / "secrets.db")
        self._folder = state / "applied"
        self._ports = ports
        self._parsed = (0, Config())

    @property
    def version(self) -> int:
        current = self._store.current()
        return current.id if current else 0

    # -- start -------------------------------------------------------------------------------------
    def settle(self, factory: str, file: Path | None) -> None:
        """Begin with something, take over a file that is new, and have the applied file right."""
        if file is not None:
            self._take_over(file)
        if self.version == 0:
            config = self.read(factory)
            if isinstance(config, list):
                raise StoreError("the factory configuration: " + "; ".join(map(say, config)))
            self._change(config, "factory", "first start", None)
        self._apply_again()

    def _take_over(self, file: Path) -> None:
        """A file counts once: what administrators change afterwards stays."""
        try:
            text = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            log.error("%s cannot be read: %s", file, error)
            return
        mark = self._secrets.mark(text)
        if mark == self._store.supplied():
            return
        config = self.read(text)
        if isinstance(config, list):
            for mistake in config:
                log.error("%s: %s", file, say(mistake))
            return
        self._change(config, "file", file.name, mark)

    def _apply_again(self) -> None:
        current = self._current()
        config = self.read(current.text)
        if isinstance(config, list):
            # another board's configuration, say: what was in force stays so until it is mended
            log.error("version %d: %s", current.id, "; ".join(map(say, config)))
            return
        fresh = self._applied(config, current.id, self._secrets.kept())
        if fresh != self._in_force():
            applied.write(self._folder, fresh.site, fresh.credentials)

    # -- questions ---------------------------------------------------------------------------------
    def read(self, text: str) -> Config | list[Mistake]:
        kept: set[SecretId] = {("extension", number, "password") for number in self._secrets.kept()}
        return site_text.read(text, Ground(self._ports, frozenset(kept)))

    def text(self, number: int) -> str | None:
        """The text of a version, 0 for the current one."""
        version = self._store.version(number) if number else self._store.current()
        return version.text if version else None

    def differences(self, config: Config) -> list[Change]:
        return changes.between(self._config(), config)

    def history(self, limit: int) -> list[tuple[Version, list[Change]]]:
        """Newest first, each with what it changed."""
        versions = self._store.history(limit + 1)
        befores = [*versions[1:], None]
        pairs = zip(versions, befores, strict=True)
        return [(new, _between(old, new)) for new, old in pairs][:limit]

    # -- changes -----------------------------------------------------------------------------------
    def apply(self, config: Config, who: str, why: str) -> int:
        """The version in force afterwards: the same as before if nothing changes."""
        if self.differences(config):
            self._change(config, who, why, None)
        return self.version

    def set_password(self, number: str, password: str, who: str) -> int:
        config = self._config()
        secrets = config.secrets | {("extension", number, "password"): password}
        config = msgspec.structs.replace(config, secrets=secrets)
        self._change(config, who, f"password of {number}", None)
        return self.version

    def extension_is_sip(self, number: str) -> bool | None:
        """None if there is no such extension."""
        extension = self._config().site.extensions.get(number)
        return extension.sip if extension else None

    def _change(self, config: Config, who: str, why: str, supplied: bytes | None) -> None:
        config, fresh_secrets = sealed(config, {})
        typed = {number: password for (_, number, _), password in fresh_secrets.items()}
        version = Version(
            self.version + 1, time.time_ns() // 1_000_000, who, why, site_writer.write(config)
        )
        kept = self._secrets.kept() | {number: digest(number, typed[number]) for number in typed}
        fresh = self._applied(config, version.id, kept)
        applied.prepare(self._folder, fresh.site, fresh.credentials)
        if typed:
            self._secrets.keep(typed)
        self._store.add(version, supplied)
        applied.switch(self._folder, version.id)
        log.info("version=%d who=%s why=%s", version.id, who, why)

    def _applied(self, config: Config, number: int, kept: Mapping[str, Credential]) -> Applied:
        site: Site = build(config, number, datetime.now(UTC).year)
        named = [number for (_, number, _), value in config.secrets.items() if value == KEPT]
        return Applied(site, tuple(kept[number] for number in named if number in kept))

    def _in_force(self) -> Applied | None:
        try:
            return applied.read_current(self._folder)
        except StoreError:
            return None

    def _current(self) -> Version:
        current = self._store.current()
        if current is None:
            raise StoreError("there is no configuration yet")
        return current

    def _config(self) -> Config:
        """What is in force; parsed once per version, as a large house takes its time."""
        current = self._current()
        if self._parsed[0] != current.id:
            self._parsed = (current.id, site_text.read_old(current.text) or Config())
        return self._parsed[1]


def _between(old: Version | None, new: Version) -> list[Change]:
    before = (site_text.read_old(old.text) if old else None) or Config()
    after = site_text.read_old(new.text) or Config()
    return changes.between(before, after) if old else []
