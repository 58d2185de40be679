"""Backups: made, listed, checked, and put back, by whoever may.

Putting back takes four steps, each only after the one before: a backup of what there is; all of
the archive unpacked and checked to its last row; what is sysd's own put in force as a new version
(so the history stays); what is of jobs handed over in a folder that only sysd can write to.
"""

from __future__ import annotations

import logging
import os
import secrets
import shutil
from collections.abc import Callable
from datetime import datetime
from hmac import compare_digest
from importlib.metadata import version
from pathlib import Path

import msgspec

from firmware.api import backup as api
from firmware.api import sysd
from firmware.store import archive, backup
from firmware.store.archive import BackupError, Manifest
from firmware.store.backup import ConfigurationRow, SecretRow, UserRow, file_name
from firmware.store.database import NOT_SAVED
from firmware.store.trouble import trouble_of
from firmware.sysd.backup_work import Make, Outcome, TakeApart, Work
from firmware.wire.child import Child
from firmware.wire.client import Remote
from firmware.wire.frames import Refused
from firmware.wire.loop import Loop
from firmware.wire.server import Handlers, Later

FOLDER, RESTORE = "backups", "restore"
JOBS_KINDS = ("state", "calls")
KEPT_BEFORE = 3  # automatic backups of what there was

log = logging.getLogger("backups")


