"""Calls and their records: a call is opened once, legs join and leave it, the last one closes it.

The record is written when the last leg has left, whoever that is and whichever owners the legs
went through.  The cause is the first that somebody could name: why it was refused, or why the first
party of an answered call left.
"""

from __future__ import annotations

from firmware.core import causes
from firmware.core.effects import Effects, WriteRecord
from firmware.core.model import Call, Leg, Tables
from firmware.core.record import CallRecord, CallType, Flag, LegRecord


class Ledger:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._present: dict[int, list[int]] = {}  # call -> legs; derived from `leg.call`
        for leg in tables.legs.values():
            if leg.call:
                self._present.setdefault(leg.call, []).append(leg.id)

    def open(self, type: CallType, caller: str, called: str, site: int, utc: int) -> Call:
        self._tables.last_call += 1
        call = Call(self._tables.last_call, type, caller, called, utc, site)
        self._tables.calls[call.id] = call
        return call

    def join(self, leg: Leg, call: int) -> None:
        leg.call = call
        self._present.setdefault(call, []).append(leg.id)

    def legs_of(self, call: int) -> list[int]:
        return self._present.get(call, [])

    def leave(self, leg: Leg, cause: str, utc: int) -> Effects:
        """This party's part is over; so is the call when it was the last."""
        call = self._tables.calls.get(leg.call)
        if call is None:
            return []
        call.legs.append(_leg_record(leg, cause, utc))
        took_part = leg.state not in ("ringing", "dialing")
        if call.answered and took_part and not call.cause and cause not in causes.GOES_ON:
            call.cause = cause
        self._present[call.id].remove(leg.id)
        if self._present[call.id]:
            return []
        return self.close(call, cause, utc)

    def close(self, call: Call, cause: str, utc: int) -> Effects:
        del self._tables.calls[call.id]
        self._present.pop(call.id, None)
        return [WriteRecord(self._record(call, call.cause or cause, utc))]

    def merge(self, leg: Leg, into: int) -> None:
        """The call of this lone leg was only the way to another call: it leaves no record."""
        call = self._tables.calls.pop(leg.call, None)
        if call:
            del self._present[call.id]
            self._tables.calls[into].trail.extend(call.trail)
        self.join(leg, into)

    def mark(self, leg: Leg, flag: Flag) -> None:
        call = self._tables.calls.get(leg.call)
        if call and flag not in call.flags:
            call.flags.append(flag)

    def answer(self, leg: Leg, utc: int) -> None:
        """The first party that takes the call makes it an answered one (CDR-07)."""
        leg.answered = leg.answered or utc
        call = self._tables.calls.get(leg.call)
        if call and not call.answered:
            call.answered = utc
            call.final = call.final or leg.party

    def blame(self, leg: Leg, cause: str) -> None:
        call = self._tables.calls.get(leg.call)
        if call and not call.cause and not call.answered:
            call.cause = cause

    def _record(self, call: Call, cause: str, utc: int) -> CallRecord:
        return CallRecord(
            call=f"{self._tables.life}-{call.id}",
            type=call.type,
            caller=call.caller,
            called=call.called,
            final=call.final,
            line=call.line,
            started=call.started,
            answered=call.answered,
            ended=utc,
            cause=cause,
            site=call.site,
            trail=tuple(call.trail),
            legs=tuple(sorted(call.legs, key=lambda leg: leg.leg)),
            name=call.name,
            trunk=call.trunk,
            flags=tuple(call.flags),
        )


def _leg_record(leg: Leg, cause: str, utc: int) -> LegRecord:
    started = leg.joined or leg.started
    answered = max(leg.answered, leg.joined) if leg.answered else 0
    return LegRecord(leg.id, leg.party, leg.kind, leg.line, started, answered, utc, cause)
