"""Sites for tests: a small one that has every kind of thing once."""

from __future__ import annotations

import msgspec

from firmware.core.site import (
    Department,
    Extension,
    Group,
    OutboundRoute,
    OutsideLine,
    Site,
    SpeedDial,
    Tones,
    Trunk,
)
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

# a house with everything that calls can meet: handsets on ports 1 to 4, SIP phones 201 to 204, two
# outside lines; 101 answers for the house, 102, 103 and 201 sell, 202 leads them
_HOUSE = msgspec.structs.replace(
    _SMALL,
    name="House",
    extensions={
        "101": Extension("101", "Reception", 1, monitors="all"),
        "102": Extension("102", "Workshop", 2, monitored=True),
        "103": Extension("103", "Store", 3, monitored=True),
        "104": Extension("104", "Hall", 4),
        "201": Extension("201", "Office", monitored=True, auto_answer=True),
        "202": Extension("202", "Sales", monitors="department"),
        "203": Extension("203", "Cellar"),
        "204": Extension("204", "Roof"),
    },
    lines={
        5: OutsideLine(5, "Line 1", "83587106"),
        6: OutsideLine(6, "Line 2", "83587107"),
    },
    routes=(OutboundRoute("Outside", "9", (5, 6)),),
    trunks={"Carrier": Trunk("Carrier", "register", "sip.example.net")},
    departments=(
        Department("Firm", "", ("202",)),
        Department("Sales", "300", ("102", "103", "201"), parent="Firm"),
        Department("Night", "", ("104", "204")),
    ),
)
HOUSE = msgspec.structs.replace(_HOUSE, codes=catalog.codes(_HOUSE))
HOUSE_PORTS = {1: "fxs", 2: "fxs", 3: "fxs", 4: "fxs", 5: "fxo", 6: "fxo"}

# the same house with all that a resolver can meet: two attendants by day and one by night, short
# codes, groups that answer to one key, a handset that speaks Chinese
_NIGHT_DESK = msgspec.structs.replace(
    HOUSE,
    name="Night desk",
    extensions={
        **HOUSE.extensions,
        "104": Extension("104", "Hall", 4, language="zh"),
    },
    second_attendant="103",
    night_attendant="104",
    departments=(Department("Sales", "300", ("102", "103"), ring_ms=30_000, no_answer="104"),),
    speed_dials=(
        SpeedDial("12", "983587106"),
        SpeedDial("13", "983587106"),
        SpeedDial("14", "9008612345678"),
        SpeedDial("15", "9008612345678", always=True),
    ),
    groups=(
        Group(7, ("102", "103")),
        Group(8, ("102", "103"), "all", one_key=True),
    ),
)
NIGHT_DESK = msgspec.structs.replace(_NIGHT_DESK, codes=catalog.codes(_NIGHT_DESK))
HOUSES = {"house": HOUSE, "night-desk": NIGHT_DESK}
