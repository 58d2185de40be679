"""`python -m tests.hal.report`: the contract suite as a table of promises and members.

It ends with 1 unless every member keeps every promise.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from tests.hal.members import MEMBERS

SUITE = Path(__file__).with_name("test_contract.py")


class Listener:
    """Keeps what became of each test: a promise is broken by any of its cases."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, str]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        member = next((name for name in MEMBERS if re.search(rf"\b{name}\b", report.nodeid)), "")
        promise = report.nodeid.split("::test_")[1].split("[")[0].replace("_", " ")
        row = self.rows.setdefault(promise, {})
        if report.failed:
            row[member] = "BROKEN"
        elif report.when == "call":
            row.setdefault(member, "kept")


def main() -> int:
    seen = Listener()
    arguments = [str(SUITE), "-q", "--no-header", "-p", "no:cacheprovider", "-o", "addopts="]
    code = pytest.main([*arguments, "--import-mode=importlib"], plugins=[seen])
    widest = max(map(len, seen.rows), default=0)
    print(f"\n{'promise':{widest}}  " + "  ".join(f"{name:>6}" for name in MEMBERS))
    for promise, found in seen.rows.items():
        verdicts = (found.get(name, "-") for name in MEMBERS)
        print(f"{promise:{widest}}  " + "  ".join(f"{verdict:>6}" for verdict in verdicts))
    return int(code)


if __name__ == "__main__":
    sys.exit(main())
