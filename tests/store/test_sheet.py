"""Tables for spreadsheets: what a program that opens them finds in them."""

from __future__ import annotations

import csv
import zipfile
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest

from firmware.store import sheet
from firmware.store.sheet import Cell, Csv, Xlsx, harmless

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
ROW: list[Cell] = [
    "8613800",
    12,
    4.25,
    datetime(2026, 5, 1, 9, 30, 15),
    None,
    "",
    "数字 <&> \x00😀",
]


def read(path: Path) -> dict[str, list[list[str]]]:
    """Sheets by name, cells as text."""
    with zipfile.ZipFile(path) as file:
        assert file.testzip() is None
        types = file.read("[Content_Types].xml").decode()
        book = ElementTree.fromstring(file.read("xl/workbook.xml"))
        names = [each.attrib["name"] for each in book.iter(f"{MAIN}sheet")]
        for name in file.namelist():
            ElementTree.fromstring(file.read(name))
        sheets = {}
        for number, name in enumerate(names, start=1):
            assert f"/xl/worksheets/sheet{number}.xml" in types
            root = ElementTree.fromstring(file.read(f"xl/worksheets/sheet{number}.xml"))
            rows = root.iter(f"{MAIN}row")
            sheets[name] = [["".join(cell.itertext()) for cell in row] for row in rows]
        return sheets


def test_xlsx_holds_what_was_written(tmp_path: Path) -> None:
    table = Xlsx(tmp_path / "a.xlsx", [f"c{n}" for n in range(7)], "Calls <&>")
    table.row(ROW)
    table.close()
    [(name, rows)] = read(tmp_path / "a.xlsx").items()
    assert name == "Calls <&>"
    assert rows[0] == ["c0", "c1", "c2", "c3", "c4", "c5", "c6"]
    assert rows[1] == ["8613800", "12", "4.25", "46143.39600694", "", "", "数字 <&> \ufffd😀"]


def test_a_long_table_goes_on_in_the_next_sheet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheet, "SHEET_ROWS", 11)
    table = Xlsx(tmp_path / "a.xlsx", ["n"], "T")
    for number in range(25):
        table.row([number])
    table.close()
    sheets = read(tmp_path / "a.xlsx")
    assert list(sheets) == ["T", "T 2", "T 3"]
    assert [len(rows) for rows in sheets.values()] == [11, 11, 6]
    assert [cell for rows in sheets.values() for [cell] in rows[1:]] == [*map(str, range(25))]


def test_an_empty_table_is_a_table(tmp_path: Path) -> None:
    Xlsx(tmp_path / "a.xlsx", ["n"], "T").close()
    assert read(tmp_path / "a.xlsx") == {"T": [["n"]]}


def test_csv_as_excel_wants_it(tmp_path: Path) -> None:
    table = Csv(tmp_path / "a.csv", ["主叫", "b"])
    table.row(ROW)
    table.close()
    data = (tmp_path / "a.csv").read_bytes()
    assert data.startswith("\ufeff主叫,b\r\n".encode())
    [_, row] = csv.reader(data.decode("utf-8-sig").splitlines())
    assert row == ["8613800", "12", "4.25", "2026-05-01 09:30:15", "", "", "数字 <&> \x00😀"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_no_cell_is_a_formula(tmp_path: Path, start: str) -> None:
    evil = f"{start}cmd|' /C calc'!A0"
    assert harmless(evil) == f"'{evil}"
    table = Xlsx(tmp_path / "a.xlsx", ["n"], "T")
    table.row([evil])
    table.close()
    with zipfile.ZipFile(tmp_path / "a.xlsx") as file:
        text = file.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in text
    assert text.count('t="inlineStr"') == 2


@pytest.mark.parametrize("text", ["", "101", "数", "a=b", "'=1"])
def test_what_is_harmless_stays(text: str) -> None:
    assert harmless(text) == text
