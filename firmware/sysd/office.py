"""Questions of `api/sysd.py` to deeds, deeds to words.

Only the expected comes back as a refusal; a disk that takes nothing is expected too.  What was
applied to be confirmed is watched here: when its time is over it undoes itself, also when sysd was
dead in between.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec

from firmware.api import sysd as api
from firmware.core.site import Extension
from firmware.store import site_text, site_writer
from firmware.store.database import NOT_SAVED
from firmware.store.form import MAKE
from firmware.store.secret_forms import PASSWORD_RULE, may_be_password
from firmware.store.secrets import make_password
from firmware.store.settings import Config
from firmware.sysd.configuration import Configuration, Done
from firmware.sysd.views import change_views, made_views, mistake_views
from firmware.wire.frames import Refused
from firmware.wire.loop import Loop
from firmware.wire.server import Handlers

RETRY_SECONDS = 5.0  # until a disk that took nothing is tried again


class Office:
    def __init__(
        self, loop: Loop, configuration: Configuration, publish: Callable[[object], None]
    ) -> None:
        self._loop, self._configuration, self._publish = loop, configuration, publish
        self._watch()

    def handlers(self) -> Handlers:
        return {
            api.ShowConfig: self._show,
            api.PlanConfig: self._plan,
            api.ApplyConfig: self.apply_text,
            api.ConfirmConfig: self._confirm,
            api.ShowWaiting: lambda _: self._waiting(),
            api.ConfigHistory: self._history,
            api.RollbackConfig: self._rollback,
            api.SetPassword: self._set_password,
            api.AddExtensions: self._add_extensions,
        }

    def in_force(self) -> api.SiteApplied:
        return api.SiteApplied(self._configuration.version)

    # -- questions ---------------------------------------------------------------------------------
    def _show(self, ask: api.ShowConfig) -> api.ConfigView:
        text = self._text(ask.version)
        config = site_text.read_old(text) if ask.lang != "en" else None
        if config:
            text = site_writer.write(config, ask.lang)
        return api.ConfigView(ask.version or self._configuration.version, text)

    def _plan(self, ask: api.PlanConfig) -> api.PlanView:
        config = self._configuration.read(ask.text)
        if isinstance(config, list):
            return api.PlanView(mistake_views(config, ask.lang), ())
        found = change_views(self._configuration.differences(config), ask.lang)
        return api.PlanView((), found, self._diff(config, ask.lang) if ask.diff else "")

    def _diff(self, config: Config, lang: api.Lang) -> str:
        texts = [site_writer.write(each, lang) for each in (self._configuration.config(), config)]
        number = self._configuration.version
        before, after = (text.splitlines(keepends=True) for text in texts)
        return "".join(difflib.unified_diff(before, after, f"version {number}", "plan", n=2))

    def _history(self, ask: api.ConfigHistory) -> tuple[api.VersionView, ...]:
        return tuple(
            api.VersionView(
                version.id, version.utc_ms, version.who, version.why, change_views(found, ask.lang)
            )
            for version, found in self._configuration.history(ask.limit, ask.before)
        )

    def _text(self, version: int) -> str:
        text = self._configuration.text(version)
        if text is None:
            raise Refused("no-such-version", f"there is no version {version}")
        return text

    # -- changes -----------------------------------------------------------------------------------
    def apply_text(self, ask: api.ApplyConfig) -> api.ApplyView:
        return self.put_in_force(ask.text, ask.who, ask.why, ask.lang, ask.confirm_within)

    def _rollback(self, ask: api.RollbackConfig) -> api.ApplyView:
        number = ask.version
        if ask.at:
            number = self._configuration.version_at(ask.at) or 0
            if not number:
                raise Refused("no-such-version", "there was no configuration at that time")
        text, why = self._text(number), f"back to version {number}"
        return self.put_in_force(text, ask.who, why, ask.lang, ask.confirm_within)

    def put_in_force(
        self, text: str, who: str, why: str, lang: api.Lang, confirm_within: int = 0
    ) -> api.ApplyView:
        config = self._configuration.read(text)
        if isinstance(config, list):
            return api.ApplyView(self._configuration.version, mistake_views(config, lang), ())
        return self.apply(config, who, why, lang, confirm_within)

    def apply(
        self, config: Config, who: str, why: str, lang: api.Lang, confirm_within: int = 0
    ) -> api.ApplyView:
        with self._saving():
            done = self._configuration.apply(config, who, why, confirm_within)
        self._watch()
        found = change_views(done.changes, lang)
        seconds = confirm_within if done.changes else 0
        return api.ApplyView(done.version, (), found, made_views(done), seconds)

    def _add_extensions(self, ask: api.AddExtensions) -> api.AddedView:
        """EXT-37: what exists is skipped and told, the others are made."""
        config, first = self._configuration.config(), ask.first
        model = self._model(ask.like)
        if not (first.isascii() and first.isdigit() and 3 <= len(first) <= 6):
            raise Refused("bad-first", "the first number has 3 to 6 digits")
        wanted = [str(int(first) + step).zfill(len(first)) for step in range(ask.count)]
        added = [number for number in wanted if number not in config.site.extensions]
        fresh = {number: msgspec.structs.replace(model, number=number) for number in added}
        extensions = dict(sorted((config.site.extensions | fresh).items()))
        site = msgspec.structs.replace(config.site, extensions=extensions)
        secrets = {("extension", number, "password"): MAKE for number in added}
        grown = Config(site=site, secrets=config.secrets | secrets, notes=config.notes)
        mistakes = self._configuration.check(grown)
        if mistakes:
            views = mistake_views(mistakes, ask.lang)
            return api.AddedView(self._configuration.version, (), (), views, ())
        with self._saving():
            done = self._configuration.apply(grown, ask.who, f"{len(added)} extensions")
        skipped = tuple(number for number in wanted if number not in fresh)
        return api.AddedView(done.version, tuple(added), skipped, (), made_views(done))

    def _model(self, like: str) -> Extension:
        """A SIP extension that others are made like."""
        if not like:
            return Extension("000")
        model = self._configuration.config().site.extensions.get(like)
        if model is None:
            raise Refused("no-such-extension", f"there is no extension {like}")
        return msgspec.structs.replace(model, line=None, name="")

    # -- to be confirmed ---------------------------------------------------------------------------
    def _waiting(self) -> api.WaitingView:
        found = self._configuration.unconfirmed()
        if found is None:
            return api.WaitingView()
        waiting, seconds = found
        return api.WaitingView(waiting.version, waiting.back_to, max(1, round(seconds)))

    def _confirm(self, _: api.ConfirmConfig) -> int:
        if self._configuration.unconfirmed() is None:
            raise Refused("nothing-waits", "nothing waits to be confirmed")
        with self._saving():
            self._configuration.confirm()
        return self._configuration.version

    def _watch(self) -> None:
        found = self._configuration.unconfirmed()
        if found is not None:
            waiting, seconds = found
            self._loop.after(seconds, lambda: self._time_over(waiting.version))

    def _time_over(self, version: int) -> None:
        found = self._configuration.unconfirmed()
        if found is None or found[0].version != version:
            return  # confirmed, or something else was decided
        if found[1] > 0:
            self._watch()  # the clock was set meanwhile
            return
        try:
            done: Done | None = self._configuration.undo()
        except NOT_SAVED:  # a notice says so; it must not stay for that
            self._loop.after(RETRY_SECONDS, lambda: self._time_over(version))
            return
        if done is not None:
            self._publish(self.in_force())

    # -- passwords ---------------------------------------------------------------------------------
    def _set_password(self, ask: api.SetPassword) -> api.PasswordView:
        self._check_password(ask)
        password = ask.password if ask.password is not None else make_password()
        with self._saving():
            version = self._configuration.set_password(ask.extension, password, ask.who)
        return api.PasswordView(version, password if ask.password is None else None)

    def _check_password(self, ask: api.SetPassword) -> None:
        extension = self._configuration.config().site.extensions.get(ask.extension)
        if extension is None:
            raise Refused("no-such-extension", f"there is no extension {ask.extension}")
        if not extension.sip:
            raise Refused("not-sip", f"extension {ask.extension} is analog: it needs no password")
        if ask.password is not None and not may_be_password(ask.password, ask.extension):
            raise Refused("weak-password", PASSWORD_RULE)

    @contextmanager
    def _saving(self) -> Iterator[None]:
        """Announces a new version; a disk that does not take it becomes a refusal."""
        before = self._configuration.version
        try:
            yield
        except NOT_SAVED as error:
            raise Refused("not-saved", f"it could not be saved: {error}") from None
        if self._configuration.version != before:
            self._publish(self.in_force())
