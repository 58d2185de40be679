"""Configurations and records for tests: one of each kind, and as many as hypothesis wants."""

from __future__ import annotations

from pathlib import Path

from hypothesis import strategies as st

from firmware.core.record import CallRecord, LegRecord, Step
from firmware.store.checks import Ground
from firmware.store.countries import names
from firmware.store.form import (
    KEPT,
    Config,
    ExtensionEntry,
    LineEntry,
    RouteEntry,
    SiteSection,
    TimingSection,
    arranged,
)

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


# -- any valid configuration -----------------------------------------------------------------------
EMERGENCY = ("110", "112", "119", "120", "122")
free_numbers = st.text("0123456789", min_size=3, max_size=6).filter(
    lambda number: number not in EMERGENCY
)
words = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\u2028\u2029"), max_size=60
)
names_of_routes = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\u2028\u2029.\"'"),
    min_size=1,
    max_size=40,
)
seconds = st.floats(0.5, 600)
timings = st.builds(
    TimingSection,
    first_digit=seconds,
    next_digit=st.floats(1, 10),
    ring=seconds,
    outside_ring=seconds,
    charge_delay=st.floats(1, 99),
    refusal_tone=seconds,
    line_release=st.floats(0.5, 5),
)


@st.composite
def configs(draw: st.DrawFn) -> Config:
    """Valid on GROUND with every SIP password kept."""
    numbers = draw(st.lists(free_numbers, unique=True, max_size=8))
    handsets = numbers[: draw(st.integers(0, 4))]
    extensions = [
        ExtensionEntry(number=number, name=draw(words), port=port)
        for port, number in enumerate(handsets, start=1)
    ]
    for number in numbers[len(handsets) :]:
        password = draw(st.sampled_from([None, KEPT]))
        extensions.append(
            ExtensionEntry(number=number, name=draw(words), sip=True, password=password)
        )
    ports = draw(st.lists(st.integers(5, 8), unique=True))
    outside = st.text("0123456789", max_size=20)
    lines = [LineEntry(port=port, name=draw(words), number=draw(outside)) for port in ports]
    attendant = draw(st.sampled_from([None, *numbers]))
    zone = draw(st.sampled_from(["", "Asia/Shanghai", "America/New_York", "Etc/GMT+5"]))
    country = draw(st.sampled_from(names()))
    return arranged(
        Config(
            site=SiteSection(name=draw(words), country=country, zone=zone, attendant=attendant),
            extension=tuple(draw(st.permutations(extensions))),
            line=tuple(lines),
            route=draw(routes(ports, numbers)) if ports else (),
            timing=draw(timings),
        )
    )


@st.composite
def routes(draw: st.DrawFn, ports: list[int], numbers: list[str]) -> tuple[RouteEntry, ...]:
    prefix = st.text("0123456789", min_size=1, max_size=6).filter(
        lambda prefix: not any(prefix + number in numbers for number in EMERGENCY)
    )
    prefixes = draw(st.lists(prefix, unique=True, max_size=3))
    called = draw(
        st.lists(names_of_routes, unique=True, min_size=len(prefixes), max_size=len(prefixes))
    )
    some_lines = st.lists(st.sampled_from(ports), min_size=1, max_size=4).map(tuple)
    return tuple(
        RouteEntry(name=name, prefix=prefix, lines=draw(some_lines))
        for name, prefix in zip(called, prefixes, strict=True)
    )


def kept_by(config: Config) -> Ground:
    numbers = frozenset(entry.number for entry in config.extension)
    return Ground(GROUND.ports, numbers)
