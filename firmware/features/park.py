"""Park: leave a call in a slot, fetch it from any telephone (PRK-01 to PRK-06).

    parked      The party hears music.  `fetch` brings it to whoever dials the slot; the timer
                `return` rings the telephone that parked it, and after that the attendant.

The slots are the codes that the plan gives to `fetch`.  A session holds its slot as long as it
lives: the slot is free again when the party is fetched, rings back, or hangs up.
"""

from __future__ import annotations

from firmware.core import causes, transfer
from firmware.core.effects import Effects
from firmware.core.events import TimerFired
from firmware.core.feature import Feature
from firmware.core.holding import dismiss_ears, others
from firmware.core.model import Bridge, Leg, Session
from firmware.core.record import Step
from firmware.core.refusal import release
from firmware.core.switchboard import Switchboard
from firmware.prompts.spoken import digits

RETURN_MS = 45_000


def _park(board: Switchboard, bridge: Bridge, leg: Leg, _: str) -> Effects:
    parties = others(board, bridge, leg)
    slot = _free_slot(board)
    if len(parties) != 1 or not parties[0].answered:
        return []
    if not slot:
        return board.say(leg, "no-free-slot")
    [party] = parties
    session = Session(board.next_owner(), "park", "parked", slot, by=leg.party)
    effects = board.move([party], session) + dismiss_ears(board, bridge)
    board.take_place(session, slot)
    board.tables.calls[party.call].trail.append(Step("park", "taken", f"slots.{slot}", leg.party))
    board.ledger.mark(party, "parked")
    effects += board.play_music(party) + board.start_timer(session.id, "return", RETURN_MS)
    return effects + release(board, leg, causes.PARKED, ("parked-at", *digits(slot)))


def _free_slot(board: Switchboard) -> str:
    slots = (code.digits for code in board.site.codes if code.feature == FETCH.name)
    return next((slot for slot in slots if slot not in board.tables.places), "")


def _return(board: Switchboard, session: Session, _: TimerFired) -> Effects:
    [party] = board.legs_of(session.id)
    return transfer.ring_back(board, party, session.by)


def _start(board: Switchboard, _: Session, leg: Leg) -> Effects:
    """Parking is for people who talk."""
    return release(board, leg, causes.NO_SUCH_NUMBER, ("bad-code",))


def _fetch(board: Switchboard, session: Session, leg: Leg) -> Effects:
    parked = board.at_place(session.argument)
    if parked is None:
        return release(board, leg, causes.NO_SUCH_NUMBER, ("slot-empty",))
    [party] = board.legs_of(parked.id)
    merged = board.merge_call(leg, party.call)
    board.tables.calls[party.call].final = leg.party
    return merged + board.bridge("talk", [party, leg])


FEATURE = Feature("park", _start, {("parked", "return"): _return}, in_call=_park)
FETCH = Feature("fetch", _fetch, {})
