"""`make coverage-table`: requirement -> test -> kind, from the tests that pytest collects.

The kind is read from the folder: what runs pure, what on the engine, what in a browser or a
virtual machine.  A requirement that appears here has a test that must fail if it breaks; nothing
is counted that was not collected.
"""

from __future__ import annotations

import sys
from collections import defaultdict

import pytest

KINDS = {"e2e": "box", "native": "engine", "vm": "vm", "webui": "browser", "hal": "simulator"}


class Table:
    def __init__(self) -> None:
        self.rows: dict[str, set[tuple[str, str]]] = defaultdict(set)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            kind = KINDS.get(item.path.parent.name, "pure")
            for mark in item.iter_markers("req"):
                for requirement in mark.args:
                    self.rows[requirement].add((item.nodeid, kind))


def main() -> int:
    table = Table()
    code = pytest.main(
        ["--collect-only", "-o", "addopts=--import-mode=importlib", "-p", "no:terminal"], [table]
    )
    for requirement in sorted(table.rows):
        for node, kind in sorted(table.rows[requirement]):
            print(f"{requirement}\t{kind}\t{node}")
    print(f"{len(table.rows)} requirements", file=sys.stderr)
    return int(code)


if __name__ == "__main__":
    sys.exit(main())
