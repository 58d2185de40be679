"""System status: the ports as they are, the calls of this moment, the box itself."""

from __future__ import annotations

from typing import Any

from firmware.api.callproc import ShowCalls, ShowExtensions, ShowLines, ShowStatus
from webui.app import Site
from webui.visit import Visit

# state of a line -> class, icon and word of the design language
STATES = {
    "idle": ("idle", "s-idle", "Idle"),
    "ringing": ("ring", "s-ring", "Ringing"),
    "talking": ("talk", "s-talk", "Talking"),
    "dialing": ("off", "s-off", "Off-hook"),
    "tone": ("off", "s-off", "Off-hook"),
    "down": ("fault", "s-fault", "Fault"),
    "busy": ("talk", "s-talk", "Busy"),
    "offline": ("gone", "s-gone", "Offline"),
}
LAMPS = {"on": "on", "blink": "bl", "off": ""}


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
