"""How a setting is declared: once, on the field of the struct whose code uses it.

    tries: Annotated[int, Setting("how often it is tried", "尝试次数", ge=1, le=9)] = 3

From that one line come its key in the configuration text, reading, bounds, complaints, comments,
the plan in words, the manual's chapter and the web form (`firmware/store/form.py` reads it).  The
metadata is data: it checks nothing here and costs nothing when calls are decided.

A field of `Site` with a `Section` is a table of the text, or a list of tables; a field with a
`Setting` is a key.  A field with neither is no setting: it is looked up or counted by the box.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

# `ms` is written in seconds, `clock` (minutes of a day) as "08:30", `weekday` (0: Monday) as "mon"
Unit = Literal["", "ms", "s", "min", "h", "days", "dB", "Hz", "MB", "clock", "weekday"]


class Form(msgspec.Struct, frozen=True):
    """What a value looks like; `en` and `zh` complete the sentence "it must be ...".

    `refers`: it names something that must exist, an entry of that section or a port of that kind;
    the empty text and None name nothing.
    """

    en: str = ""
    zh: str = ""
    pattern: str | None = None
    ge: float | None = None
    le: float | None = None
    min_length: int | None = None
    max_length: int | None = None
    refers: str = ""


class Setting(msgspec.Struct, frozen=True):
    """What a setting is for, in words, and its bounds where its type does not say them.

    `key` is its name in the text, if that differs from the field's.  `default` is for a field that
    has none in its struct.  Bounds of a list: how many items it may have.  `unique` names a pool,
    such as the numbering plan, in which no value may stand twice, whatever its section.
    """

    en: str
    zh: str
    unit: Unit = ""
    key: str = ""
    ge: float | None = None
    le: float | None = None
    min_length: int | None = None
    max_length: int | None = None
    unique: str = ""
    default: str | int | None = None


class Secret(msgspec.Struct, frozen=True):
    """A key whose value is taken out of the text when it is read: the site never holds it.

    `hashed`: only what proves it is kept, so it can never be read again.  `scrypt`: it must be
    handed in as a hash, never in clear.  `reversible`: kept encrypted, because the box must say it.
    """

    en: str
    zh: str
    kind: Literal["hashed", "scrypt", "reversible"] = "hashed"
    key: str = "password"


class Section(msgspec.Struct, frozen=True):
    """A field of `Site` that is a table `[name]`, or a list of tables `[[name]]`.

    `id` is the field by which people call an entry of a list; no two entries share it.
    """

    name: str
    en: str
    zh: str
    id: str = ""
    secrets: tuple[Secret, ...] = ()


# -- forms that many settings share ----------------------------------------------------------------
Number = Annotated[str, Form("3 to 6 digits", "3 至 6 位数字", r"^[0-9]{3,6}\Z")]
Prefix = Annotated[str, Form("1 to 6 digits", "1 至 6 位数字", r"^[0-9]{1,6}\Z")]
PrefixOrNone = Annotated[
    str, Form("1 to 6 digits, or empty", "1 至 6 位数字，或为空", r"^[0-9]{0,6}\Z")
]
Outside = Annotated[str, Form("up to 20 digits", "最多 20 位数字", r"^[0-9]{0,20}\Z")]
Dialed = Annotated[  # what a telephone's keys can dial
    str, Form("1 to 12 of 0-9, * and #", "1 至 12 个 0-9、* 或 #", r"^[0-9*#]{1,12}\Z")
]
ToExtension = Annotated[
    str, Form("the number of an extension", "分机号", r"^([0-9]{3,6})?\Z", refers="extension")
]
Member = Annotated[
    str, Form("the number of an extension", "分机号", r"^[0-9]{3,6}\Z", refers="extension")
]
NumberOrNone = Annotated[
    str, Form("3 to 6 digits, or empty", "3 至 6 位数字，或为空", r"^([0-9]{3,6})?\Z")
]
AnyNumber = Annotated[
    str,
    Form(
        "up to 32 digits, + in front allowed", "最多 32 位数字，可以 + 开头", r"^\+?[0-9]{0,32}\Z"
    ),
]
Target = Annotated[  # where a call is sent, as an extension would dial it
    str, Form("up to 32 of 0-9, * and #", "最多 32 个 0-9、* 或 #", r"^[0-9*#]{0,32}\Z")
]
OutsideDialed = Annotated[
    str, Form("1 to 32 of 0-9, * and #", "1 至 32 个 0-9、* 或 #", r"^[0-9*#]{1,32}\Z")
]
LeadingDigits = Annotated[str, Form("1 to 20 digits", "1 至 20 位数字", r"^[0-9]{1,20}\Z")]
ShortCode = Annotated[str, Form("1 to 4 digits", "1 至 4 位数字", r"^[0-9]{1,4}\Z")]
ClassName = Annotated[  # COS-01, COS-10
    str,
    Form(
        "the name of a class, or two digits like 11",
        "服务等级的名称，或两位数字，如 11",
        r"^[^\x00-\x1f\x7f.\"'\u2028\u2029\ud800-\udfff]*\Z",
        max_length=40,
    ),
]
Language = Annotated[str, Form('"zh", "en" or empty', "“zh”、“en” 或为空", r"^(zh|en)?\Z")]
RowName = Annotated[
    str,
    Form(
        "a row of the catalogue like FC-27",
        "功能码的行号，如 FC-27",
        r"^FC-([0-9]{2}|X2\.[0-9]{1,2})\Z",
    ),
]
CodeCell = Annotated[  # several apart by blanks, a range by a dash
    str,
    Form(
        "codes of 0-9, * and #, apart by blanks; 41-49 for a range",
        "由 0-9、* 和 # 组成的代码，以空格分隔；41-49 表示一段",
        r"^[0-9*# -]{0,60}\Z",
    ),
]
User = Annotated[
    str,
    Form(
        "up to 64 letters, digits and - _ . + ! ~ * ' @",
        "最多 64 个字母、数字和 - _ . + ! ~ * ' @",
        r"^[A-Za-z0-9_.+!~*'@-]{0,64}\Z",
    ),
]
ToDepartment = Annotated[
    str,
    Form(
        "the name of a department",
        "部门名称",
        r"^[^\x00-\x1f\x7f.\"'\u2028\u2029\ud800-\udfff]*\Z",
        refers="department",
    ),
]
ToLine = Annotated[int, Form("the port of an outside line", "外线的端口", refers="line")]
HandsetPort = Annotated[
    int, Form("a port number from 1 to 400", "1 至 400 的端口号", ge=1, le=400, refers="fxs")
]
LinePort = Annotated[
    int, Form("a port number from 1 to 400", "1 至 400 的端口号", ge=1, le=400, refers="fxo")
]
Words = Annotated[
    str,
    Form(
        "at most 60 characters on one line",
        "一行，最多 60 个字符",
        r"^[^\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]*\Z",
        max_length=60,
    ),
]
Name = Annotated[
    str,
    Form(
        "1 to 40 characters, none of them a dot or a quotation mark",
        "1 至 40 个字符，不含句点和引号",
        r"^[^\x00-\x1f\x7f.\"'\u2028\u2029\ud800-\udfff]+\Z",
        max_length=40,
    ),
]
Country = Annotated[
    str, Form("the two small letters of a country", "国家的两个小写字母", r"^[a-z]{2}\Z")
]
Zone = Annotated[
    str,
    Form(
        'a time zone like "Asia/Shanghai"',
        "时区，例如 “Asia/Shanghai”",
        r"^([A-Za-z][A-Za-z0-9_+/-]{0,63})?\Z",
    ),
]
Host = Annotated[
    str,
    Form(
        "a host name or an address, with :port if need be",
        "主机名或地址，必要时加 :端口",
        r"^([A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[0-9a-fA-F:.]{2,45}\])?(:[0-9]{1,5})?\Z",
    ),
]
