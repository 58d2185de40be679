"""What a secret may look like when it is handed in, and how the complaint about it reads.

A telephone's password is typed by people and by phones, so its characters are few (EXT-09).  A
user's password is never handed in in clear by a file: files are copied and mailed.
"""

from __future__ import annotations

import re
from typing import Final, Literal

import msgspec

from firmware.store.form import KEPT, MAKE
from firmware.store.users import COST

Kind = Literal["hashed", "scrypt", "reversible"]


SCRYPT = rf"scrypt\${COST['n']}\${COST['r']}\${COST['p']}\$[0-9a-f]{{32}}\$[0-9a-f]{{64}}"


class SecretForm(msgspec.Struct, frozen=True):
    says: tuple[str, str]
    pattern: re.Pattern[str]


FORMS: Final[dict[Kind, SecretForm]] = {
    "hashed": SecretForm(
        (
            'text: 8 to 64 letters, digits and - _ $ + ! @ # % . *, or "(kept)", or "(new)"',
            "文本：8 至 64 个字母、数字和 - _ $ + ! @ # % . *，或 “(kept)”，或 “(new)”",
        ),
        re.compile(r"[A-Za-z0-9_$+!@#%.*-]{8,64}"),
    ),
    "scrypt": SecretForm(
        (
            'a scrypt hash as "hookswitch hash" prints it, or "(kept)"; never the password itself',
            "由 “hookswitch hash” 得到的 scrypt 散列，或 “(kept)”；不得写明文密码",
        ),
        re.compile(SCRYPT),
    ),
    "reversible": SecretForm(
        ('1 to 128 characters on one line, or "(kept)"', "一行 1 至 128 个字符，或 “(kept)”"),
        re.compile(r"[^\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]{1,128}"),
    ),
}

PASSWORD_RULE = (
    "a password has 8 to 64 letters, digits and - _ $ + ! @ # % . *, at least one letter and one "
    "digit, and at least 6 characters besides the extension number"
)


def fits(kind: Kind, given: object) -> bool:
    return isinstance(given, str) and FORMS[kind].pattern.fullmatch(given) is not None


def may_be_password(text: str, number: str) -> bool:
    """Is this a password that somebody may choose for this extension?"""
    return text not in (KEPT, MAKE) and fits("hashed", text) and strong(text, number)


def strong(password: str, number: str) -> bool:
    has_digit = any(character.isdigit() for character in password)
    has_letter = any(character.isalpha() for character in password)
    return has_digit and has_letter and len(password.replace(number, "")) >= 6
