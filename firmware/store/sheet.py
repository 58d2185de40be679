"""Tables for spreadsheets, written row by row: CSV and xlsx, of any length in the same memory.

What comes from outside, a caller's name say, may look like a formula: in CSV it gets a quotation
mark in front of it, in xlsx it is marked as text, which no program computes.  Times and numbers
are real ones in xlsx.  A sheet has at most `SHEET_ROWS` rows; then the next sheet begins.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import IO, Final, Protocol
from xml.sax.saxutils import escape

Cell = str | int | float | datetime | None

SHEET_ROWS = 500_000  # Excel knows 1,048,576; two gigabytes of XML are the other bound
CELL_LIMIT = 256  # letters
EPOCH = datetime(1899, 12, 30)
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Sheet(Protocol):
    def row(self, cells: Sequence[Cell]) -> None: ...

    def close(self) -> None: ...


def harmless(text: str) -> str:
    """What no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


class Csv:
    """UTF-8 with its mark, as Excel wants it."""

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self._file = path.open("w", encoding="utf-8-sig", newline="", errors="replace")
        self._writer = csv.writer(self._file)
        self.row(columns)

    def row(self, cells: Sequence[Cell]) -> None:
        self._writer.writerow([_csv_cell(cell) for cell in cells])

    def close(self) -> None:
        self._file.close()


def _csv_cell(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return harmless(cell[:CELL_LIMIT])
    return cell.strftime("%Y-%m-%d %H:%M:%S") if isinstance(cell, datetime) else str(cell)


class Xlsx:
    """As little of ECMA-376 as a table needs: text in place, a style for times, a frozen head."""

    def __init__(self, path: Path, columns: Sequence[str], title: str) -> None:
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=3)
        self._columns, self._title = columns, _xml(title)[:24]
        self._sheets = self._rows = 0
        self._out: IO[str] | None = None

    def row(self, cells: Sequence[Cell]) -> None:
        if self._out is None or self._rows >= SHEET_ROWS:
            self._begin()
        assert self._out
        self._out.write("<row>" + "".join(map(_xlsx_cell, cells)) + "</row>")
        self._rows += 1

    def close(self) -> None:
        if self._out is None:
            self._begin()
        self._end()
        for name, text in _parts(self._sheets, self._title):
            self._zip.writestr(name, text)
        self._zip.close()

    def _begin(self) -> None:
        self._end()
        self._sheets += 1
        entry = self._zip.open(f"xl/worksheets/sheet{self._sheets}.xml", "w")
        self._out = io.TextIOWrapper(entry, encoding="utf-8", newline="")
        self._out.write(_HEAD)
        head = "".join(_text(name, style=2) for name in self._columns)
        self._out.write(f"<row>{head}</row>")
        self._rows = 1

    def _end(self) -> None:
        if self._out:
            self._out.write("</sheetData></worksheet>")
            self._out.close()
            self._out = None


def _xlsx_cell(cell: Cell) -> str:
    if cell is None or cell == "":
        return "<c/>"
    if isinstance(cell, str):
        return _text(cell)
    if isinstance(cell, datetime):
        days = (cell - EPOCH).total_seconds() / 86_400
        return f'<c s="1"><v>{days:.8f}</v></c>'
    return f"<c><v>{cell}</v></c>"


def _text(text: str, style: int = 0) -> str:
    mark = f' s="{style}"' if style else ""
    return f'<c{mark} t="inlineStr"><is><t xml:space="preserve">{_xml(text)}</t></is></c>'


def _xml(text: str) -> str:
    return escape(_NOT_XML.sub("\ufffd", text[:CELL_LIMIT]))


_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = (
    f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView>'
    '</sheetViews><cols><col min="1" max="1" width="20" customWidth="1"/>'
    '<col min="2" max="30" width="16" customWidth="1"/></cols><sheetData>'
)
_STYLES = (
    f'{_XML}<styleSheet xmlns="{_MAIN}">'
    '<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf/>'
    '<xf numFmtId="164" applyNumberFormat="1"/><xf fontId="1" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
)


def _parts(sheets: int, title: str) -> list[tuple[str, str]]:
    """Everything around the sheets."""
    numbers = range(1, sheets + 1)
    named = "".join(
        f'<sheet name="{title}{f" {n}" if n > 1 else ""}" sheetId="{n}" r:id="rId{n}"/>'
        for n in numbers
    )
    book = (
        f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{named}</sheets></workbook>'
    )
    links = "".join(_link(n, "worksheet", f"worksheets/sheet{n}.xml") for n in numbers)
    return [
        ("[Content_Types].xml", _types(numbers)),
        ("_rels/.rels", _links(_link(1, "officeDocument", "xl/workbook.xml"))),
        ("xl/workbook.xml", book),
        ("xl/_rels/workbook.xml.rels", _links(links + _link(0, "styles", "styles.xml"))),
        ("xl/styles.xml", _STYLES),
    ]


def _types(numbers: range) -> str:
    kinds = [("workbook.xml", "sheet.main"), ("styles.xml", "styles")]
    kinds += [(f"worksheets/sheet{n}.xml", "worksheet") for n in numbers]
    overrides = "".join(
        f'<Override PartName="/xl/{part}" ContentType="{_SHEET_TYPE}.{kind}+xml"/>'
        for part, kind in kinds
    )
    return (
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f"{overrides}</Types>"
    )


def _link(number: int, kind: str, target: str) -> str:
    return f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'


def _links(links: str) -> str:
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>'
