"""Every text of the pages that needs a translation, found in templates and modules.

Used by the test that misses none, and by whoever adds a language.  A text is what stands in
`_('...')` in a template, or in `_("...")` or `translate(lang, "...")` in a module.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
IN_TEMPLATE = re.compile(r"""\b_\((?:'([^']*)'|"([^"]*)")\)""")
MARKS = ("_", "translate", "_translate")


def texts() -> set[str]:
    found = {one or other for path in HERE.glob("templates/*.html") for one, other in _drawn(path)}
    for path in HERE.rglob("*.py"):
        found.update(_said(ast.parse(path.read_text(encoding="utf-8"))))
    return found


def _drawn(path: Path) -> list[tuple[str, str]]:
    return IN_TEMPLATE.findall(path.read_text(encoding="utf-8"))


def _said(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node.func) in MARKS and node.args:
            last = node.args[-1]
            if isinstance(last, ast.Constant) and isinstance(last.value, str):
                yield last.value


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
