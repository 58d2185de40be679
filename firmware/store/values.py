"""Walks the values of a struct along its shape: as texts, as references, as named things."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import msgspec

from firmware.store import notation
from firmware.store.form import ListOf, MapOf, Record, Scalar, Shape, record


class Leaf(msgspec.Struct, frozen=True):
    """A value that names something elsewhere."""

    key: str
    refers: str
    value: Any


# -- references ------------------------------------------------------------------------------------
def references(kind: Record, value: Any) -> Iterator[Leaf]:
    for name, key in kind.keys.items():
        if key.field in _referring(kind.type):
            yield from _references(key.shape, getattr(value, key.field), name)


@cache
def _referring(kind: Any) -> frozenset[str]:
    """Most keys refer to nothing, and a house has many entries."""
    return frozenset(key.field for key in record(kind).keys.values() if _refers(key.shape))


def _refers(shape: Shape) -> bool:
    match shape:
        case Scalar():
            return bool(shape.refers)
        case Record():
            return any(_refers(key.shape) for key in shape.keys.values())
        case ListOf():
            return _refers(shape.item)
        case MapOf():
            return _refers(shape.item) or _refers(shape.name)


def _references(shape: Shape, value: Any, key: str) -> Iterator[Leaf]:
    match shape:
        case Scalar():
            if shape.refers and value not in (None, ""):
                yield Leaf(key, shape.refers, value)
        case Record():
            for leaf in references(shape, value) if value is not None else ():
                yield msgspec.structs.replace(leaf, key=f"{key}.{leaf.key}")
        case ListOf():
            for item in value:
                for leaf in _references(shape.item, item, key):
                    yield msgspec.structs.replace(leaf, key=key)
        case MapOf():
            for name, item in value.items():
                yield from _references(shape.name, name, key)
                yield from _references(shape.item, item, f"{key}.{name}")


def named_keys(kind: Record, value: Any) -> Iterator[tuple[str, str, Any]]:
    """Keys whose value stands only once in its pool: key, pool, value."""
    for name, pool, field in _pooled(kind.type):
        held = getattr(value, field)
        if held not in (None, ""):
            yield name, pool, held


@cache
def _pooled(kind: Any) -> tuple[tuple[str, str, str], ...]:
    keys = record(kind).keys.values()
    return tuple((key.name, key.setting.unique, key.field) for key in keys if key.setting.unique)


# -- texts -----------------------------------------------------------------------------------------
def toml(shape: Shape, value: Any) -> str:
    """A value as TOML, on one line."""
    match shape:
        case Scalar():
            return _scalar(shape, value)
        case Record():
            keys = ((key, getattr(value, key.field)) for key in shape.keys.values())
            said = (
                f"{key.name} = {toml(key.shape, held)}"
                for key, held in keys
                if held is not None and held != key.default
            )
            return f"{{ {', '.join(said)} }}".replace("{  }", "{}")
        case ListOf():
            return f"[{', '.join(toml(shape.item, item) for item in value)}]"
        case MapOf():
            items = (f"{bare(name)} = {toml(shape.item, item)}" for name, item in value.items())
            return f"{{ {', '.join(items)} }}".replace("{  }", "{}")


def _scalar(shape: Scalar, value: Any) -> str:
    value = notation.written(shape.unit, value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)  # our texts hold no control characters
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return repr(value)


def bare(name: object) -> str:
    text = str(name)
    plain = text.replace("-", "").replace("_", "")
    return text if plain.isascii() and plain.isalnum() else json.dumps(text, ensure_ascii=False)


def plain(key: str) -> str:
    return key.replace('"', "")


def flat(kind: Record, value: Any, before: str = "") -> dict[str, str]:
    """Every key that holds something, dotted, with its text; tables within are opened up.

    A table that need not be there says so by `name = true` before its keys.
    """
    found: dict[str, str] = {}
    for key in kind.keys.values():
        held, name = getattr(value, key.field), before + key.name
        if held is None:
            continue
        if isinstance(key.shape, Record):
            if key.default is None:
                found[name] = "true"
            found |= flat(key.shape, held, f"{name}.")
        elif isinstance(key.shape, MapOf):
            if not held and key.default:
                found[name] = "{}"
            for each, item in held.items():
                found[f"{name}.{bare(each)}"] = toml(key.shape.item, item)
        else:
            found[name] = toml(key.shape, held)
    return found


def unusual(kind: Record, value: Any, usual: Any = None, before: str = "") -> dict[str, str]:
    """As `flat`, but only what differs from `usual`, or from the defaults: what a text needs."""
    found: dict[str, str] = {}
    for key in kind.keys.values():
        held = getattr(value, key.field)
        base = key.default if usual is None else getattr(usual, key.field)
        if held is None or held == base:
            continue
        name = before + key.name
        if isinstance(key.shape, Record):
            start = key.shape.type() if base is None else base
            inner = unusual(key.shape, held, start, f"{name}.")
            found |= inner or {name: "true"}
        elif isinstance(key.shape, MapOf):
            for each, item in held.items():
                found[f"{name}.{bare(each)}"] = toml(key.shape.item, item)
            if not held:
                found[name] = "{}"
        else:
            found[name] = toml(key.shape, held)
    return found


@cache
def defaults(kind: Any) -> dict[str, str]:
    """The same of a struct of which nothing is said; a key without default is absent."""
    found: dict[str, str] = {}
    for key in record(kind).keys.values():
        if isinstance(key.shape, Record):
            start = key.shape.type() if key.default is None else key.default
            found |= flat(key.shape, start, f"{key.name}.")
        elif not isinstance(key.shape, MapOf) and key.default is not None:
            found[key.name] = toml(key.shape, key.default)
    return found
