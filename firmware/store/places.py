"""Finds the line of a key in a TOML text, for people who must mend it, and their comments.

A light scan of our own, as the standard parser forgets where things stood.  It knows the usual
form, one key per line below its header; where somebody wrote inline tables the line of the table
is the answer.  It never decides anything: a wrong line is a blemish, not an error.

A comment belongs to the header or key that follows it, or beside which it stands.  Lines that
begin with `#:` are the box's own words and are not kept: they are written anew each time.
"""

from __future__ import annotations

import re

_HEADER = re.compile(r"^\s*\[\[?\s*([A-Za-z0-9_.\"'-]+?)\s*\]\]?\s*(?:#(.*))?$")
_KEY = re.compile(r"^\s*([A-Za-z0-9_.\"'*-]+?|\"[^\"]*\")\s*=(.*)$")
_BESIDE = re.compile(r"""^(?:[^#"']|"(?:\\.|[^"\\])*"|'[^']*')*#(.*)$""")

Spot = tuple[str, int, str]  # section, which one of its kind, key ("" is the header)
END: Spot = ("", 0, "end")


class Places:
    def __init__(self, text: str) -> None:
        self._lines: dict[Spot, int] = {}
        self._comments: dict[Spot, list[str]] = {}
        self._names: dict[tuple[str, int], str] = {}
        self._indexes: dict[tuple[str, str], int] = {}
        self._scan(text)

    def _scan(self, text: str) -> None:
        section, prefix, counts = "", "", {"": 0}
        waiting: list[str] = []
        for number, line in enumerate(text.split("\n"), start=1):
            words = line.strip()
            if not words:
                continue
            if words[0] == "#":
                waiting.append(words[1:])
                continue
            spot: Spot | None = None
            beside: str | None = None
            if header := _HEADER.match(line):
                section, _, prefix = _plain(header[1]).partition(".")
                if not prefix:
                    counts[section] = counts.get(section, -1) + 1
                spot = (section, counts.setdefault(section, 0), prefix)
                beside = header[2]
            elif key := _KEY.match(line):
                name = _plain(key[1])
                spot = (section, counts[section], f"{prefix}.{name}" if prefix else name)
                if found := "#" in key[2] and _BESIDE.match(key[2]):
                    beside = found[1]
            if spot is not None:
                self._lines.setdefault(spot, number)
                self._note(spot, waiting if beside is None else [*waiting, beside])
                waiting = []
        self._note(END, waiting)

    def _note(self, spot: Spot, lines: list[str]) -> None:
        own = [line.strip() for line in lines if not line.startswith(":")]
        if own := [line for line in own if line and not line.startswith(":")]:
            self._comments.setdefault(spot, []).extend(own)

    # -- where -------------------------------------------------------------------------------------
    def name(self, section: str, index: int, name: str) -> None:
        """This entry is called so."""
        self._names.setdefault((section, index), name)
        self._indexes.setdefault((section, name), index)

    def index(self, section: str, name: str) -> int:
        return self._indexes.get((section, name), 0)

    def line(self, section: str, index: int = 0, key: str = "") -> int:
        """The best line there is; 0 when the text says nothing about it."""
        if found := self._lines.get((section, index, key)):
            return found
        for (name, which, inner), line in self._lines.items():
            if key and (name, which) == (section, index) and inner.startswith(f"{key}."):
                return line
        above = key.rpartition(".")[0]
        for spot in ((section, index, above), (section, index, ""), ("", 0, section)):
            if spot in self._lines:
                return self._lines[spot]
        return 0

    # -- comments ----------------------------------------------------------------------------------
    def comments(self) -> dict[tuple[str, str, str], tuple[str, ...]]:
        """By section, entry and key."""
        return {
            (section, self._names.get((section, index), ""), key): tuple(lines)
            for (section, index, key), lines in self._comments.items()
        }


def _plain(key: str) -> str:
    return key.replace('"', "").replace("'", "")
