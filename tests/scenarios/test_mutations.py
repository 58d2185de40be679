"""Every entry of the core's tables is proved by a scenario: without it, one of them fails."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

import pytest

from firmware.core import charging, dialing, listening, talking
from tests.scenarios.play import play_file
from tests.scenarios.test_scenarios import FILES

TABLES: dict[str, MutableMapping[Any, Any]] = {
    "dialing": dialing.TABLE,
    "talking": talking.TABLE,
    "listening": listening.TABLE,
    "charging": charging.TABLE,
}
# only tidies up: keys that somebody pressed just before the other one held are forgotten
WITHOUT_PROOF = {("talking", ("hold", "keys"))}
ENTRIES = [(name, key) for name, table in TABLES.items() for key in table]


@pytest.mark.parametrize(("name", "key"), ENTRIES, ids=str)
def test_a_scenario_fails_without_this_entry(
    name: str, key: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    if (name, key) in WITHOUT_PROOF:
        return
    monkeypatch.delitem(TABLES[name], key)
    assert any(_fails(path) for path in FILES), "no scenario needs it"


def _fails(path: Any) -> bool:
    try:
        return bool(play_file(path).exchange.board.tables.calls)
    except (AssertionError, KeyError):
        return True