class Backups:
    """`allow` raises `Refused` unless this token is of an administrator's session; `apply` puts a
    configuration in force, or says what is wrong with it; `refresh` hands out what is in force
    once more, as its secrets have changed."""

    def __init__(
        self,
        loop: Loop,
        state: Path,
        allow: Callable[[str], object],
        apply: Callable[[sysd.ApplyConfig], sysd.ApplyView],
        refresh: Callable[[], None],
    ) -> None:
        self._loop, self._state, self._firmware = loop, state, version("hookswitch")
        self._allow, self._apply, self._refresh = allow, apply, refresh
        self._folder = state / FOLDER
        self._folder.mkdir(mode=0o700, exist_ok=True)
        for left in self._folder.glob(".*"):  # of a work that was killed
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        self._key = _console_key(state / "run" / api.CONSOLE_KEY)
        self._jobs = Remote(loop, state / "run" / "jobs.sock")
        self._busy = False

    def handlers(self) -> Handlers:
        return {
            api.MakeBackup: self._make,
            api.ListBackups: lambda _: self._list(),
            api.CheckBackup: self._check,
            api.RestoreBackup: self._restore,
        }

    def _may(self, proof: str) -> None:
        if not compare_digest(proof.encode(), self._key.encode()):
            self._allow(proof)

    # -- questions ---------------------------------------------------------------------------------
    def _make(self, ask: api.MakeBackup) -> Later:
        self._may(ask.proof)
        target = self._fresh(file_name(datetime.now()))
        return self._work(
            Make(str(self._state), ask.kinds, str(target), ask.passphrase, self._firmware),
            lambda: self._view(target),
        )

    def _list(self) -> tuple[api.BackupView, ...]:
        files = sorted(self._folder.glob("*.tar.gz"), key=lambda path: -path.stat().st_mtime)
        return tuple(self._view(path) for path in files)

    def _check(self, ask: api.CheckBackup) -> Later:
        work = self._scratch()

        def checked() -> api.BackupView:
            shutil.rmtree(work)
            return self._view(self._folder / ask.name)

        return self._work(self._apart(ask.name, work, ask.passphrase), checked, work)

    def _restore(self, ask: api.RestoreBackup) -> Later:
        self._may(ask.proof)
        work, later = self._scratch(), Later()
        before = self._before()
        make = Make(str(self._state), backup.KINDS, str(before), ask.passphrase, self._firmware)

        def unpacked() -> api.Restored:
            try:
                self._put_back(ask, work)
            finally:
                shutil.rmtree(work)
            return api.Restored(before.name, ask.kinds)

        def kept() -> None:
            apart = self._apart(ask.name, work, ask.passphrase)
            self._work(apart, unpacked, work).then(later.settle)

        self._work(make, kept, work).then(
            lambda value: later.settle(value) if isinstance(value, Refused) else None
        )
        return later

    # -- putting back ------------------------------------------------------------------------------
    def _put_back(self, ask: api.RestoreBackup, work: Path) -> None:
        for kind in ask.kinds:
            if not (work / kind).exists():
                raise Refused("not-in-it", f"{ask.name} does not hold {kind}, or it is sealed")
        if "secrets" in ask.kinds:  # before the configuration, whose "(kept)" mean them
            backup.put_secrets(self._state, archive.read_rows(work / "secrets", SecretRow))
        if "configuration" in ask.kinds:
            for row in archive.read_rows(work / "configuration", ConfigurationRow):
                self._put_configuration(row, ask.name)
        if "secrets" in ask.kinds:
            self._refresh()
        if "users" in ask.kinds:
            backup.put_users(self._state, archive.read_rows(work / "users", UserRow))
        for kind in (kind for kind in ask.kinds if kind in JOBS_KINDS):
            self._hand_over(work / kind)
        log.info("put back from %s: %s", ask.name, ", ".join(ask.kinds))
        self._jobs.ask(api.TakeRestored(), lambda _: None)

    def _put_configuration(self, row: ConfigurationRow, name: str) -> None:
        view = self._apply(sysd.ApplyConfig(row.text, "backup", name))
        if view.mistakes:
            words = "; ".join(mistake.words for mistake in view.mistakes[:5])
            raise Refused("bad-config", f"the configuration in {name} does not fit here: {words}")

    def _hand_over(self, rows: Path) -> None:
        """jobs takes it now, or when it is back."""
        folder = self._state / RESTORE
        folder.mkdir(mode=0o755, exist_ok=True)
        rows.chmod(0o644)
        os.replace(rows, folder / f"{rows.name}.rows")

    # -- the work ----------------------------------------------------------------------------------
    def _apart(self, name: str, work: Path, passphrase: str) -> TakeApart:
        return TakeApart(str(self._folder / name), str(work), passphrase)

    def _work(self, work: Work, then: Callable[[], object], scratch: Path | None = None) -> Later:
        """One at a time; `then` gives the answer after a success (None: somebody else does)."""
        if self._busy:
            if scratch:
                shutil.rmtree(scratch, ignore_errors=True)
            raise Refused("backup-runs", "a backup is being made or put back: wait")
        later, said = Later(), list[bytes]()
        self._busy = True

        def ended(code: int) -> None:
            self._busy = False
            outcome = msgspec.json.decode(said[-1], type=Outcome) if said else None
            if outcome is None or outcome.code:
                if scratch:
                    shutil.rmtree(scratch, ignore_errors=True)
                lost = Outcome("failed", f"it ended with {code}")
                later.settle(Refused((outcome or lost).code, (outcome or lost).text))
                return
            try:
                later.settle(then())
            except (Refused, BackupError) as refused:
                later.settle(Refused(refused.code, str(refused)))
            except NOT_SAVED as error:
                later.settle(Refused(trouble_of(error), str(error)))

        line = msgspec.json.encode(work)
        Child(self._loop, "firmware.sysd.backup_work", line, said.append, ended)
        return later

    def _scratch(self) -> Path:
        work = self._folder / f".apart-{secrets.token_hex(4)}"
        work.mkdir(mode=0o700)
        return work

    def _before(self) -> Path:
        """For a copy of what there is; the oldest such copies go."""
        for old in sorted(self._folder.glob("before-*.tar.gz"))[: -KEPT_BEFORE + 1]:
            old.unlink()
        return self._fresh(f"before-{file_name(datetime.now())}")

    def _fresh(self, name: str) -> Path:
        path, number = self._folder / name, 1
        while path.exists():
            number += 1
            path = self._folder / name.replace(".tar.gz", f"-{number}.tar.gz")
        return path

    def _view(self, path: Path) -> api.BackupView:
        made, size = int(path.stat().st_mtime * 1000), path.stat().st_size
        try:
            manifest = archive.manifest_of(path)
        except BackupError as error:
            return api.BackupView(path.name, made, "", size, (), error.code)
        return api.BackupView(
            path.name, manifest.made, manifest.firmware[:40], size, _parts(manifest)
        )


def _parts(manifest: Manifest) -> tuple[api.PartView, ...]:
    return tuple(
        api.PartView(part.name[:40], part.rows, part.size, part.sealed) for part in manifest.parts
    )


def _console_key(path: Path) -> str:
    """Fresh in every life of sysd."""
    key = secrets.token_urlsafe(32)
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(key)
    return key
