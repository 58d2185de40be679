"""The process `sysd`: answers questions about the configuration and carries out decisions.

It has the applied file right before its socket answers, so whoever can ask it can read the file.
Only the expected comes back as a refusal; a full disk is expected too.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from firmware.api import sysd as api
from firmware.store import changes, mistakes, site_text, site_writer
from firmware.store.changes import Change
from firmware.store.database import NOT_SAVED
from firmware.store.mistakes import Mistake
from firmware.store.secret_forms import PASSWORD_RULE, may_be_password
from firmware.store.secrets import Secrets, make_password
from firmware.sysd.configuration import Configuration, Ports
from firmware.sysd.people import People
from firmware.wire.feed import Feed
from firmware.wire.frames import Refused
from firmware.wire.loop import Loop
from firmware.wire.server import Handlers, Server
from hal.board import load_board

SOCKET = "sysd.sock"
FACTORY = Path(__file__).resolve().parent / "factory"


def run(state: Path, board_name: str, config: Path | None) -> None:
    """Own the configuration until SIGTERM."""
    folder = state / "run"
    folder.mkdir(parents=True, exist_ok=True)
    loop = Loop()
    loop.stop_on_signals()
    Sysd(loop, state, load_board(board_name).kinds(), factory_text(board_name), config)
    loop.run()


def factory_text(board_name: str) -> str:
    """What a new box of this kind begins with."""
    own = FACTORY / f"{board_name}.toml"
    return (own if own.is_file() else FACTORY / "any.toml").read_text(encoding="utf-8")


class Sysd:
    def __init__(
        self, loop: Loop, state: Path, ports: Ports, factory: str, config: Path | None
    ) -> None:
        self._configuration = Configuration(state, ports)
        self._configuration.settle(factory, config)
        people = People(loop, state, Secrets(state / "secrets.db"))
        self._feed = Feed(secrets.token_hex(8), self._in_force)
        handlers = {**self.handlers(), **people.handlers()}
        Server(loop, state / "run" / SOCKET, handlers, self._feed)

    def handlers(self) -> Handlers:
        return {
            api.ShowConfig: self._show,
            api.PlanConfig: self._plan,
            api.ApplyConfig: self._apply,
            api.ConfigHistory: self._history,
            api.RollbackConfig: self._rollback,
            api.SetPassword: self._set_password,
        }

    def _in_force(self) -> api.SiteApplied:
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
            return api.PlanView(_mistakes(config, ask.lang), ())
        return api.PlanView((), _changes(self._configuration.differences(config), ask.lang))

    def _history(self, ask: api.ConfigHistory) -> tuple[api.VersionView, ...]:
        return tuple(
            api.VersionView(
                version.id, version.utc_ms, version.who, version.why, _changes(found, ask.lang)
            )
            for version, found in self._configuration.history(ask.limit)
        )

    def _text(self, version: int) -> str:
        text = self._configuration.text(version)
        if text is None:
            raise Refused("no-such-version", f"there is no version {version}")
        return text

    # -- changes -----------------------------------------------------------------------------------
    def _apply(self, ask: api.ApplyConfig) -> api.ApplyView:
        return self._put_in_force(ask.text, ask.who, ask.why, ask.lang)

    def _rollback(self, ask: api.RollbackConfig) -> api.ApplyView:
        text = self._text(ask.version)
        return self._put_in_force(text, ask.who, f"back to version {ask.version}", ask.lang)

    def _put_in_force(self, text: str, who: str, why: str, lang: api.Lang) -> api.ApplyView:
        config = self._configuration.read(text)
        if isinstance(config, list):
            return api.ApplyView(self._configuration.version, _mistakes(config, lang), ())
        found = _changes(self._configuration.differences(config), lang)
        with self._saving():
            version = self._configuration.apply(config, who, why)
        return api.ApplyView(version, (), found)

    def _set_password(self, ask: api.SetPassword) -> api.PasswordView:
        self._check_password(ask)
        password = ask.password if ask.password is not None else make_password()
        with self._saving():
            version = self._configuration.set_password(ask.extension, password, ask.who)
        return api.PasswordView(version, password if ask.password is None else None)

    def _check_password(self, ask: api.SetPassword) -> None:
        sip = self._configuration.extension_is_sip(ask.extension)
        if sip is None:
            raise Refused("no-such-extension", f"there is no extension {ask.extension}")
        if not sip:
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
            self._feed.publish(self._in_force())


def _mistakes(found: list[Mistake], lang: api.Lang) -> tuple[api.MistakeView, ...]:
    return tuple(
        api.MistakeView(mistake.line, mistake.place, mistake.code, mistakes.say(mistake, lang))
        for mistake in found
    )


def _changes(found: list[Change], lang: api.Lang) -> tuple[api.ChangeView, ...]:
    return tuple(
        api.ChangeView(
            change.kind,
            change.place,
            change.key,
            change.old,
            change.new,
            changes.say(change, lang),
        )
        for change in found
    )
