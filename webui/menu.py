"""The menu, in CooVox's paths; only what is built, and only what the reader may use.

An entry that leads nowhere would be a lie, so each page adds its own line here when it is there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from webui.visit import Visit


class Entry(NamedTuple):
    path: str
    title: str  # English; translated where it is shown


class Group(NamedTuple):
    title: str
    icon: str
    entries: tuple[Entry, ...]


def _(text: str) -> str:
    """Marks a text for the catalogue."""
    return text


MENU: tuple[Group, ...] = (
    Group(_("Status"), "i-pulse", (Entry("/", _("System status")),)),
    Group(_("System"), "i-gear", (Entry("/system/simulator", _("Simulator")),)),
)


def visible(menu: Sequence[Group], visit: Visit) -> tuple[Group, ...]:
    """What this reader may open."""
    if visit.session is None:
        return ()
    return tuple(menu)
