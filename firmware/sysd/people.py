"""Who somebody is, and what his session may do: signing in, sessions and users.

Promises: no factory password works; a wrong account costs as long as a wrong password; the limits
count before anything is hashed; ending a session, disabling a user or changing his password is
effective with the next question.  There is always an administrator once there has been one.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Mapping
from pathlib import Path

import msgspec

from firmware.api import users as api
from firmware.store.secrets import Secrets
from firmware.store.users import NOBODY, Session, SignIn, User, Users, is_password, make_hash
from firmware.sysd import setup_code
from firmware.sysd.hashing import Hashing
from firmware.sysd.limits import Limits
from firmware.sysd.people_words import refuse
from firmware.wire.loop import Loop
from firmware.wire.server import Handlers, Later

IDLE_MS = 8 * 3_600_000
LONGEST_MS = 7 * 24 * 3_600_000
TOUCH_MS = 600_000  # a session's last use is written this seldom: flash wears
ACCOUNT = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,39}")
FACTORY = {"admin": ("123456", "admin"), "administrator": ("123456", "admin")}
SHORTEST = 8
SET_UP = "set-up code"  # what the limits count wrong codes under


class People:
    def __init__(self, loop: Loop, state: Path, codes: Secrets) -> None:
        self._users = Users(state / "users.db")
        self._codes, self._run = codes, state / "run"
        self._hashing, self._limits = Hashing(loop), Limits()
        self._seen: dict[int, int] = {}
        if self._first():
            setup_code.ensure(codes, self._run)

    def handlers(self) -> Handlers:
        return {
            api.ShowSetUp: lambda _: self._first(),
            api.SetUp: self._set_up,
            api.SignIn: self._sign_in,
            api.ShowSession: lambda ask: self._view(self._session(ask.token, "en")),
            api.SignOut: self._sign_out,
            api.ShowSessions: self._show_sessions,
            api.EndSession: self._end_session,
            api.ShowUsers: self._show_users,
            api.AddUser: self._add_user,
            api.ChangeUser: self._change_user,
            api.RemoveUser: self._remove_user,
            api.ChangePassword: self._change_password,
            api.ShowSignIns: self._show_sign_ins,
        }

    def allow(self, token: str, roles: tuple[str, ...], lang: api.Lang) -> User:
        """Whose session this is, or refused; for everything that needs a right."""
        user = self._user(self._session(token, lang), lang)
        if user.role not in roles:
            raise refuse("forbidden", lang)
        return user

    def begin_with(self, hashes: Mapping[str, str]) -> None:
        """Administrators of an installation that nobody attends; once there is one, nobody."""
        if not hashes or not self._first():
            return
        for account, digest in hashes.items():
            self._users.add(_user(account, "", "administrator", "", digest))
        setup_code.forget(self._run)

    # -- coming in ---------------------------------------------------------------------------------
    def _first(self) -> bool:
        return not any(user.role == "administrator" for user in self._users.all())

    def _set_up(self, ask: api.SetUp) -> Later:
        if not self._first():
            raise refuse("done", ask.lang)
        self._check_pause(SET_UP, ask.address, ask.lang)
        _check_account(ask.account, ask.lang)
        _check_password(ask.account, ask.password, ask.lang)

        def slow() -> str:
            good = self._codes.is_code(setup_code.NAME, ask.code)
            return make_hash(ask.password) if good else ""

        def done(digest: str) -> api.SignedIn:
            if not digest:
                self._limits.wrong(SET_UP, ask.address, time.monotonic())
                self._note(SET_UP, ask.address, "wrong")
                raise refuse("wrong-code", ask.lang)
            if not self._first():
                raise refuse("done", ask.lang)
            self._users.add(_user(ask.account, "", "administrator", "", digest))
            setup_code.forget(self._run)
            return self._come_in(ask.account, ask.address, ask.agent)

        return self._hashing.run(slow, done)

    def _sign_in(self, ask: api.SignIn) -> Later:
        self._check_pause(ask.account, ask.address, ask.lang)
        user = self._users.find(ask.account)
        stored = user.hash if user and user.enabled else NOBODY

        def done(good: bool) -> api.SignedIn:
            if good and user:
                self._limits.right(ask.account, ask.address)
                return self._come_in(ask.account, ask.address, ask.agent)
            left = self._limits.wrong(ask.account, ask.address, time.monotonic())
            self._note(ask.account, ask.address, "wrong")
            if ask.password in FACTORY.get(ask.account.lower(), ()):
                said = f"{ask.account} / {ask.password}"
                raise refuse("factory-password", ask.lang, said)
            raise refuse("wrong", ask.lang, left)

        return self._hashing.run(lambda: is_password(ask.password, stored), done)

    def _check_pause(self, account: str, address: str, lang: api.Lang) -> None:
        pause = self._limits.pause(account, address, time.monotonic())
        if pause > 0:
            self._note(account, address, "paused")
            raise refuse("paused", lang, math.ceil(pause))

    def _come_in(self, account: str, address: str, agent: str) -> api.SignedIn:
        self._users.end_old_sessions(_utc() - IDLE_MS, _utc() - LONGEST_MS)
        token, session = self._users.open_session(account, address, agent, _utc())
        self._note(account, address, "in")
        return api.SignedIn(token, self._view(session))

    def _note(self, account: str, address: str, outcome: str) -> None:
        self._users.note(SignIn(_utc(), account, address, outcome))

    # -- sessions ----------------------------------------------------------------------------------
    def _session(self, token: str, lang: api.Lang) -> Session:
        session = self._users.session(token)
        if session is None:
            raise refuse("no-session", lang)
        now, seen = _utc(), self._seen.get(session.id, session.seen)
        if now - seen > IDLE_MS or now - session.created > LONGEST_MS:
            self._end(session.id)
            raise refuse("no-session", lang)
        self._seen[session.id] = now
        if now - session.seen > TOUCH_MS:
            self._users.touch(session.id, now)
        return session

    def _end(self, session: int) -> None:
        self._users.end_session(session)
        self._seen.pop(session, None)

    def _user(self, session: Session, lang: api.Lang) -> User:
        user = self._users.find(session.account)
        if user is None or not user.enabled:
            raise refuse("no-session", lang)
        return user

    def _view(self, session: Session) -> api.SessionView:
        user = self._user(session, "en")
        seen = self._seen.get(session.id, session.seen)
        return api.SessionView(
            session.id,
            user.account,
            user.name,
            msgspec.convert(user.role, api.Role),
            user.extension,
            session.csrf,
            session.created,
            seen,
            session.address,
            session.agent,
        )

    def _sign_out(self, ask: api.SignOut) -> None:
        session = self._users.session(ask.token)
        if session:
            self._end(session.id)
            self._note(session.account, session.address, "out")

    def _show_sessions(self, ask: api.ShowSessions) -> tuple[api.SessionView, ...]:
        me = self._user(self._session(ask.token, ask.lang), ask.lang)
        account = "" if me.role in ("administrator", "auditor") else me.account
        shown = []
        for session in self._users.sessions(account):
            view = self._view(session)
            own = session.account == me.account
            shown.append(view if own else msgspec.structs.replace(view, csrf=""))
        return tuple(shown)

    def _end_session(self, ask: api.EndSession) -> None:
        me = self._user(self._session(ask.token, ask.lang), ask.lang)
        for session in self._users.sessions():
            if session.id != ask.id:
                continue
            if session.account != me.account and me.role != "administrator":
                break
            self._end(session.id)
            self._note(session.account, session.address, "ended")
            return
        raise refuse("forbidden", ask.lang)

    # -- users -------------------------------------------------------------------------------------
    def _show_users(self, ask: api.ShowUsers) -> tuple[api.UserView, ...]:
        self.allow(ask.token, ("administrator", "auditor"), ask.lang)
        return tuple(_shown(user) for user in self._users.all())

    def _add_user(self, ask: api.AddUser) -> Later:
        self.allow(ask.token, ("administrator",), ask.lang)
        _check_account(ask.account, ask.lang)
        _check_password(ask.account, ask.password, ask.lang)

        def done(digest: str) -> api.UserView:
            if self._users.find(ask.account):
                raise refuse("exists", ask.lang, ask.account)
            user = _user(ask.account, ask.name, ask.role, ask.extension, digest)
            self._users.add(user)
            return _shown(user)

        return self._hashing.run(lambda: make_hash(ask.password), done)

    def _change_user(self, ask: api.ChangeUser) -> api.UserView:
        self.allow(ask.token, ("administrator",), ask.lang)
        user = self._known(ask.account, ask.lang)
        changed = msgspec.structs.replace(
            user,
            name=user.name if ask.name is None else ask.name,
            role=user.role if ask.role is None else ask.role,
            enabled=user.enabled if ask.enabled is None else ask.enabled,
        )
        self._keep_one_administrator(user, changed, ask.lang)
        self._users.change(changed)
        if not changed.enabled:
            self._users.end_sessions(user.account)
        return _shown(changed)

    def _remove_user(self, ask: api.RemoveUser) -> None:
        self.allow(ask.token, ("administrator",), ask.lang)
        user = self._known(ask.account, ask.lang)
        self._keep_one_administrator(user, None, ask.lang)
        self._users.remove(ask.account)

    def _change_password(self, ask: api.ChangePassword) -> Later:
        session = self._session(ask.token, ask.lang)
        me = self._user(session, ask.lang)
        own = me.account == ask.account
        if not own and me.role != "administrator":
            raise refuse("forbidden", ask.lang)
        self._check_pause(ask.account, session.address, ask.lang)
        user = self._known(ask.account, ask.lang)
        _check_password(ask.account, ask.new, ask.lang)

        def slow() -> str:
            good = not own or is_password(ask.old, user.hash)
            return make_hash(ask.new) if good else ""

        def done(digest: str) -> None:
            if not digest:
                self._limits.wrong(ask.account, session.address, time.monotonic())
                raise refuse("wrong-old", ask.lang)
            fresh = self._known(ask.account, ask.lang)
            self._users.change(msgspec.structs.replace(fresh, hash=digest))
            self._users.end_sessions(ask.account, but=session.id if own else 0)

        return self._hashing.run(slow, done)

    def _show_sign_ins(self, ask: api.ShowSignIns) -> tuple[api.SignInView, ...]:
        self.allow(ask.token, ("administrator", "auditor"), ask.lang)
        found = self._users.sign_ins(ask.limit)
        return msgspec.convert(
            [msgspec.structs.asdict(entry) for entry in found], tuple[api.SignInView, ...]
        )

    def _known(self, account: str, lang: api.Lang) -> User:
        user = self._users.find(account)
        if user is None:
            raise refuse("no-such", lang, account)
        return user

    def _keep_one_administrator(self, user: User, changed: User | None, lang: api.Lang) -> None:
        def counts(one: User | None) -> bool:
            return one is not None and one.role == "administrator" and one.enabled

        others = [it for it in self._users.all() if it.account != user.account and counts(it)]
        if counts(user) and not counts(changed) and not others:
            raise refuse("last-administrator", lang, user.account)


def _check_account(account: str, lang: api.Lang) -> None:
    if not ACCOUNT.fullmatch(account):
        raise refuse("bad-account", lang)


def _check_password(account: str, password: str, lang: api.Lang) -> None:
    known = {word for words in FACTORY.values() for word in words}
    poor = len(set(password)) < 3 or password.lower() in (account.lower(), *known)
    if len(password) < SHORTEST or poor:
        raise refuse("weak-password", lang)


def _user(account: str, name: str, role: str, extension: str, digest: str) -> User:
    return User(account, name, role, extension, digest, True, _utc())


def _shown(user: User) -> api.UserView:
    facts = msgspec.structs.asdict(user)
    del facts["hash"]
    return msgspec.convert(facts, api.UserView)


def _utc() -> int:
    return time.time_ns() // 1_000_000
