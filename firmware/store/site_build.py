"""From the configuration to the `Site` that decides calls: everything looked up, nothing secret."""

from __future__ import annotations

import msgspec

from firmware.core.site import Extension, OutboundRoute, OutsideLine, Site, Timing
from firmware.store import countries, zones
from firmware.store.form import Config, TimingSection


def build(config: Config, version: int, year: int) -> Site:
    """`year` is the first of the years whose clock changes the site carries."""
    section = config.site
    zone = section.zone or countries.zone(section.country)
    return Site(
        version=version,
        name=section.name,
        country=section.country,
        tones=countries.tones(section.country),
        ring_cadence=countries.ring_cadence(section.country),
        extensions={
            entry.number: Extension(entry.number, entry.name, entry.port)
            for entry in config.extension
        },
        lines={
            entry.port: OutsideLine(entry.port, entry.name, entry.number) for entry in config.line
        },
        routes=tuple(
            OutboundRoute(route.name, route.prefix, route.lines) for route in config.route
        ),
        attendant=section.attendant or "",
        emergency=section.emergency,
        timing=_timing(config.timing),
        zone=zones.changes(zone, year),
    )


def _timing(section: TimingSection) -> Timing:
    seconds = msgspec.structs.asdict(section)
    return Timing(**{name: round(value * 1000) for name, value in seconds.items()})
