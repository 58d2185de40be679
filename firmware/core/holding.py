"""Somebody waits: a phone put its party on hold, or a handset's user is busy with another call.

Theory.  A SIP phone that holds stays in the bridge (`paused`), hears and is heard by nobody, and
its party gets music.  A handset has one leg for all its calls: its party moves into a bridge of its
own in mode "hold", whose `keeper` is the handset's leg, and the leg is free for another call.  The
keeper comes back by `rejoin`; what becomes of those who wait when he hangs up is in `transfer.py`.
"""

from __future__ import annotations

from firmware.core import causes, refusal
from firmware.core.effects import Effects
from firmware.core.events import LegHeld, LegResumed
from firmware.core.model import Bridge, Leg, Reason
from firmware.core.switchboard import Switchboard


def others(board: Switchboard, bridge: Bridge, leg: Leg) -> list[Leg]:
    """Those whom this leg talks with."""
    legs = board.legs_of(bridge.id)
    return [other for other in legs if other is not leg and other.id not in bridge.ears]


# -- a phone holds by itself -----------------------------------------------------------------------
def paused(board: Switchboard, bridge: Bridge, event: LegHeld) -> Effects:
    leg = board.tables.legs[event.leg]
    if leg.id in bridge.paused:
        return []
    board.changed[leg.id] = leg
    pausing = [*bridge.paused, leg.id]
    if bridge.mode in ("conference", "listen"):
        return board.change(bridge, bridge.mode, paused=pausing)
    effects = board.change(bridge, "hold", paused=pausing)
    for other in others(board, bridge, leg):
        if other.id not in pausing:
            effects += board.play_music(other)
    return effects


def resumed(board: Switchboard, bridge: Bridge, event: LegResumed) -> Effects:
    if event.leg not in bridge.paused:
        return []
    board.changed[event.leg] = board.tables.legs[event.leg]
    pausing = [leg for leg in bridge.paused if leg != event.leg]
    if bridge.mode in ("conference", "listen"):
        return board.change(bridge, bridge.mode, paused=pausing)
    if pausing:
        bridge.paused = pausing
        return board.play_music(board.tables.legs[event.leg])
    effects: Effects = []
    for leg in board.legs_of(bridge.id):
        effects += board.silence(leg)
    return effects + board.change(bridge, "talk", paused=[])


# -- a handset's user turns to another call --------------------------------------------------------
def put_aside(board: Switchboard, bridge: Bridge, leg: Leg, reason: Reason) -> Effects:
    """The others of this bridge wait for this leg, which leaves their call for the time being."""
    effects = board.hold(others(board, bridge, leg), leg, reason) + dismiss_ears(board, bridge)
    return effects + board.leave_call(leg, causes.HELD)


def dismiss_ears(board: Switchboard, bridge: Bridge) -> Effects:
    """The talk is over here; who listened in is not taken along."""
    effects: Effects = []
    for ear in list(bridge.ears):
        effects += refusal.release(board, board.tables.legs[ear], causes.NORMAL)
    return effects
