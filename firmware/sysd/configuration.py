"""The configuration in force, and the only way to change it.

A change is one new version.  Its secrets and its applied file are put down first, where they
count for nothing yet; then the version is committed to `config.db`, and that moment decides; then
the file is put in force.  Killed in between, `settle` at the next start finishes or forgets the
change: what `config.db` says last is what is in force.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import msgspec

from firmware.api.noticeboard import Notices
from firmware.core.site import Site
from firmware.store import applied, changes, site_text, site_writer
from firmware.store.applied import Applied
from firmware.store.changes import Change
from firmware.store.checks import Clashes, Ground, check, no_clashes
from firmware.store.config import ConfigStore, Unconfirmed, Version
from firmware.store.database import NOT_SAVED, StoreError
from firmware.store.form import KEPT
from firmware.store.mistakes import Mistake, say
from firmware.store.places import Places
from firmware.store.rescue import open_or_set_aside
from firmware.store.secrets import SecretId, Secrets, make_password
from firmware.store.settings import Config, sealed, wanted
from firmware.store.site_build import build
from firmware.store.trouble import trouble_of

log = logging.getLogger("configuration")

OwnPlan = Callable[[Site, Site | None], Site]  # the new site, and the one in force
Ports = Mapping[int, Literal["fxs", "fxo"]]
CONFIG, SECRETS, APPLIED = "config.db", "secrets.db", "applied"


def no_plan(site: Site, _: Site | None) -> Site:
    return site


class Done(msgspec.Struct, frozen=True):
    """What came of a change; `made` are the passwords that the box made up, told once."""

    version: int
    changes: list[Change]
    made: dict[SecretId, str] = {}


class Configuration:
    def __init__(
        self,
        state: Path,
        ports: Ports,
        notices: Notices,
        clashes: Clashes = no_clashes,
        own_plan: OwnPlan = no_plan,
    ) -> None:
        self._own_plan = own_plan
        self._notices, self._ports, self._clashes = notices, ports, clashes
        self._folder = state / APPLIED
        self._store, lost = open_or_set_aside(state / CONFIG, ConfigStore)
        self._secrets, lost_secrets = open_or_set_aside(state / SECRETS, Secrets)
        self._parsed = (0, Config())
        if lost_secrets:
            self._notices.say("damaged", SECRETS, lost_secrets.name)
            self._adopt_secrets()
        if lost:
            self._notices.say("damaged", CONFIG, lost.name)
            self._adopt_text()

    @property
    def version(self) -> int:
        current = self._store.current()
        return current.id if current else 0

    @property
    def secrets(self) -> Secrets:
        return self._secrets

    @property
    def store(self) -> ConfigStore:
        return self._store

    # -- start -------------------------------------------------------------------------------------
    def settle(self, factory: str, file: Path | None) -> None:
        """Begin with something, take over a file that is new, and have the applied file right."""
        self._secrets.forget(self.version + 1)
        if file is not None:
            self._take_over(file)
        if self.version == 0:
            config = self.read(factory)
            if isinstance(config, list):
                raise StoreError("the factory configuration: " + "; ".join(map(say, config)))
            self._change(config, "factory", "first start")
        self.apply_again()

    def _adopt_text(self) -> None:
        """`config.db` is lost: go on from the text that lies beside the applied site."""
        found = applied.newest_text(self._folder)
        if found is not None:
            number, text = found
            why = "config.db was damaged; its history is lost"
            self._store.add(Version(number + 1, _now(), "box", why, text))

    def _adopt_secrets(self) -> None:
        """`secrets.db` is lost: what telephones and carriers go by is in the applied file."""
        current = self._in_force()
        if current is not None:
            self._secrets.adopt(current.credentials, current.trunk_secrets)

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
        self._change(config, "file", file.name, supplied=mark)

    def apply_again(self) -> None:
        """Have in the applied file what `config.db` says."""
        current = self._current()
        config = self.read(current.text)
        if isinstance(config, list):
            # another board's configuration, say: what was in force stays so until it is mended
            self._notices.say("refused", CONFIG, "; ".join(map(say, config)))
            return
        self._notices.over(CONFIG, "refused")
        fresh = self._applied(config, current.id)
        if fresh != self._in_force():
            applied.prepare(self._folder, fresh, current.text)
            applied.switch(self._folder, current.id)
        self._notices.over(APPLIED)

    # -- questions ---------------------------------------------------------------------------------
    def read(self, text: str) -> Config | list[Mistake]:
        return site_text.read(text, self._ground())

    def check(self, config: Config) -> list[Mistake]:
        return check(config, self._ground(), Places(""))

    def _ground(self) -> Ground:
        names = self._secrets.names(self.version)
        return Ground(self._ports, names, self._clashes, self._complete)

    def _complete(self, site: Site) -> Site:
        return self._own_plan(site, self.config().site if self.version else None)

    def text(self, number: int) -> str | None:
        """The text of a version, 0 for the current one."""
        version = self._store.version(number) if number else self._store.current()
        return version.text if version else None

    def version_at(self, utc_ms: int) -> int | None:
        version = self._store.at(utc_ms)
        return version.id if version else None

    def stand_on(self, ports: Ports) -> None:
        """The ports that the box really has, once they are known."""
        self._ports = ports

    def administrators(self) -> dict[str, str]:
        """Who is to be administrator where there is none: the hash by account."""
        held = self._secrets.opened("administrator", self.version)
        return {name: held[name] for name in self.config().site.administrators if name in held}

    def differences(self, config: Config) -> list[Change]:
        return changes.between(self.config(), config)

    def history(self, limit: int, before: int) -> list[tuple[Version, list[Change]]]:
        """Newest first, each with what it changed."""
        return [(each, self._store.changes(each.id)) for each in self._store.history(limit, before)]

    def config(self) -> Config:
        """What is in force; parsed once per version, as a large house takes its time."""
        current = self._current()
        if self._parsed[0] != current.id:
            self._parsed = (current.id, site_text.read_old(current.text) or Config())
        return self._parsed[1]

    # -- changes -----------------------------------------------------------------------------------
    def apply(self, config: Config, who: str, why: str, confirm_within: int = 0) -> Done:
        """The version in force afterwards: the same as before if nothing changes."""
        if not self.differences(config):
            return Done(self.version, [])
        return self._change(config, who, why, confirm_within)

    def set_password(self, number: str, password: str, who: str) -> int:
        config = self.config()
        secrets = config.secrets | {("extension", number, "password"): password}
        config = msgspec.structs.replace(config, secrets=secrets)
        return self._change(config, who, f"password of {number}").version

    # -- to be confirmed ---------------------------------------------------------------------------
    def unconfirmed(self) -> tuple[Unconfirmed, float] | None:
        """What waits to be confirmed, and for how many seconds it may still wait.

        A clock that was set back, as on a box without one after a power cut, does not lengthen it
        beyond what was granted."""
        waiting = self._store.unconfirmed()
        if waiting is None:
            return None
        passed = (_now() - waiting.utc_ms) / 1000
        return waiting, min(float(waiting.seconds), max(0.0, waiting.seconds - passed))

    def confirm(self) -> None:
        self._store.confirm()

    def undo(self) -> Done | None:
        """Nobody confirmed: the version before is in force again, with the secrets of then."""
        waiting = self._store.unconfirmed()
        before = self._store.version(waiting.back_to) if waiting else None
        if waiting is None or before is None:
            return None
        config = site_text.read_old(before.text) or Config()
        why = f"version {waiting.version} was not confirmed"
        return self._change(config, "box", why, secrets_of=waiting.back_to)

    def _change(
        self,
        config: Config,
        who: str,
        why: str,
        confirm_within: int = 0,
        supplied: bytes | None = None,
        secrets_of: int = 0,
    ) -> Done:
        before = self._store.current()
        found = self.differences(config) if before else []
        made = {identity: make_password() for identity in wanted(config)}
        config, fresh_secrets = sealed(config, made)
        number, text = self.version + 1, site_writer.write(config)
        try:
            if secrets_of:
                self._secrets.keep_again(secrets_of, number)
            else:
                self._secrets.keep(fresh_secrets, number)
            applied.prepare(self._folder, self._applied(config, number), text)
            waiting = None
            if confirm_within and before:
                waiting = Unconfirmed(number, before.id, _now(), confirm_within)
            self._store.add(Version(number, _now(), who, why, text), found, supplied, waiting)
        except NOT_SAVED as error:
            self._notices.say(trouble_of(error), CONFIG, str(error))
            raise
        self._notices.over(CONFIG)
        self._parsed = (number, config)
        self._put_in_force(number)
        log.info("version=%d who=%s why=%s", number, who, why)
        return Done(number, found, made)

    def _put_in_force(self, number: int) -> None:
        """Decided already: a disk that refuses now is a notice, and `apply_again` mends it."""
        try:
            applied.switch(self._folder, number)
            self._notices.over(APPLIED)
        except OSError as error:
            self._notices.say("not-in-force", APPLIED, str(error))

    def _applied(self, config: Config, number: int) -> Applied:
        site = build(config, number, datetime.now(UTC).year)
        held = self._secrets.credentials(number)
        named = [
            entry
            for (section, entry, _), value in config.secrets.items()
            if section == "extension" and value == KEPT
        ]
        trunks = self._secrets.opened("trunk", number)
        return Applied(
            site,
            tuple(held[entry] for entry in named if entry in held),
            {name: trunks[name] for name in site.trunks if name in trunks},
        )

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


def _now() -> int:
    return time.time_ns() // 1_000_000
