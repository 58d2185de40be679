"""A house with a long past: as many call records as wanted, like real ones, always the same.

2,000 extensions, of which a few talk most; outside numbers that come again and numbers that never
do; four lines and two carriers; days with mornings and evenings.  Records are made and stored by
the real code; only the transactions are larger than usual.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from pathlib import Path

import apsw

from firmware.core.record import CallRecord, LegRecord, Quality, Step
from firmware.store.calls import Calls
from firmware.store.database import transaction

FIRST = 1_700_000_000_000  # UTC ms
TRUNKS = ("Line 1", "Line 2", "Line 3", "Line 4", "Carrier North", "Carrier South")
QUALITY = Quality("PCMA", 4711, 3, 1.5, 20.0, 4.3)


def records(count: int, seed: int = 1) -> Iterator[CallRecord]:
    chance = random.Random(seed)
    started = FIRST
    for number in range(count):
        started += int(chance.expovariate(1 / 20_000))
        yield _record(chance, number, started)


def _record(chance: random.Random, number: int, started: int) -> CallRecord:
    kind = chance.choices(("internal", "incoming", "outgoing"), (30, 40, 30))[0]
    own = str(1000 + min(int(chance.expovariate(1 / 150)), 1999))
    other = str(1000 + chance.randrange(2000))
    outside = f"138{int(chance.paretovariate(0.3)) % 100_000_000:08d}"
    caller, called = {
        "internal": (own, other),
        "incoming": (outside if chance.random() < 0.9 else "", own),
        "outgoing": (own, outside),
    }[kind]
    answered = started + chance.randrange(2_000, 20_000) if chance.random() < 0.7 else 0
    ended = (answered or started) + int(chance.expovariate(1 / 90_000))
    trunk = "" if kind == "internal" else chance.choice(TRUNKS)
    final = (called if chance.random() < 0.9 else other) if answered else ""
    leg = LegRecord(2, final or called, "sip", None, started, answered, ended, "normal", QUALITY)
    first = LegRecord(1, caller, "sip", None, started, answered, ended, "normal")
    return CallRecord(
        call=f"life-{number}",
        type=kind,  # type: ignore[arg-type]
        caller=caller,
        called=called,
        final=final,
        line=TRUNKS.index(trunk) + 1 if trunk else None,
        started=started,
        answered=answered,
        ended=ended,
        cause="normal" if answered else chance.choice(("busy", "no-answer", "canceled")),
        site=1,
        trail=(Step("extension", "taken", f"extensions.{called}"),),
        legs=(first, leg),
        trunk=trunk,
        pin=f"Guest {number % 7}" if kind == "outgoing" and chance.random() < 0.05 else "",
        flags=("forwarded",) if final and final != called else (),
        recordings=(f"rec-{number}",) if chance.random() < 0.01 else (),
    )


def fill(path: Path, count: int, real: int = 50_000) -> None:
    """The database with that many calls.

    The first `real` are stored by the real code.  The others are copies of their rows at later
    times, made by SQLite, as that is twenty times faster; a copy's details are those of its model.
    """
    calls = Calls(path)
    base = calls.database
    for pragma, value in (
        ("journal_mode", "off"),
        ("synchronous", "off"),
        ("cache_size", -400_000),
    ):
        base.pragma(pragma, value)
    indexes = base.execute(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql <> ''"
        " AND tbl_name = 'calls'"
    ).fetchall()
    for name, _ in indexes:
        base.execute(f"DROP INDEX {name}")
    made = list(records(min(real, count)))
    with transaction(base):
        for record in made:
            calls.add(record)
    _copy(base, len(made), count, made[-1].started - FIRST + 1)
    for _, sql in indexes:
        base.execute(str(sql))
    base.pragma("journal_mode", "wal")
    calls.close()


def _copy(base: apsw.Connection, have: int, count: int, span: int) -> None:
    columns = "caller, called, trunk, pin"
    rest = "duration, recorded, charge, parties"
    for copy in range(1, -(-count // have)):
        moved = (have * copy, span * copy, count - have * copy)
        with transaction(base):
            base.execute(
                f"INSERT INTO calls (id, call, class, {columns}, started, {rest})"
                f" SELECT id + ?1, call || '-' || ?1, class, {columns}, started + ?2, {rest}"
                f" FROM calls WHERE id <= {have} AND id <= ?3",
                moved,
            )
            base.execute(
                "INSERT INTO details SELECT id + ?1, record FROM details"
                f" WHERE id <= {have} AND id <= ?3 AND ?2",
                moved,
            )
    base.execute("CREATE TEMP TABLE copy (value INTEGER)")
    base.executemany("INSERT INTO copy VALUES (?)", ((n,) for n in range(count // have + 1)))
    base.execute("CREATE TEMP TABLE loose AS SELECT number, class, started, id FROM main.parties")
    with transaction(base):
        base.execute("DELETE FROM main.parties")
        base.execute(
            "INSERT INTO main.parties SELECT number, class, started + copy.value * ?1,"
            " loose.id + copy.value * ?2 FROM loose, copy"
            " WHERE loose.id + copy.value * ?2 <= ?3 ORDER BY 1, 2, 3, 4",
            (span, have, count),
        )


if __name__ == "__main__":
    fill(Path(sys.argv[1]), int(sys.argv[2]))
