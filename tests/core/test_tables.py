"""The state tables: whoever is left behind is taken care of, every timer started is met."""

from __future__ import annotations

import ast
import typing
from collections.abc import Mapping
from typing import Any

import pytest

from firmware.core import charging, dialing, effects, failing, listening, talking
from firmware.core.model import Left
from firmware.features import catalog
from tests.architecture.tree import parse, python_files

TABLES: dict[str, Mapping[Any, Any]] = {
    "dialing": dialing.TABLE,
    "talking": talking.TABLE,
    "listening": listening.TABLE,
    **{name: feature.table for name, feature in catalog.FEATURES.items()},
}


@pytest.mark.parametrize(
    ("table", "state"),
    [("dialing", "calling"), ("talking", "talk")],
)
def test_states_with_several_legs_say_what_happens_when_one_leaves(table: str, state: str) -> None:
    assert (state, Left) in TABLES[table]


def test_every_timer_that_is_started_has_an_entry() -> None:
    started = set()
    for path in python_files("firmware/core", "firmware/features"):
        for node in ast.walk(parse(path)):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "start_timer"
                and isinstance(node.args[1], ast.Constant)
            ):
                started.add(node.args[1].value)
    met = {key for table in TABLES.values() for _, key in table if isinstance(key, str)}
    met |= charging.TABLE.keys()
    assert started == met


def test_every_effect_that_fails_means_something() -> None:
    assert set(failing.OUTCOMES) == set(typing.get_args(effects.AnyEffect))
