"""Who may see which calls, and hear which recordings."""

from __future__ import annotations

import pytest

from firmware.core.site import Department
from firmware.core.visibility import ALL, Sight, Viewer, shown, sight
from tests.store.samples import record

SALES = Department("Sales", members=("101", "102"))
HOTEL = Department("Hotel", members=("301",))
HOUSE = (SALES, HOTEL)
CALL = record(1, caller="101", called="138", final="", recordings=("a",), legs=())


@pytest.mark.req("CDR-01", "REC-03")
@pytest.mark.parametrize(
    ("viewer", "expected"),
    [
        (Viewer("administrator"), ALL),
        (Viewer("operator", "101"), ALL),
        (Viewer("auditor", "101"), Sight(None, ())),
        (Viewer("user", "301"), Sight(("301",), ("301",))),
        (Viewer("user", "301", ("Sales",)), Sight(("301", "101", "102"), ("301", "101", "102"))),
        (Viewer("user", "101", ("Sales", "No such")), Sight(("101", "102"), ("101", "102"))),
        (Viewer("user"), Sight((), ())),
        (Viewer("user", "", ("Hotel",)), Sight(("301",), ("301",))),
    ],
)
def test_what_each_may_see(viewer: Viewer, expected: Sight) -> None:
    assert sight(viewer, HOUSE) == expected


@pytest.mark.req("REC-03")
@pytest.mark.parametrize(
    ("seen", "visible", "audible"),
    [
        (ALL, True, True),
        (Sight(None, ()), True, False),
        (Sight(("101",), ("101",)), True, True),
        (Sight(("101",), ("102",)), True, False),
        (Sight(("102",), ("101",)), False, False),
        (Sight((), None), False, False),
        (Sight(("",), ("",)), False, False),  # a party without a number is nobody
    ],
)
def test_a_record_as_somebody_may_have_it(seen: Sight, visible: bool, audible: bool) -> None:
    view = shown(CALL, seen)
    assert (view is not None) == visible
    assert bool(view and view.recordings) == audible


def test_whose_telephone_only_rang_sees_the_call_it_missed() -> None:
    call = record(1, caller="138", called="600", final="", answered=0)
    assert call.legs[0].party == "101"
    assert shown(call, Sight(("101",), ())) == call
