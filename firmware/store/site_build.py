"""From the configuration to the `Site` that decides calls: what is looked up is filled in."""

from __future__ import annotations

import msgspec

from firmware.core.site import Site
from firmware.store import countries, zones
from firmware.store.settings import Config


def build(config: Config, version: int, year: int) -> Site:
    """`year` is the first of the years whose clock changes the site carries."""
    site = config.site
    return msgspec.structs.replace(
        site,
        version=version,
        tones=countries.tones(site.country),
        ring_cadence=countries.ring_cadence(site.country),
        zone=zones.changes(site.zone_name or countries.zone(site.country), year),
    )
