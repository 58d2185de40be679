"""Who may sign in when nobody can yet."""

from __future__ import annotations

from typing import Annotated

import msgspec

from firmware.core.setting import Form, Setting, Words

Account = Annotated[
    str,
    Form(
        "1 to 32 letters, digits and . _ -",
        "1 至 32 个字母、数字和 . _ -",
        r"^[A-Za-z0-9._-]{1,32}\Z",
    ),
]


class Administrator(msgspec.Struct, frozen=True):
    """Made when the box has no administrator: an installation that nobody attends.

    Afterwards people and their passwords are theirs, and no configuration changes them.
    """

    account: Annotated[Account, Setting("the name to sign in with", "登录名")]
    name: Annotated[Words, Setting("who it is", "姓名")] = ""
