"""From parsed TOML to the structs of the site, guided by the shapes of `form.py`.

Collects mistakes instead of stopping at the first; a value that was wrong is left out, and what
comes back then must not be used.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from firmware.store import notation
from firmware.store.form import (
    KEPT,
    MAKE,
    Key,
    ListOf,
    MapOf,
    Part,
    Record,
    Scalar,
    Shape,
    key_names,
    secret_keys,
)
from firmware.store.mistakes import Mistake
from firmware.store.places import Places, Spot
from firmware.store.secret_forms import FORMS, fits
from firmware.store.secrets import SecretId

WRONG: Final = object()
COUNT = "count"  # `[[extension]]` with a count stands for that many, numbered upward
MOST = 2000
_SHOWN = 40  # characters of a wrong value that are repeated


class Reader:
    def __init__(self, places: Places) -> None:
        self._places = places
        self.mistakes: list[Mistake] = []
        self.secrets: dict[SecretId, str] = {}

    def complain(self, spot: Spot, place: str, code: str, *details: str) -> None:
        self.mistakes.append(Mistake(self._places.line(*spot), place, code, details))

    # -- sections ----------------------------------------------------------------------------------
    def table(self, part: Part, given: dict[str, Any]) -> Any:
        """The struct; for the house its fields, as the site is more than they."""
        fields = self._fields(part.record, given, (part.name, 0, ""), part.name)
        if fields is WRONG or not part.field:
            return {} if fields is WRONG else fields
        return part.record.type(**fields)

    def entries(self, part: Part, given: list[dict[str, Any]]) -> list[Any]:
        found: list[Any] = []
        first: dict[str, int] = {}
        for index, entry in enumerate(given):
            for one in self._expanded(part, index, entry):
                read = self._entry(part, index, one)
                if read is None:
                    continue
                name = str(getattr(read, part.id_field))
                if name in first:
                    where = f"[[{part.name}]] {first[name] + 1}"
                    spot = (part.name, index, part.id)
                    self.complain(spot, place_of(part, one), "twice", part.id, name, where)
                else:
                    found.append(read)
                    self._places.name(part.name, index, name)
                first.setdefault(name, index)
        return found

    def _expanded(self, part: Part, index: int, entry: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """An entry with `count = 50` is fifty entries, the number going up by one."""
        number, count = entry.get(part.id), entry.get(COUNT)
        if count is None or part.name != "extension" or not isinstance(number, str):
            yield entry
            return
        rest = {name: value for name, value in entry.items() if name != COUNT}
        whole = isinstance(count, int) and not isinstance(count, bool) and 1 <= count <= MOST
        if not whole or not (number.isascii() and number.isdigit()):
            says = (f"a whole number from 1 to {MOST}", f"1 至 {MOST} 的整数")
            spot = (part.name, index, COUNT)
            self.complain(spot, place_of(part, entry), "bad-value", COUNT, *says, shown(count))
            return
        for step in range(count):
            yield rest | {part.id: str(int(number) + step).zfill(len(number))}

    def _entry(self, part: Part, index: int, given: dict[str, Any]) -> Any:
        spot, place = (part.name, index, ""), place_of(part, given)
        secrets = secret_keys(part)
        rest = {name: value for name, value in given.items() if name not in secrets}
        fields = self._fields(part.record, rest, spot, place, tuple(secrets))
        for name in secrets.keys() & given.keys():
            self._secret(part, name, given[name], index, str(given.get(part.id)))
        return None if fields is WRONG else part.record.type(**fields)

    def _secret(self, part: Part, name: str, given: Any, index: int, entry: str) -> None:
        kind = secret_keys(part)[name].kind
        if given in (KEPT, MAKE) or fits(kind, given):
            self.secrets[part.name, entry, name] = given
        else:  # never repeated, not even a wrong one
            place = f"{part.name} {entry}"
            self.complain((part.name, index, name), place, "bad-secret", name, *FORMS[kind].says)

    # -- values ------------------------------------------------------------------------------------
    def _fields(
        self,
        record: Record,
        given: dict[str, Any],
        spot: Spot,
        place: str,
        more: tuple[str, ...] = (),
    ) -> Any:
        """The fields of a struct, or WRONG."""
        before = len(self.mistakes)
        for name in given.keys() - record.keys.keys():
            known = ", ".join([*record.keys, *more])
            self.complain(below(spot, name), place, "unknown-key", name, known)
        fields: dict[str, Any] = {}
        for name, key in record.keys.items():
            if name in given:
                fields[key.field] = self._value(
                    key.shape, given[name], below(spot, name), place, key.default
                )
            elif key.required:
                self.complain(spot, place, "missing-key", name, *says_of(key))
        return fields if len(self.mistakes) == before else WRONG

    def _value(self, shape: Shape, given: Any, spot: Spot, place: str, default: Any = None) -> Any:
        match shape:
            case Scalar():
                return self._scalar(shape, given, spot, place)
            case Record():
                return self._record(shape, given, spot, place, default)
            case ListOf():
                return self._list(shape, given, spot, place)
            case MapOf():
                return self._map(shape, given, spot, place)

    def _scalar(self, shape: Scalar, given: Any, spot: Spot, place: str) -> Any:
        try:
            value = msgspec.convert(given, shape.kind)
        except msgspec.ValidationError:
            return self._wrong(shape.says, given, spot, place)
        return notation.kept(shape.unit, value)

    def _record(self, shape: Record, given: Any, spot: Spot, place: str, default: Any) -> Any:
        """`sip = true` says: with every default.  Keys that are not said are those of `default`."""
        if given is True:
            given = {}
        if not isinstance(given, dict):
            return self._wrong(("true or a table", "true 或表"), given, spot, place)
        fields = self._fields(shape, given, spot, place)
        if fields is WRONG:
            return WRONG
        return msgspec.structs.replace(default, **fields) if default else shape.type(**fields)

    def _list(self, shape: ListOf, given: Any, spot: Spot, place: str) -> Any:
        if not isinstance(given, list) or not shape.shortest <= len(given) <= shape.longest:
            return self._wrong(shape.says, given, spot, place)
        return tuple(self._value(shape.item, item, spot, place) for item in given)

    def _map(self, shape: MapOf, given: Any, spot: Spot, place: str) -> Any:
        if not isinstance(given, dict):
            return self._wrong(shape.says, given, spot, place)
        names = (self._name(shape, name, spot, place) for name in given)
        values = (self._value(shape.item, given[name], below(spot, name), place) for name in given)
        return dict(sorted(zip(names, values, strict=True), key=lambda pair: str(pair[0])))

    def _name(self, shape: MapOf, name: str, spot: Spot, place: str) -> Any:
        """Keys are text in TOML, also where they are numbers."""
        try:
            return msgspec.convert(name, shape.name.kind, strict=False)
        except msgspec.ValidationError:
            return self._wrong(shape.name.says, name, below(spot, name), place)

    def _wrong(self, says: tuple[str, str], given: Any, spot: Spot, place: str) -> object:
        words = shown(given)
        code = "bad-value" if words else "bad-item"
        self.complain(spot, place, code, spot[2] or spot[0], *says, words)
        return WRONG


def shown(given: Any) -> str:
    """A wrong value, as the text had it; empty when it is too long to repeat."""
    if isinstance(given, bool | int | float):
        words = str(given).lower()
    elif isinstance(given, list | dict):
        return ""
    else:
        words = msgspec.json.encode(str(given)).decode()
    return words if len(words) <= _SHOWN else ""


def below(spot: Spot, name: str) -> Spot:
    section, index, key = spot
    return section, index, f"{key}.{name}" if key else name


def place_of(part: Part, given: dict[str, Any]) -> str:
    """`extension 201`: how people call this part of the text."""
    name = given.get(part.id)
    return (
        f"{part.name} {name}"
        if isinstance(name, str | int) and len(str(name)) < _SHOWN
        else (part.name)
    )


def says_of(key: Key) -> tuple[str, str]:
    return ("a table", "表") if isinstance(key.shape, Record) else key.shape.says


def keys_of(part: Part) -> str:
    return ", ".join(key_names(part))
