"""WAY_OF_A_CALL.md tells the way by function names: every one of them exists."""

from __future__ import annotations

import ast
import re

import pytest

from tests.architecture.tree import ROOT, module_of, parse, python_files

TEXT = (ROOT / "firmware/WAY_OF_A_CALL.md").read_text()
QUOTED = re.findall(r"`([A-Za-z_.]+)`", re.sub(r"```.*?```", "", TEXT, flags=re.DOTALL))
DOTTED = sorted({name for name in QUOTED if re.match(r"(firmware|hal|webui)\.", name)})
SHORT = sorted({name for name in QUOTED if re.fullmatch(r"[A-Z]\w+(\.\w+)?", name)})
FILES = sorted(set(re.findall(r"`((?:firmware|tests|hal)/[\w/.-]+)`", TEXT)))


def definitions() -> dict[str, set[str]]:
    """Module -> names defined in it, with methods as Class.method."""
    found: dict[str, set[str]] = {}
    for path in python_files("firmware", "hal", "webui"):
        names: set[str] = set()
        for node in parse(path).body:
            names |= _names(node)
        found[module_of(path)] = names
    return found


def _names(node: ast.stmt) -> set[str]:
    if isinstance(node, ast.FunctionDef):
        return {node.name}
    if isinstance(node, ast.ClassDef):
        methods = {f"{node.name}.{m.name}" for m in node.body if isinstance(m, ast.FunctionDef)}
        return {node.name, *methods}
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return {target.id for target in targets if isinstance(target, ast.Name)}
    return set()


KNOWN = definitions()


def test_the_page_names_enough() -> None:
    assert len(DOTTED) > 25, "the way of a call is told by function names"


@pytest.mark.parametrize("name", DOTTED)
def test_dotted_name_exists(name: str) -> None:
    parts = name.split(".")
    for cut in range(len(parts), 0, -1):
        module = ".".join(parts[:cut])
        if module in KNOWN:
            rest = ".".join(parts[cut:])
            assert not rest or rest in KNOWN[module], f"{module} has no {rest}"
            return
    pytest.fail(f"no module of ours begins {name}")


@pytest.mark.parametrize("name", SHORT)
def test_short_name_exists(name: str) -> None:
    places = [module for module, names in KNOWN.items() if name in names]
    assert places, f"nothing is called {name}"


@pytest.mark.parametrize("name", FILES)
def test_file_exists(name: str) -> None:
    assert (ROOT / name).exists()
