"""Every key of words.py that is used is there, and the other way round, in both languages."""

from __future__ import annotations

import ast
import string
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from firmware.api import callproc, hardware
from firmware.core import causes
from firmware.core.userstate import CONDITIONS
from firmware.routing import rules
from firmware.store.changes import WORDS as CHANGES
from firmware.store.mistakes import SENTENCES
from firmware.tools.words import WORDS

TOOLS = Path(__file__).resolve().parents[2] / "firmware" / "tools"
FAMILIES: tuple[str, ...] = (
    "kind",
    "state",
    "lamp",
    "type",
    "norule",
    "rule",
    "cause",
    "refused",
    "dryrun",
    "notice",
)
FAMILIES += ("pass", "detail", "disk", "notice")


def texts() -> set[str]:
    """Every piece of text in the sources of the command line."""
    found: set[str] = set()
    for path in TOOLS.glob("*.py"):
        if not path.name.startswith(("words", "sim")):
            tree = ast.parse(path.read_text())
            found |= {
                node.value
                for node in ast.walk(tree)
                if isinstance(node, ast.Constant) and isinstance(node.value, str)
            }
    return found


def test_no_word_is_idle() -> None:
    single = {key for key in WORDS if not key.startswith(tuple(f"{name}-" for name in FAMILIES))}
    assert single <= texts()


def calls_with_keys() -> set[str]:
    """First arguments of `words`, `say` and `refuse`, and everything named `about`."""
    found: set[str] = set()
    for path in TOOLS.glob("*.py"):
        if path.name.startswith("sim"):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                found |= keys_of(node)
    return found


def keys_of(call: ast.Call) -> set[str]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    places = {"words": [0], "say": [0], "refuse": [0], "command": [2]}.get(name, [])
    nodes = [call.args[place] for place in places if place < len(call.args)]
    nodes += [word.value for word in call.keywords if word.arg == "about"]
    return {
        node.value
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_every_key_that_is_used_is_there() -> None:
    keys = calls_with_keys() | {text for text in texts() if text.startswith("col-")}
    assert len(keys) > 60
    assert keys <= WORDS.keys()


def literals(view: type, field: str) -> tuple[str, ...]:
    return get_args(get_type_hints(view)[field])


@pytest.mark.parametrize(
    ("family", "keys"),
    [
        ("state", literals(callproc.LineView, "state")),
        ("state", literals(callproc.ExtensionView, "state")),
        ("state", literals(callproc.CallView, "state")),
        ("kind", literals(callproc.ExtensionView, "kind")),
        ("lamp", literals(callproc.LineView, "lamp")),
        ("type", literals(callproc.CallView, "type")),
        ("dryrun", literals(callproc.DryRunView, "outcome")),
        ("norule", ("extension", "incoming", "number", "line")),
        ("cause", tuple(v for k, v in vars(causes).items() if k.isupper() and type(v) is str)),
        ("refused", ("no-such-extension", "no-such-line", "no-such-version", "no-such-call")),
        ("refused", ("not-sip", "weak-password", "not-saved", "bad-cursor", "away")),
        ("refused", ("not-dialable", "failed")),
        ("refused", ("nothing-to-take-over", "no-disk")),
        ("disk", literals(hardware.DiskView, "state")),
        ("notice", ("no-line-hardware", "port-missing", "port-changed")),
        ("notice", ("disk-gone", "disk-unusable")),
    ],
)
def test_every_family_is_complete(family: str, keys: tuple[str, ...]) -> None:
    assert {f"{family}-{key}" for key in keys} <= WORDS.keys()


def test_every_rule_of_the_resolver_has_words() -> None:
    tree = ast.parse(Path(rules.__file__).read_text())
    named = {
        call.args[0].value
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == "Match"
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    }
    assert len(named) >= 5
    assert {f"rule-{name}" for name in named} <= WORDS.keys()


VERDICTS = {"taken": "rule", "refused": "norule", "passed": "pass"}


def test_every_step_of_a_trail_has_words() -> None:
    """Of every rule and verdict that stands in the sources of core, routing and features."""
    found: set[str] = set()
    for folder in ("core", "routing", "features"):
        for path in (TOOLS.parent / folder).glob("*.py"):
            for call in ast.walk(ast.parse(path.read_text())):
                if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "Step":
                    found |= said(call)
    found |= {f"rule-forward-{condition}" for condition in CONDITIONS}
    found |= {"pass-white-list", "norule-black-list", "pass-dnd", "pass-agent-busy"}
    assert len(found) >= 30
    assert found <= WORDS.keys()


def said(step: ast.Call) -> set[str]:
    values = [getattr(argument, "value", None) for argument in step.args[:2]]
    if len(values) < 2 or not all(isinstance(value, str) for value in values):
        return set()
    return {f"{VERDICTS[str(values[1])]}-{values[0]}"}


@pytest.mark.parametrize("words", [WORDS, SENTENCES, CHANGES], ids=["cli", "mistakes", "changes"])
def test_both_languages_say_the_same_things(words: dict[str, tuple[str, str]]) -> None:
    for key, (en, zh) in words.items():
        assert en, key
        assert zh, key
        assert {"{", "}"} & set(en) == {"{", "}"} & set(zh), key
        if words is WORDS:
            assert places(en) == places(zh), key


def places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}
