"""Who may listen to whom, and the moves of those who do (SUP).

A supervisor enters the bridge of the extension he dialed: as an ear that nobody hears, as one whom
only that extension hears, or as a third talker.  Only a telephone that talks can be chosen
(SUP-07), only one that may be monitored, by one who has the right for it (SUP-01, SUP-06): for
everybody, or for departments below his own and colleagues of his own.
"""

from __future__ import annotations

from firmware.core import causes
from firmware.core.effects import Effects
from firmware.core.model import Bridge, Leg
from firmware.core.record import Step
from firmware.core.refusal import release
from firmware.core.switchboard import Switchboard


def chosen(board: Switchboard, supervisor: Leg, number: str) -> tuple[Bridge, Leg] | Effects:
    """The bridge to enter and the extension's leg in it, or how the supervisor is refused."""
    if not may(board, supervisor.party, number):
        return release(board, supervisor, causes.NOT_ALLOWED, ("may-not-monitor",))
    for leg in board.legs_at(number):
        bridge = board.tables.owners[leg.owner]
        talks = isinstance(bridge, Bridge) and bridge.mode in ("talk", "conference", "listen")
        if talks and isinstance(bridge, Bridge) and leg.answered and leg.id not in bridge.ears:
            _note(board, supervisor, leg)
            return bridge, leg
    return release(board, supervisor, causes.NO_SUCH_NUMBER, ("not-talking",))


def _note(board: Switchboard, supervisor: Leg, leg: Leg) -> None:
    """Every act is in the trail of the call that it was done to (SUP-08)."""
    own, call = (board.tables.calls.get(it.call) for it in (supervisor, leg))
    if own and call:
        call.trail.append(Step(own.final, "taken", f"extensions.{supervisor.party}", leg.party))


def may(board: Switchboard, supervisor: str, number: str) -> bool:
    who, whom = board.site.extensions.get(supervisor), board.site.extensions.get(number)
    if who is None or whom is None or who is whom or not whom.monitored:
        return False
    return who.monitors == "all" or (
        who.monitors == "department" and _is_below(board, supervisor, number)
    )


def _is_below(board: Switchboard, supervisor: str, number: str) -> bool:
    """In the supervisor's department, or in one below it."""
    places = {it.name: it for it in board.site.departments}
    own = next((it.name for it in places.values() if supervisor in it.members), None)
    at = next((it.name for it in places.values() if number in it.members), "")
    for _ in range(len(places)):  # a tree, unless somebody made a circle
        if at == own:
            return own is not None
        at = places[at].parent if at in places else ""
    return False
