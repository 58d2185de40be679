"""Pieces of an ordered index between two keys, each of a form that SQLite can go straight to.

`(a, id) < (?, ?)` would be one condition, but the index knows only its first column: with a
hundred thousand equal ones it would look at them all.  So what lies between two keys is taken
apart: equal up to a column, beyond it there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

Key = tuple[Any, ...]
Piece = tuple[str, Key]


def pieces(
    columns: Sequence[str], cursor: Key | None, far: Key | None, descending: bool
) -> Iterator[Piece]:
    """What lies after `cursor` up to and with `far`, in order; None: no bound on that side."""
    on, back = ("<", ">") if descending else (">", "<")
    shared = _shared(cursor, far)
    if cursor is not None:
        for depth in range(len(columns) - 1, shared, -1):
            yield _piece(columns, cursor[: depth + 1], (on,))
    if shared < len(columns):
        yield _middle(columns, cursor, far, shared, (on, back))
    if far is not None:
        for depth in range(shared + 1, len(columns)):
            yield _piece(columns, far[: depth + 1], (back,))
        yield _piece(columns, far, ())


def _shared(cursor: Key | None, far: Key | None) -> int:
    """How many columns both keys have in common."""
    count = 0
    if cursor is not None and far is not None:
        while count < len(far) and cursor[count] == far[count]:
            count += 1
    return count


def _piece(columns: Sequence[str], key: Key, last: tuple[str, ...]) -> Piece:
    """Equal in all columns of the key, except that `last` may say how the last one differs."""
    signs = ["="] * (len(key) - len(last)) + list(last)
    parts = (f"{column} {sign} ?" for column, sign in zip(columns, signs, strict=False))
    return " AND ".join(parts), key


def _middle(
    columns: Sequence[str], cursor: Key | None, far: Key | None, depth: int, signs: tuple[str, str]
) -> Piece:
    """Beyond the one key and before the other, in the first column where they differ."""
    known = cursor if cursor is not None else far
    if known is None:
        return "", ()
    parts, values = [f"{column} = ?" for column in columns[:depth]], list(known[:depth])
    for key, sign in ((cursor, signs[0]), (far, signs[1])):
        if key is not None:
            parts.append(f"{columns[depth]} {sign} ?")
            values.append(key[depth])
    return " AND ".join(parts), tuple(values)
