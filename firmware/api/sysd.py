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
    kind: str  # added, removed, changed, password-set, password-gone, order, comment
    place: str
    key: str
    old: str
    new: str
    words: str


class PlanView(msgspec.Struct, frozen=True):
    """Either mistakes, or changes; neither: the text says what is in force."""

    mistakes: tuple[MistakeView, ...]
    changes: tuple[ChangeView, ...]
    diff: str = ""


class MadeView(msgspec.Struct, frozen=True):
    """A password that the box made up.  This is the only time it can be read."""

    place: str
    password: str


class ApplyView(msgspec.Struct, frozen=True):
    """`version` is what is in force now; with mistakes it is still the old one.

    `seconds` until it undoes itself unless it is confirmed; 0: it stays.
    """

    version: int
    mistakes: tuple[MistakeView, ...]
    changes: tuple[ChangeView, ...]
    made: tuple[MadeView, ...] = ()
    seconds: int = 0


class WaitingView(msgspec.Struct, frozen=True):
    """`version` goes back to `back_to` in `seconds` unless it is confirmed; 0: nothing waits."""

    version: int = 0
    back_to: int = 0
    seconds: int = 0


class AddedView(msgspec.Struct, frozen=True):
    """What became of adding many; `skipped` were there already."""

    version: int
    added: tuple[str, ...]
    skipped: tuple[str, ...]
    mistakes: tuple[MistakeView, ...]
    made: tuple[MadeView, ...]


class EditView(msgspec.Struct, frozen=True):
    """One wish in the draft: who said it when, and what would become what.

    `stale`: what it wanted to change has been changed by somebody else meanwhile.
    """

    id: int
    utc_ms: int
    who: str
    place: str
    key: str
    old: str
    new: str
    stale: bool


class DraftView(msgspec.Struct, frozen=True):
    edits: tuple[EditView, ...]
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
    """What would this text change?  Changes nothing.  `diff`: also as lines with + and -."""

    text: str
    lang: Lang = "en"
    diff: bool = False
    answer: ClassVar[Any] = PlanView


class ApplyConfig(Ask[ApplyView], frozen=True, tag="apply-config"):
    """All of the text or nothing.  `confirm_within` seconds, or it undoes itself; 0: it stays."""

    text: str
    who: str
    why: str = ""
    lang: Lang = "en"
    confirm_within: Annotated[int, msgspec.Meta(ge=0, le=7 * 86_400)] = 0
    answer: ClassVar[Any] = ApplyView


class ConfirmConfig(Ask[int], frozen=True, tag="confirm-config"):
    """What was applied stays.  Refused with `nothing-waits` when nothing waits to be confirmed."""

    who: str
    answer: ClassVar[Any] = int


class ShowWaiting(Ask[WaitingView], frozen=True, tag="show-waiting"):
    answer: ClassVar[Any] = WaitingView


class AddExtensions(Ask[AddedView], frozen=True, tag="add-extensions"):
    """SIP extensions from `first` upward, each like extension `like`, each with a password that
    the box makes up (EXT-34, EXT-36)."""

    first: str
    count: Annotated[int, msgspec.Meta(ge=1, le=2000)]
    who: str
    like: str = ""
    lang: Lang = "en"
    answer: ClassVar[Any] = AddedView


class EditDraft(Ask[DraftView], frozen=True, tag="edit-draft"):
    """Say what should change: `values` are TOML texts by dotted key, "" for the default.

    `entry` is empty in a table.  Without `values` the entry is taken away (`remove`)."""

    section: str
    entry: str
    who: str
    values: dict[str, str] = msgspec.field(default_factory=dict)
    remove: bool = False
    lang: Lang = "en"
    answer: ClassVar[Any] = DraftView


class ShowDraft(Ask[DraftView], frozen=True, tag="show-draft"):
    lang: Lang = "en"
    answer: ClassVar[Any] = DraftView


class ApplyDraft(Ask[ApplyView], frozen=True, tag="apply-draft"):
    """All that the draft says, or nothing; then the draft is empty."""

    who: str
    why: str = ""
    lang: Lang = "en"
    confirm_within: Annotated[int, msgspec.Meta(ge=0, le=7 * 86_400)] = 0
    answer: ClassVar[Any] = ApplyView


class DiscardDraft(Ask[DraftView], frozen=True, tag="discard-draft"):
    """Take one wish back, or all of them (0)."""

    edit: int
    who: str
    lang: Lang = "en"
    answer: ClassVar[Any] = DraftView


class ConfigHistory(Ask[tuple[VersionView, ...]], frozen=True, tag="config-history"):
    """Newest first; `before`: older than this version."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=500)] = 20
    lang: Lang = "en"
    before: int = 0
    answer: ClassVar[Any] = tuple[VersionView, ...]


class RollbackConfig(Ask[ApplyView], frozen=True, tag="rollback-config"):
    """A new version with the text of an old one: `version`, or what was in force `at` (UTC ms).

    Passwords are not rolled back, and nothing that users have set."""

    version: int
    who: str
    lang: Lang = "en"
    at: int = 0
    confirm_within: Annotated[int, msgspec.Meta(ge=0, le=7 * 86_400)] = 0
    answer: ClassVar[Any] = ApplyView


class SetPassword(Ask[PasswordView], frozen=True, tag="set-password"):
    """Give a SIP extension a password; None: make up a strong one and answer with it, once."""

    extension: str
    password: str | None
    who: str
    answer: ClassVar[Any] = PasswordView
