"""Sites for tests: a small one that has every kind of thing once."""

from __future__ import annotations

import msgspec

from firmware.core.site import Extension, OutboundRoute, OutsideLine, Site, Tones
from firmware.features import catalog

STEADY = ((450, 0, 1000, 0),)
SLOW = ((450, 0, 1000, 4000),)
FAST = ((450, 0, 350, 350),)

# handsets on ports 1 and 2, SIP phones 201 and 202, the telephone company on port 5
_SMALL = Site(
    version=7,
    name="Small",
    country="cn",
    tones=Tones(STEADY, SLOW, FAST, FAST),
    ring_cadence=(1000, 4000),
    extensions={
        "101": Extension("101", "Reception", 1),
        "102": Extension("102", "Workshop", 2),
        "201": Extension("201", "Office"),
        "202": Extension("202", "Mobile"),
    },
    lines={5: OutsideLine(5, "Line 1", "83587106")},
    routes=(OutboundRoute("Outside", "9", (5,)),),
    attendant="101",
    language="en",
)
SMALL = msgspec.structs.replace(_SMALL, codes=catalog.codes(_SMALL))
PORTS = {1: "fxs", 2: "fxs", 5: "fxo"}
