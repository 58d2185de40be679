"""Ports get their numbers by themselves: a telephone that is plugged in works at once.

Pure.  A handset port without an extension gets the first number that nobody has, from the site's
`first_number` upward; an outside line without an entry gets one.  Where a port turned into one of
the other kind, what was configured for the old kind is taken out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import count
from typing import Literal

from msgspec.structs import replace

from firmware.core.site import Extension, OutsideLine
from firmware.store.checks import taken_numbers
from firmware.store.settings import Config

Ports = Mapping[int, Literal["fxs", "fxo"]]


def numbered(config: Config, ports: Ports) -> Config:
    """With an entry for each of these ports that had none."""
    site = config.site
    placed = {extension.line for extension in site.extensions.values()}
    wanting = [line for line, kind in ports.items() if kind == "fxs" and line not in placed]
    free = _free_numbers(config)
    fresh = {number: Extension(number, "", line) for line, number in zip(wanting, free)}  # noqa: B905
    lines = {
        line: OutsideLine(line, f"Line {line}")
        for line, kind in ports.items()
        if kind == "fxo" and line not in site.lines
    }
    extensions = dict(sorted((site.extensions | fresh).items()))
    lines = dict(sorted((site.lines | lines).items()))
    return replace(config, site=replace(site, extensions=extensions, lines=lines))


def fitted(config: Config, ports: Ports) -> Config:
    """Without the entries of ports that are of the other kind; one that is away keeps its own."""
    site = config.site
    extensions = {
        number: extension
        for number, extension in site.extensions.items()
        if extension.line is None or ports.get(extension.line, "fxs") == "fxs"
    }
    lines = {line: entry for line, entry in site.lines.items() if ports.get(line, "fxo") == "fxo"}
    routes = tuple(
        replace(route, lines=tuple(line for line in route.lines if line in lines))
        for route in site.routes
    )
    return replace(config, site=replace(site, extensions=extensions, lines=lines, routes=routes))


def _free_numbers(config: Config) -> Iterator[str]:
    taken = taken_numbers(config) | set(config.site.emergency)
    width = len(config.site.first_number)
    for number in count(int(config.site.first_number)):
        text = str(number).zfill(width)
        if len(text) > 6:
            return  # no number is longer (EXT-45): the ports that are left stay without
        if text not in taken:
            yield text
