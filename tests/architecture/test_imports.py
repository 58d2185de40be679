"""Imports point one way, and the pure layers stay pure.

The table is the design: a layer may import itself, the layers listed for it, and the outside
packages listed for it.  A layer that is missing here fails the test, so nobody adds one unseen.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, imports, module_of, parse, python_files

# layer -> layers of ours that it may import
LAYERS: dict[str, set[str]] = {
    "firmware.wire": set(),
    "firmware.core": set(),
    "firmware.routing": {"firmware.core"},
    "firmware.prompts": set(),
    "firmware.features": {"firmware.core", "firmware.routing", "firmware.prompts"},
    "firmware.api": {"firmware.core", "firmware.wire"},
    "firmware.store": {"firmware.core"},
    "firmware.edges": {
        "firmware.core",
        "firmware.api",
        "firmware.store",
        "firmware.prompts",
        "firmware.wire",
        "hal",
    },
    "firmware.sysd": {"firmware.core", "firmware.api", "firmware.store", "firmware.wire", "hal"},
    "firmware.jobs": {
        "firmware.core",
        "firmware.routing",  # pure: what time it is in the house
        "firmware.api",
        "firmware.store",
        "firmware.wire",
    },
    "firmware.provision": {"firmware.core", "firmware.api", "firmware.wire"},
    "firmware.tools": {
        "firmware.core",
        "firmware.routing",
        "firmware.features",
        "firmware.api",
        "firmware.store",
        "firmware.wire",
        "hal",
    },
    "firmware.native": set(),  # builds the engine; runs before anything of ours can be imported
    "firmware.main": {"*"},
    "hal": {"firmware.wire"},
    "webui": {"firmware.api", "firmware.wire", "hal"},
}
PURE = ("firmware.core", "firmware.routing", "firmware.prompts", "firmware.features")
PURE_FILES = ("hal.hookswitch", "hal.battery")
PURE_MAY_IMPORT = {
    "__future__",
    "collections",
    "collections.abc",
    "dataclasses",
    "enum",
    "functools",
    "itertools",
    "math",
    "msgspec",
    "operator",
    "re",
    "types",
    "typing",
}
# packages that cost memory or hold a resource: only their owner imports them
OWNED = {
    "pyroute2": {"firmware.sysd"},
    "apsw": {"firmware.store"},
    "bottle": {"webui", "firmware.provision"},
    "gevent": {"webui", "firmware.provision"},
    "periphery": {"hal"},
    "hookswitch_engine": {"firmware.edges", "firmware.native"},
}
IMPURE_CALLS = {"open", "input", "print", "exec", "eval", "__import__", "id", "hash"}

FILES = python_files("firmware", "hal", "webui")


def layer_of(module: str) -> str | None:
    parts = module.split(".")
    for length in (2, 1):
        name = ".".join(parts[:length])
        if name in LAYERS:
            return name
    return None


def ids(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", FILES, ids=ids)
def test_imports_point_one_way(path: Path) -> None:
    module = module_of(path)
    if module == "firmware":
        assert not imports(parse(path))
        return
    layer = layer_of(module)
    assert layer is not None, f"{module} is in no layer: add it to LAYERS on purpose"
    allowed = LAYERS[layer] | {layer}
    for name in imports(parse(path)):
        other = layer_of(name)
        if other is None or "*" in allowed:
            assert not name.startswith("tests"), "the program does not know its tests"
            continue
        assert other in allowed, f"{module} imports {name}: the arrow points back"


@pytest.mark.parametrize("path", FILES, ids=ids)
def test_owned_packages_have_one_owner(path: Path) -> None:
    module = module_of(path)
    for name in imports(parse(path)):
        owners = OWNED.get(name.split(".")[0])
        assert owners is None or layer_of(module) in owners, f"{module} may not import {name}"


def calls(tree: ast.Module) -> set[str]:
    """Names of the plain functions that are called."""
    called = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    return {function.id for function in called if isinstance(function, ast.Name)}


def is_pure(path: Path) -> bool:
    module = module_of(path)
    return module.startswith(tuple(f"{layer}." for layer in PURE)) or module in PURE_FILES


@pytest.mark.parametrize("path", [path for path in FILES if is_pure(path)], ids=ids)
def test_pure_layers_know_no_outside(path: Path) -> None:
    tree = parse(path)
    for name in imports(tree):
        top = name.split(".")[0]
        if top in sys.stdlib_module_names or top == "msgspec":
            known = any(name == may or name.startswith(f"{may}.") for may in PURE_MAY_IMPORT)
            assert known, f"{name} in a pure file"
        else:
            assert top in ("firmware", "hal"), f"{name} in a pure file"
    assert not calls(tree) & IMPURE_CALLS, f"{calls(tree) & IMPURE_CALLS} in a pure file"


@pytest.mark.parametrize(
    "source",
    [
        "from time import monotonic",
        "import datetime",
        "from datetime import datetime\ndatetime.now()",
        "from pathlib import Path",
        "import secrets",
        "import random",
        "from zoneinfo import ZoneInfo",
        "def f():\n    import os",
        "open('x')",
    ],
)
def test_the_check_itself_sees(source: str) -> None:
    """Each of these would be caught in a pure file."""
    tree = ast.parse(source)
    names = {name for name in imports(tree) if name not in PURE_MAY_IMPORT}
    assert names or calls(tree) & IMPURE_CALLS
