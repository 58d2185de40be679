"""System status: the ports as they are, the calls of this moment, the box itself."""

from __future__ import annotations

from typing import Any

from firmware.api.callproc import ShowCalls, ShowExtensions, ShowLines, ShowStatus
from webui.app import Site
from webui.visit import Visit


def _(text: str) -> str:
    """Marks a text for the catalogue."""
    return text


# state of a line -> class, icon and word of the design language
STATES = {
    "idle": ("idle", "s-idle", _("Idle")),
    "ringing": ("ring", "s-ring", _("Ringing")),
    "talking": ("talk", "s-talk", _("Talking")),
    "dialing": ("off", "s-off", _("Off-hook")),
    "tone": ("off", "s-off", _("Off-hook")),
    "down": ("fault", "s-fault", _("Fault")),
    "busy": ("talk", "s-talk", _("Busy")),
    "offline": ("gone", "s-gone", _("Offline")),
}
LAMPS = {"on": ("on", _("on")), "blink": ("bl", _("blinks")), "off": ("", _("off"))}


def mount(site: Site) -> None:
    def show(visit: Visit) -> Any:
        ask = site.owners.callproc.ask
        names = {entry.number: entry.name for entry in ask(ShowExtensions())}
        return site.page(
            visit,
            "status.html",
            title=site.renderer.translate(visit.lang, "System status"),
            status=ask(ShowStatus()),
            lines=ask(ShowLines()),
            calls=ask(ShowCalls()),
            names=names,
            states=STATES,
            lamps=LAMPS,
        )

    site.get("/", show)
