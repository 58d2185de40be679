"""Configurations and records for tests: one of each kind, and as many as hypothesis wants."""

from __future__ import annotations

from pathlib import Path

from firmware.core.record import CallRecord, LegRecord, Step
from firmware.store.checks import Ground

FACTORY = Path(__file__).resolve().parents[2] / "firmware" / "sysd" / "factory"
GROUND = Ground({1: "fxs", 2: "fxs", 3: "fxs", 4: "fxs", 5: "fxo", 6: "fxo", 7: "fxo", 8: "fxo"})
SMALL = (FACTORY / "sim8.toml").read_text(encoding="utf-8")


def record(number: int, **fields: object) -> CallRecord:
    """Call `number`, one second after the one before."""
    started = 1_780_000_000_000 + number * 1000
    leg = LegRecord(1, "101", "fxs", 1, started, started + 500, started + 900, "normal")
    values: dict[str, object] = {
        "call": f"life-{number}",
        "type": "internal",
        "caller": "101",
        "called": "102",
        "final": "102",
        "line": None,
        "started": started,
        "answered": started + 500,
        "ended": started + 900,
        "cause": "normal",
        "site": 1,
        "trail": (Step("extension", "taken", "extensions.102"),),
        "legs": (leg,),
    }
    return CallRecord(**(values | fields))  # type: ignore[arg-type]
