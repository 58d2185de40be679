"""Questions to sysd about backups.

`proof` is the token of an administrator's session, or the console key: a file that only root and
sysd's own user can read.  Names are of files in `STATE/backups`; no path is ever taken from a
question.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

import msgspec

from firmware.wire.frames import Ask

Kind = Literal["configuration", "secrets", "users", "state", "calls"]
Name = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}\.tar\.gz\Z")]
Passphrase = Annotated[str, msgspec.Meta(max_length=256)]
CONSOLE_KEY = "console.key"  # below STATE/run


class PartView(msgspec.Struct, frozen=True):
    kind: str
    rows: int
    size: int
    sealed: bool


class BackupView(msgspec.Struct, frozen=True):
    name: str
    made: int  # UTC ms
    firmware: str
    size: int
    parts: tuple[PartView, ...]
    problem: str = ""  # why it cannot be used, where that can be seen at once


class Restored(msgspec.Struct, frozen=True):
    """`before` is the backup of what there was until now."""

    before: str
    kinds: tuple[str, ...]


class MakeBackup(Ask[BackupView], frozen=True, tag="make-backup"):
    """Without a passphrase, `secrets` and `users` are left out."""

    proof: str
    kinds: tuple[Kind, ...]
    passphrase: Passphrase = ""
    answer: ClassVar[Any] = BackupView


class ListBackups(Ask[tuple[BackupView, ...]], frozen=True, tag="list-backups"):
    """Newest first."""

    answer: ClassVar[Any] = tuple[BackupView, ...]


class CheckBackup(Ask[BackupView], frozen=True, tag="check-backup"):
    """Unpack it and look at every row; refused with what is wrong."""

    name: Name
    passphrase: Passphrase = ""
    answer: ClassVar[Any] = BackupView


class RestoreBackup(Ask[Restored], frozen=True, tag="restore-backup"):
    """Only these kinds.  A backup of what there is comes first; then all is checked; then it
    counts."""

    proof: str
    name: Name
    kinds: tuple[Kind, ...]
    passphrase: Passphrase = ""
    answer: ClassVar[Any] = Restored


class TakeRestored(Ask[None], frozen=True, tag="take-restored"):
    """To jobs: look into `STATE/restore`, where only sysd can put something."""

    answer: ClassVar[Any] = None
