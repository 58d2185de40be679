"""Questions to sysd about people: signing in, sessions, users.

sysd alone decides who somebody is and what his session may do; the pages only carry the cookie.
Refusals carry a sentence in the language that was asked for.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

import msgspec
from msgspec import Meta

from firmware.wire.frames import Ask

Lang = Literal["en", "zh"]
Role = Literal["administrator", "operator", "auditor"]
Account = Annotated[str, Meta(min_length=1, max_length=40)]
Password = Annotated[str, Meta(max_length=256)]
Token = Annotated[str, Meta(max_length=128)]
Address = Annotated[str, Meta(max_length=64)]
Words = Annotated[str, Meta(max_length=256)]


class SessionView(msgspec.Struct, frozen=True):
    """Who is there.  `csrf` goes into every form of this session."""

    id: int
    account: str
    name: str
    role: Role
    extension: str
    csrf: str
    started: int  # UTC ms
    seen: int
    address: str
    agent: str


class SignedIn(msgspec.Struct, frozen=True):
    """`token` is the cookie; it is told once and stored nowhere."""

    token: str
    session: SessionView


class UserView(msgspec.Struct, frozen=True):
    account: str
    name: str
    role: Role
    extension: str
    enabled: bool
    created: int


class SignInView(msgspec.Struct, frozen=True):
    """One line of the sign-in log."""

    utc: int
    account: str
    address: str
    outcome: Literal["in", "wrong", "paused", "out", "ended"]


class ShowSetUp(Ask[bool], frozen=True, tag="show-set-up"):
    """Is there no administrator yet?"""

    answer: ClassVar[Any] = bool


class SetUp(Ask[SignedIn], frozen=True, tag="set-up"):
    """The first administrator, who proves with the set-up code to stand beside the box."""

    code: Words
    account: Account
    password: Password
    address: Address
    agent: Words = ""
    lang: Lang = "en"
    answer: ClassVar[Any] = SignedIn


class SignIn(Ask[SignedIn], frozen=True, tag="sign-in"):
    account: Account
    password: Password
    address: Address
    agent: Words = ""
    lang: Lang = "en"
    answer: ClassVar[Any] = SignedIn


class ShowSession(Ask[SessionView], frozen=True, tag="show-session"):
    """Whose cookie is this?  Refused with "no-session" when it is nobody's any more."""

    token: Token
    address: Address = ""
    answer: ClassVar[Any] = SessionView


class SignOut(Ask[None], frozen=True, tag="sign-out"):
    token: Token


class ShowSessions(Ask[tuple[SessionView, ...]], frozen=True, tag="show-sessions"):
    """An administrator sees everybody's, others their own."""

    token: Token
    lang: Lang = "en"
    answer: ClassVar[Any] = tuple[SessionView, ...]


class EndSession(Ask[None], frozen=True, tag="end-session"):
    token: Token
    id: int
    lang: Lang = "en"


class ShowUsers(Ask[tuple[UserView, ...]], frozen=True, tag="show-users"):
    token: Token
    lang: Lang = "en"
    answer: ClassVar[Any] = tuple[UserView, ...]


class AddUser(Ask[UserView], frozen=True, tag="add-user"):
    token: Token
    account: Account
    password: Password
    role: Role
    name: Words = ""
    extension: Annotated[str, Meta(pattern=r"^([0-9]{3,6})?\Z")] = ""
    lang: Lang = "en"
    answer: ClassVar[Any] = UserView


class ChangeUser(Ask[UserView], frozen=True, tag="change-user"):
    """None leaves a thing as it is.  A disabled user's sessions end at once."""

    token: Token
    account: Account
    name: Words | None = None
    role: Role | None = None
    enabled: bool | None = None
    lang: Lang = "en"
    answer: ClassVar[Any] = UserView


class RemoveUser(Ask[None], frozen=True, tag="remove-user"):
    token: Token
    account: Account
    lang: Lang = "en"


class ChangePassword(Ask[None], frozen=True, tag="change-password"):
    """One's own with the old one, or somebody's by an administrator; all his other sessions end."""

    token: Token
    account: Account
    old: Password
    new: Password
    lang: Lang = "en"


class ShowSignIns(Ask[tuple[SignInView, ...]], frozen=True, tag="show-sign-ins"):
    """Newest first; only for administrators and auditors."""

    token: Token
    limit: Annotated[int, Meta(ge=1, le=1000)] = 100
    lang: Lang = "en"
    answer: ClassVar[Any] = tuple[SignInView, ...]
