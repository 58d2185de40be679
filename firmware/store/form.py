"""The shape of the configuration text: every section, key, bound, default and word of help.

Each key is described once, here, by its type: reading, the words of a complaint and the comments
of the written text all come from it.  `allowed` completes the sentence "must be ...".  Nothing
here looks at two keys at once: that is `checks.py`.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, get_args, get_origin

import msgspec
from msgspec import Meta

from firmware.core.site import Site, Timing

KEPT: Final = "(kept)"  # stands in the text for a secret that is stored elsewhere


def says(en: str, zh: str, **bounds: Any) -> Meta:
    """Bounds of a value, and how to say them."""
    return Meta(description=en, extra={"zh": zh}, **bounds)


Number = Annotated[str, says("3 to 6 digits", "3 至 6 位数字", pattern=r"^[0-9]{3,6}\Z")]
Prefix = Annotated[str, says("1 to 6 digits", "1 至 6 位数字", pattern=r"^[0-9]{1,6}\Z")]
Outside = Annotated[str, says("up to 20 digits", "最多 20 位数字", pattern=r"^[0-9]{0,20}\Z")]
Port = Annotated[int, says("a port number from 1 to 400", "1 至 400 的端口号", ge=1, le=400)]
Flag = Annotated[bool, says("true or false", "true 或 false")]
Lines = Annotated[
    tuple[Port, ...],
    says("a list of line ports, the first tried first", "外线端口的列表，按顺序试用", min_length=1),
]
Seconds = Annotated[
    float, says("seconds, from 0.5 to 600", "0.5 至 600 之间的秒数", ge=0.5, le=600)
]
# FCR-05; an analog line rests briefly, or emergency calls would wait; FXO-08
NextDigit = Annotated[float, says("seconds, from 1 to 10", "1 至 10 之间的秒数", ge=1, le=10)]
Rest = Annotated[float, says("seconds, from 0.5 to 5", "0.5 至 5 之间的秒数", ge=0.5, le=5)]
Charging = Annotated[float, says("seconds, from 1 to 99", "1 至 99 之间的秒数", ge=1, le=99)]
Words = Annotated[
    str,
    says(
        "at most 60 characters on one line",
        "一行，最多 60 个字符",
        max_length=60,
        pattern=r"^[^\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]*\Z",
    ),
]
Name = Annotated[
    str,
    says(
        "1 to 40 characters, none of them a dot or a quotation mark",
        "1 至 40 个字符，不含句点和引号",
        max_length=40,
        pattern=r"^[^\x00-\x1f\x7f.\"'\u2028\u2029\ud800-\udfff]+\Z",
    ),
]
Country = Annotated[
    str, says("the two small letters of a country", "国家的两个小写字母", pattern=r"^[a-z]{2}\Z")
]
Zone = Annotated[
    str,
    says(
        'a time zone like "Asia/Shanghai"',
        "时区，例如 “Asia/Shanghai”",
        pattern=r"^([A-Za-z][A-Za-z0-9_+/-]{0,63})?\Z",
    ),
]
Password = Annotated[
    str,
    says(
        'text: 8 to 64 letters, digits and - _ $ + ! @ # % . *, or "(kept)"',
        "文本：8 至 64 个字母、数字和 - _ $ + ! @ # % . *，或 “(kept)”",
        pattern=r"^(\(kept\)|[A-Za-z0-9_$+!@#%.*-]{8,64})\Z",
    ),
]

Emergency = Annotated[
    tuple[Number, ...],
    says(
        "a list of at least one number of 3 to 6 digits",
        "至少含一个号码（3 至 6 位数字）的列表",
        min_length=1,
        max_length=20,
    ),
]
_SITE = {key.name: key.default for key in msgspec.structs.fields(Site)}
_TIMING = Timing()


class SiteSection(msgspec.Struct, frozen=True, kw_only=True):
    name: Words = "Hookswitch"
    country: Country = "cn"
    zone: Zone = ""  # empty: the country's own
    attendant: Number | None = None
    emergency: Emergency = _SITE["emergency"]


class ExtensionEntry(msgspec.Struct, frozen=True, kw_only=True):
    number: Number
    name: Words = ""
    port: Port | None = None
    sip: Flag = False
    password: Password | None = None


class LineEntry(msgspec.Struct, frozen=True, kw_only=True):
    port: Port
    name: Words = ""
    number: Outside = ""


class RouteEntry(msgspec.Struct, frozen=True, kw_only=True):
    name: Name
    prefix: Prefix
    lines: Lines


class TimingSection(msgspec.Struct, frozen=True, kw_only=True):
    first_digit: Seconds = _TIMING.first_digit / 1000
    next_digit: NextDigit = _TIMING.next_digit / 1000
    ring: Seconds = _TIMING.ring / 1000
    outside_ring: Seconds = _TIMING.outside_ring / 1000
    charge_delay: Charging = _TIMING.charge_delay / 1000
    refusal_tone: Seconds = _TIMING.refusal_tone / 1000
    line_release: Rest = _TIMING.line_release / 1000


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """The whole text; tables of one kind are in the order of their ids once `arranged`."""

    site: SiteSection = SiteSection()
    extension: tuple[ExtensionEntry, ...] = ()
    line: tuple[LineEntry, ...] = ()
    route: tuple[RouteEntry, ...] = ()
    timing: TimingSection = TimingSection()


TABLES: Final[dict[str, type[msgspec.Struct]]] = {"site": SiteSection, "timing": TimingSection}
LISTS: Final[dict[str, tuple[type[msgspec.Struct], str]]] = {  # and the key that names an entry
    "extension": (ExtensionEntry, "number"),
    "line": (LineEntry, "port"),
    "route": (RouteEntry, "name"),
}


def arranged(config: Config) -> Config:
    """The one order in which a configuration is written: texts of equal meaning become equal."""
    return msgspec.structs.replace(
        config,
        extension=tuple(sorted(config.extension, key=lambda entry: entry.number)),
        line=tuple(sorted(config.line, key=lambda entry: entry.port)),
    )


def sealed(config: Config) -> tuple[Config, dict[str, str]]:
    """The configuration with `(kept)` for every password that was typed, and those passwords."""
    typed = {
        entry.number: entry.password
        for entry in config.extension
        if entry.password is not None and entry.password != KEPT
    }
    extensions = tuple(
        msgspec.structs.replace(entry, password=KEPT) if entry.number in typed else entry
        for entry in config.extension
    )
    return msgspec.structs.replace(config, extension=extensions), typed


def allowed(kind: Any) -> tuple[str, str]:
    """What a value of this type must be, in English and Chinese."""
    if get_origin(kind) is Annotated:
        meta = next(extra for extra in get_args(kind)[1:] if isinstance(extra, Meta))
        return meta.description or "", (meta.extra or {})["zh"]
    return allowed(get_args(kind)[0])  # an optional key
