"""A process of its own that writes one list of calls to a file, and dies: jobs stays small and
answers meanwhile.

It is told what to do in one line of JSON on its standard input, and says every now and then how
many rows it has written; the last line says that the file is complete.  It reads page after page,
each a short look into the database, so it holds up neither writers nor the cleaning of the log.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

from firmware.core.record import CallRecord
from firmware.core.visibility import Sight, shown
from firmware.jobs.columns import Lang, cells, names, say
from firmware.store import applied
from firmware.store.calls import inflate
from firmware.store.calls_filter import Filter, Order
from firmware.store.calls_page import Pages
from firmware.store.database import open_to_read
from firmware.store.sheet import Csv, Sheet, Xlsx
from firmware.wire.orphan import die_with_parent

PAGE = 1_000
FREE_BYTES = 64 * 1024 * 1024  # of the disk: calls and recordings need it more than an export


class Wanted(msgspec.Struct, frozen=True):
    """What is wanted."""

    state: Path
    file: Path
    format: str  # csv or xlsx
    lang: Lang
    filter: Filter
    order: Order
    descending: bool
    sight: Sight
    limit: int = 0  # rows; 0: all


def main() -> None:
    die_with_parent()
    os.nice(10)
    order = msgspec.json.decode(sys.stdin.buffer.readline(), type=Wanted, dec_hook=_path)
    site = applied.read_current(order.state / "applied").site
    draft = order.file.with_suffix(".draft")
    sheet = _sheet(order, draft)
    rows = 0
    for record in _records(order):
        sheet.row(cells(record, site, order.lang))
        rows += 1
        if rows % PAGE == 0:
            _room(draft)
            print(rows, flush=True)
    sheet.close()
    draft.rename(order.file)
    print(f"done {rows}", flush=True)


def _sheet(order: Wanted, draft: Path) -> Sheet:
    columns = names(order.lang)
    if order.format == "csv":
        return Csv(draft, columns)
    return Xlsx(draft, columns, say("title", order.lang))


def _records(order: Wanted) -> Iterator[CallRecord]:
    database = open_to_read(order.state / "calls.db")
    pages, cursor, left = Pages(database), None, order.limit or sys.maxsize
    while left > 0:
        page = pages.page(order.filter, min(PAGE, left), order.order, order.descending, cursor)
        for number in page.ids:
            row = database.execute("SELECT record FROM details WHERE id = ?", (number,)).get
            record = shown(inflate(row), order.sight) if row else None
            if record:
                left -= 1
                yield record
        cursor = page.cursor
        if cursor is None:
            return


def _room(draft: Path) -> None:
    if shutil.disk_usage(draft.parent).free < FREE_BYTES:
        draft.unlink()
        raise SystemExit("disk-full")


def _path(kind: type, value: object) -> object:
    return Path(str(value)) if issubclass(kind, Path) else value


if __name__ == "__main__":
    main()
