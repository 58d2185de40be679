"""The tables of the exchange and the few moves that are allowed on them.

Promises: a leg is always with exactly one owner, a timer never outlives its owner, a call that
ends is recorded once.  Every move returns the effects it needs; nothing is done here.  Who moves
whom when is decided above, in `dialing`, `talking` and the features.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from firmware.core.decision import Caller, Resolver
from firmware.core.effects import (
    Answer,
    AnswerLine,
    Effects,
    Hangup,
    Join,
    Mode,
    StartTimer,
    StopRinging,
    StopTimer,
    WriteRecord,
)
from firmware.core.feature import Feature
from firmware.core.model import Bridge, Call, Leg, LegState, Line, Owner, Tables
from firmware.core.record import CallRecord, CallType, LegRecord
from firmware.core.site import Site, Timing

LEG_LIMIT = 400
EMERGENCY_RESERVE = 16


class Switchboard:
    def __init__(
        self, site: Site, tables: Tables, resolve: Resolver, features: Mapping[str, Feature]
    ) -> None:
        self.site = site
        self.tables = tables
        self.resolve = resolve
        self.features = features
        self.at = 0
        self.utc = 0
        self.changed: dict[int, Leg] = {}  # legs that watchers must hear about after this event

    @property
    def timing(self) -> Timing:
        return self.site.timing

    # -- legs --------------------------------------------------------------------------------------
    def add_leg(
        self,
        kind: Literal["fxs", "fxo", "sip"],
        party: str,
        owner: int,
        *,
        line: int | None = None,
        call: int = 0,
        state: Literal["dialing", "ringing"] = "ringing",
        number: int = 0,
    ) -> Leg:
        """A new leg; `number` only where an edge has chosen it."""
        if not number:
            self.tables.last_leg += 2
            number = self.tables.last_leg
        leg = Leg(number, kind, line, party, owner, call, state, self.utc)
        self.tables.legs[number] = leg
        if line is not None:
            self.tables.lines[line].leg = number
        self.changed[number] = leg
        return leg

    def set_state(self, leg: Leg, state: LegState) -> None:
        leg.state = state
        self.changed[leg.id] = leg

    def answer(self, leg: Leg) -> Effects:
        """Accept an incoming leg; a lifted handset needs no answer."""
        self.note_answer(leg)
        if leg.kind == "sip":
            return [Answer(leg.id)]
        if leg.kind == "fxo" and leg.line is not None:
            return [AnswerLine(leg.id, leg.line)]
        return []

    def drop_leg(self, leg: Leg, cause: str) -> None:
        """The leg is gone: take it out of the tables and write it into its call."""
        del self.tables.legs[leg.id]
        if leg.line is not None:
            line = self.tables.lines[leg.line]
            line.leg = 0
            if line.kind == "fxo" and leg.state == "up":
                line.free_at = self.at + self.timing.line_release * 1_000_000
        self._note_leg(leg, cause)
        self.changed[leg.id] = leg

    def hang_up(self, leg: Leg, cause: str) -> Effects:
        """We end the leg; whatever the far end still says about it is ignored."""
        self.drop_leg(leg, cause)
        effects: Effects = []
        if leg.kind == "fxs" and leg.state == "ringing" and leg.line is not None:
            effects.append(StopRinging(leg.id, leg.line))
        return [*effects, Hangup(leg.id, cause)]

    def line_leg(self, line: int) -> Leg | None:
        entry = self.tables.lines.get(line)
        return self.tables.legs.get(entry.leg) if entry else None

    def free_outside_line(self, lines: tuple[int, ...]) -> Line | None:
        """The first that nobody uses; one that has just been released only if all others are."""
        known = (self.tables.lines.get(number) for number in lines)
        free = [line for line in known if line and line.kind == "fxo" and line.up and not line.leg]
        return min(free, key=self.rest_ms, default=None)

    def rest_ms(self, line: Line) -> int:
        """How long this line must still be left alone, so that its exchange notices the release."""
        return max(0, line.free_at - self.at) // 1_000_000

    def caller_of(self, leg: Leg) -> Caller:
        return Caller(leg.party, leg.line if leg.kind == "fxo" else None)

    # -- owners ------------------------------------------------------------------------------------
    def add_owner(self, owner: Owner) -> None:
        self.tables.owners[owner.id] = owner

    def next_owner(self) -> int:
        self.tables.last_owner += 1
        return self.tables.last_owner

    def end_owner(self, owner: Owner) -> Effects:
        del self.tables.owners[owner.id]
        return self.stop_timer(owner.id)

    def start_timer(self, owner: int, ms: int) -> Effects:
        self.tables.last_generation += 1
        self.tables.timers[owner] = self.tables.last_generation
        return [StartTimer(owner, self.tables.last_generation, ms)]

    def stop_timer(self, owner: int) -> Effects:
        return [StopTimer(owner)] if self.tables.timers.pop(owner, 0) else []

    # -- bridges -----------------------------------------------------------------------------------
    def bridge(self, mode: Mode, legs: list[Leg]) -> Effects:
        """Put these legs together, whoever had them before."""
        bridge = Bridge(self.next_owner(), mode, [leg.id for leg in legs])
        self.add_owner(bridge)
        for leg in legs:
            leg.owner = bridge.id
        return [Join(bridge.id, mode, tuple(bridge.legs))]

    # -- calls -------------------------------------------------------------------------------------
    def open_call(self, type: CallType, caller: str, called: str) -> Call:
        self.tables.last_call += 1
        call = Call(self.tables.last_call, type, caller, called, self.utc, self.site.version)
        self.tables.calls[call.id] = call
        return call

    def note_answer(self, leg: Leg) -> None:
        """This party took the call; the first to do so makes it an answered one (CDR-07)."""
        self.set_state(leg, "up")
        leg.answered = leg.answered or self.utc
        call = self.tables.calls.get(leg.call)
        if call and not call.answered:
            call.answered = self.utc
            call.final = call.final or leg.party

    def close_call(self, number: int, cause: str) -> Effects:
        """Write the record; legs still up are noted and belong to no call from now on."""
        call = self.tables.calls.pop(number, None)
        if call is None:
            return []
        for leg in self.tables.legs.values():
            if leg.call == number:
                call.legs.append(self._leg_record(leg, cause))
                leg.call = 0
        return [WriteRecord(self._record(call, cause))]

    def _note_leg(self, leg: Leg, cause: str) -> None:
        call = self.tables.calls.get(leg.call)
        if call:
            call.legs.append(self._leg_record(leg, cause))

    def _leg_record(self, leg: Leg, cause: str) -> LegRecord:
        return LegRecord(
            leg.id, leg.party, leg.kind, leg.line, leg.started, leg.answered, self.utc, cause
        )

    def _record(self, call: Call, cause: str) -> CallRecord:
        return CallRecord(
            call=f"{self.tables.life}-{call.id}",
            type=call.type,
            caller=call.caller,
            called=call.called,
            final=call.final,
            line=call.line,
            started=call.started,
            answered=call.answered,
            ended=self.utc,
            cause=cause,
            site=call.site,
            trail=tuple(call.trail),
            legs=tuple(sorted(call.legs, key=lambda leg: leg.leg)),
        )
