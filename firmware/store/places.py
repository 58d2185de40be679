"""Finds the line of a key in a TOML text, for people who must mend it.

A light scan of our own, as the standard parser forgets where things stood.  It knows the usual
form, one key per line below its header; where somebody wrote inline tables the line of the table
is the answer.  It never decides anything: a wrong line is a blemish, not an error.
"""

from __future__ import annotations

import re

_HEADER = re.compile(r"^\s*\[\[?\s*([A-Za-z0-9_-]+)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"^\s*[\"']?([A-Za-z0-9_-]+)[\"']?\s*=")

Address = tuple[str, int, str]  # table, which one of its kind, key ("" is the header)


class Places:
    def __init__(self, text: str) -> None:
        self._lines: dict[Address, int] = {}
        table, counts = "", {"": 0}
        for number, line in enumerate(text.splitlines(), start=1):
            if header := _HEADER.match(line):
                table = header[1]
                counts[table] = counts.get(table, -1) + 1
                self._lines[table, counts[table], ""] = number
            elif key := _KEY.match(line):
                self._lines.setdefault((table, counts[table], key[1]), number)

    def line(self, table: str, index: int = 0, key: str = "") -> int:
        """The best line there is; 0 when the text says nothing about it."""
        for address in ((table, index, key), (table, index, ""), ("", 0, table)):
            if address in self._lines:
                return self._lines[address]
        return 0
