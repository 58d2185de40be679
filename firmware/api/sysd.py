"""Questions to sysd about the configuration, and the news it publishes.

Sentences come in the language that was asked for; beside them are the plain facts, for programs.
No answer ever holds a secret, except the password that `SetPassword` has just made up.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

import msgspec

from firmware.wire.frames import Ask

Lang = Literal["en", "zh"]


class SiteApplied(msgspec.Struct, frozen=True, tag="site-applied"):
    """This version is in force and in the applied file.  Also the snapshot of the feed."""

    version: int


class MistakeView(msgspec.Struct, frozen=True):
    line: int
    place: str
    code: str
    words: str


class ChangeView(msgspec.Struct, frozen=True):
    kind: str  # added, removed, changed, password-set, password-gone, order
    place: str
    key: str
    old: str
    new: str
    words: str


class PlanView(msgspec.Struct, frozen=True):
    """Either mistakes, or changes; neither: the text says what is in force."""

    mistakes: tuple[MistakeView, ...]
    changes: tuple[ChangeView, ...]


class ApplyView(msgspec.Struct, frozen=True):
    """`version` is what is in force now; with mistakes it is still the old one."""

    version: int
    mistakes: tuple[MistakeView, ...]
    changes: tuple[ChangeView, ...]


class ConfigView(msgspec.Struct, frozen=True):
    version: int
    text: str


class VersionView(msgspec.Struct, frozen=True):
    version: int
    utc_ms: int
    who: str
    why: str
    changes: tuple[ChangeView, ...]  # against the version before


class PasswordView(msgspec.Struct, frozen=True):
    """`password` only if sysd made it up: this is the only time it can be read."""

    version: int
    password: str | None


class ShowConfig(Ask[ConfigView], frozen=True, tag="show-config"):
    """The text of `version`, 0 for what is in force."""

    version: int = 0
    lang: Lang = "en"
    answer: ClassVar[Any] = ConfigView


class PlanConfig(Ask[PlanView], frozen=True, tag="plan-config"):
    """What would this text change?  Changes nothing."""

    text: str
    lang: Lang = "en"
    answer: ClassVar[Any] = PlanView


class ApplyConfig(Ask[ApplyView], frozen=True, tag="apply-config"):
    """All of the text or nothing."""

    text: str
    who: str
    why: str = ""
    lang: Lang = "en"
    answer: ClassVar[Any] = ApplyView


class ConfigHistory(Ask[tuple[VersionView, ...]], frozen=True, tag="config-history"):
    """Newest first."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=500)] = 20
    lang: Lang = "en"
    answer: ClassVar[Any] = tuple[VersionView, ...]


class RollbackConfig(Ask[ApplyView], frozen=True, tag="rollback-config"):
    """A new version with the text of an old one.  Passwords are not rolled back."""

    version: int
    who: str
    lang: Lang = "en"
    answer: ClassVar[Any] = ApplyView


class SetPassword(Ask[PasswordView], frozen=True, tag="set-password"):
    """Give a SIP extension a password; None: make up a strong one and answer with it, once."""

    extension: str
    password: str | None
    who: str
    answer: ClassVar[Any] = PasswordView
