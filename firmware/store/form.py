"""The shape of the configuration text, read from the declarations beside the code that uses them.

`firmware/core/setting.py` says how a setting is declared; here `Site` is walked once, and out comes
what everything else needs: which sections and keys there are, how a value is read and what it must
be, in words.  Nothing is listed here by hand, so nothing can be forgotten here.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from firmware.core.setting import Form, Secret, Section, Setting, Unit
from firmware.core.site import Site
from firmware.store import notation

KEPT: Final = "(kept)"  # stands in the text for a secret that is stored elsewhere
MAKE: Final = "(new)"  # asks the box to make a secret up and to tell it once
HOUSE: Final = "site"  # the table of what is a key of `Site` itself

LONGEST: Final = 2000  # items of a list whose declaration says nothing

Says = tuple[str, str]  # English, Chinese


class Scalar(msgspec.Struct, frozen=True):
    """One value; `kind` is what msgspec checks it against."""

    kind: Any
    says: Says
    unit: Unit = ""  # see `notation.py`
    refers: str = ""


class Record(msgspec.Struct, frozen=True):
    """A struct: its keys in their order."""

    type: Any
    keys: dict[str, Key]


class ListOf(msgspec.Struct, frozen=True):
    item: Shape
    says: Says
    shortest: int = 0
    longest: int = LONGEST


class MapOf(msgspec.Struct, frozen=True):
    """Freely named keys, as in `codes.park = "*20"`."""

    name: Scalar
    item: Shape
    says: Says


Shape = Scalar | Record | ListOf | MapOf


class Key(msgspec.Struct, frozen=True):
    name: str  # in the text
    field: str  # in the struct
    shape: Shape
    setting: Setting
    required: bool
    default: Any = None


class Part(msgspec.Struct, frozen=True):
    """A section of the text.  `id` is the key that names an entry; a table has none."""

    name: str
    field: str  # of `Site`; empty for the house itself
    record: Record
    says: Says
    id: str = ""
    secrets: tuple[Secret, ...] = ()
    keyed: bool = False  # `Site` keeps the entries in a dict

    @property
    def table(self) -> bool:
        return not self.id

    @property
    def id_field(self) -> str:
        return self.record.keys[self.id].field


def sections() -> dict[str, Part]:
    """In the order in which they are written."""
    return _sections()


@cache
def _sections() -> dict[str, Part]:
    house = Part(HOUSE, "", record(Site), ("The house.", "本站点。"))
    found = [house]
    for field, kind, marks, _ in _fields(Site):
        section = next((mark for mark in marks if isinstance(mark, Section)), None)
        if section is not None:
            found.append(_part(field, kind, section))
    return {part.name: part for part in found}


def _part(field: str, kind: Any, section: Section) -> Part:
    says = (section.en, section.zh)
    if not section.id:
        return Part(section.name, field, record(kind), says, secrets=section.secrets)
    keyed = get_origin(kind) is dict
    entry = record(get_args(kind)[1 if keyed else 0])
    key = next(key for key in entry.keys.values() if key.field == section.id)
    named = msgspec.structs.replace(key, required=True, default=None)  # nothing is without a name
    entry = Record(entry.type, entry.keys | {key.name: named})
    return Part(section.name, field, entry, says, key.name, section.secrets, keyed)


@cache
def record(kind: type[msgspec.Struct]) -> Record:
    """The keys of a struct: its fields with a `Setting`."""
    known = {info.name: info for info in msgspec.structs.fields(kind)}
    keys: dict[str, Key] = {}
    for field, bare, marks, nullable in _fields(kind):
        setting = next((mark for mark in marks if isinstance(mark, Setting)), None)
        if setting is not None:
            info = known[field]
            name = setting.key or field
            required = info.required and setting.default is None
            # a text can leave a key out, but cannot say "not set" where something is the default
            assert not nullable or required or info.default is None, f"{kind.__name__}.{field}"
            keys[name] = Key(
                name, field, shape(bare, marks, setting), setting, required, _default(info, setting)
            )
    return Record(kind, keys)


def _default(info: msgspec.structs.FieldInfo, setting: Setting) -> Any:
    if info.default_factory is not msgspec.NODEFAULT:
        return info.default_factory()
    return setting.default if info.required else info.default


def _fields(kind: type[msgspec.Struct]) -> Iterator[tuple[str, Any, tuple[Any, ...], bool]]:
    """Each field with its bare type, what was annotated to it, and whether it may be None."""
    hints = get_type_hints(kind, include_extras=True)
    for name in kind.__struct_fields__:
        yield (name, *_peel(hints[name]))


def _peel(kind: Any) -> tuple[Any, tuple[Any, ...], bool]:
    """`Annotated[X | None, ...]` is X with the marks of both; None means "not set"."""
    marks: tuple[Any, ...] = ()
    nullable = False
    while True:
        if get_origin(kind) is Annotated:
            kind, *more = get_args(kind)
            marks = (*more, *marks)
        elif get_origin(kind) in (Union, UnionType) and NoneType in get_args(kind):
            rest = [part for part in get_args(kind) if part is not NoneType]
            kind, nullable = rest[0], True
        else:
            return kind, marks, nullable


# -- shapes ----------------------------------------------------------------------------------------
def shape(kind: Any, marks: tuple[Any, ...], setting: Setting) -> Shape:
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return record(kind)
    if get_origin(kind) is tuple:
        return _list(get_args(kind)[0], setting)
    if get_origin(kind) is dict:
        return _map(kind)
    return _scalar(kind, marks, setting)


def _list(item: Any, setting: Setting) -> ListOf:
    shaped = shape(*_peel(item)[:2], Setting("", "", setting.unit))
    shortest, longest = setting.min_length or 0, setting.max_length or LONGEST
    each = _each(shaped)
    few = (f" of at least {shortest}", f"至少 {shortest} 项的") if shortest else ("", "")
    says = (f"a list{few[0]}, each {each[0]}", f"{few[1]}列表，每项为{each[1]}")
    return ListOf(shaped, says, shortest, longest)


def _each(item: Shape) -> Says:
    if not isinstance(item, Record):
        return item.says
    keys = ", ".join(item.keys)
    return f"a table with {keys}", f"含 {keys} 的表"


def _map(kind: Any) -> MapOf:
    name, item = (shape(*_peel(part)[:2], Setting("", "")) for part in get_args(kind))
    assert isinstance(name, Scalar)
    each = _each(item)
    says = (f"a table of {name.says[0]} = {each[0]}", f"表：{name.says[1]} = {each[1]}")
    return MapOf(name, item, says)


def _scalar(kind: Any, marks: tuple[Any, ...], setting: Setting) -> Scalar:
    form = next((mark for mark in reversed(marks) if isinstance(mark, Form)), Form())
    bounds = {
        name: _narrower(getattr(form, name), getattr(setting, name))
        for name in ("ge", "le", "min_length", "max_length")
    }
    says = _words(kind, form, setting, bounds)
    limits = {name: bound for name, bound in bounds.items() if bound is not None}
    if form.pattern is not None:
        limits["pattern"] = form.pattern
    if kind is str:
        limits.setdefault("max_length", 200)
    if setting.unit == "ms":
        kind, limits = float, {name: bound / 1000 for name, bound in limits.items()}
    kind = notation.KINDS.get(setting.unit, kind)
    checked = Annotated[kind, msgspec.Meta(**limits)] if limits else kind
    return Scalar(checked, says, setting.unit, form.refers)


def _narrower(common: Any, own: Any) -> Any:
    return common if own is None else own


def _words(kind: Any, form: Form, setting: Setting, bounds: dict[str, Any]) -> Says:
    """What a value must be.  Words of its own come first; most types speak for themselves."""
    if setting.unit in notation.SAYS:
        return notation.SAYS[setting.unit]
    if form.en and setting.ge is None and setting.le is None:
        return form.en, form.zh
    if kind is bool:
        return "true or false", "true 或 false"
    if get_origin(kind) is Literal:
        values = ", ".join(f'"{value}"' for value in get_args(kind))
        return f"one of {values}", f"{values} 之一"
    if kind in (int, float):
        return _range(kind, setting, bounds["ge"], bounds["le"])
    return "text on one line", "一行文本"


UNITS: Final[dict[str, Says]] = {
    "": ("", ""),
    "ms": ("seconds", "秒数"),
    "s": ("seconds", "秒数"),
    "min": ("minutes", "分钟数"),
    "h": ("hours", "小时数"),
    "days": ("days", "天数"),
    "dB": ("dB", "dB"),
    "Hz": ("Hz", "Hz"),
    "MB": ("MB", "MB"),
}


def _range(kind: Any, setting: Setting, low: Any, high: Any) -> Says:
    """`seconds, from 0.5 to 600`"""
    if setting.unit == "ms":
        low, high = (bound and bound / 1000 for bound in (low, high))
    en, zh = UNITS[setting.unit]
    what = en or ("a whole number" if kind is int else "a number")
    what_zh = zh or ("整数" if kind is int else "数")
    if low is None or high is None:
        return what, what_zh
    return f"{what}, from {low:.9g} to {high:.9g}", f"{low:.9g} 至 {high:.9g} 之间的{what_zh}"


# -- defaults that only the text has ---------------------------------------------------------------
def secret_keys(part: Part) -> dict[str, Secret]:
    return {secret.key: secret for secret in part.secrets}


def key_names(part: Part) -> list[str]:
    return [*part.record.keys, *secret_keys(part)]
