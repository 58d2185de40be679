"""Files and functions stay small enough to be read in one go, and say what they promise."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, parse, python_files

FILE_CAP = 400
FUNCTION_CAP = 40
WORDS_TO_REFUSE = ("manager", "helper", "utils", "util", "misc", "common")

FILES = python_files()
SOURCES = [*FILES, *sorted((ROOT / "firmware/native").glob("*.[ch]"))]


def ids(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", SOURCES, ids=ids)
def test_file_is_small(path: Path) -> None:
    lines = len(path.read_text().splitlines())
    assert lines <= FILE_CAP, f"{lines} lines"


@pytest.mark.parametrize("path", FILES, ids=ids)
def test_functions_are_small(path: Path) -> None:
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= FUNCTION_CAP, f"{node.name} has {length} lines"


@pytest.mark.parametrize("path", FILES, ids=ids)
def test_file_says_what_it_promises(path: Path) -> None:
    text = ast.get_docstring(parse(path))
    assert text, "no words at the top"
    assert len(text.splitlines()) <= 30, "that is an essay: move it to a README"


@pytest.mark.parametrize("path", FILES, ids=ids)
def test_names_come_from_telephony(path: Path) -> None:
    assert path.stem not in WORDS_TO_REFUSE
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.ClassDef):
            assert not node.name.lower().endswith(WORDS_TO_REFUSE), node.name


def test_every_folder_has_a_readme() -> None:
    for top in ("firmware", "hal", "board", "webui", "buildroot_overlay", "image", "tests"):
        for folder in [ROOT / top, *(p for p in (ROOT / top).iterdir() if p.is_dir())]:
            if folder.name.startswith((".", "__")):
                continue
            assert (folder / "README.md").is_file(), f"{folder.relative_to(ROOT)} has no README.md"
