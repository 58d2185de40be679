"""The tables of the exchange and the few moves that are allowed on them.

Promises: a leg is always with exactly one owner; moving it is one call, whatever the old and the
new owner are; an owner without legs ends, and its timers with it; a call that loses its last leg
is recorded.  Every move returns the effects it needs; nothing is done here.  Who moves whom when
is decided above, in `dialing`, `talking` and the features.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import permutations
from typing import Literal

import msgspec

from firmware.core import userstate
from firmware.core.decision import Caller, Resolution, Resolver
from firmware.core.effects import (
    Answer,
    AnswerLine,
    Effects,
    Hangup,
    Join,
    Mode,
    PlayTone,
    SaveState,
    StartTimer,
    StopRinging,
    StopTimer,
    StopTone,
    Tone,
)
from firmware.core.feature import Feature
from firmware.core.ledger import Ledger
from firmware.core.model import Bridge, Leg, LegState, Line, Owner, Saving, Tables
from firmware.core.site import Site, Timing

Links = tuple[tuple[int, int], ...]


class Switchboard:
    def __init__(
        self, site: Site, tables: Tables, resolve: Resolver, features: Mapping[str, Feature]
    ) -> None:
        self.site = site
        self.tables = tables
        self.resolve = resolve
        self.features = features
        self.ledger = Ledger(tables)
        self.at = 0
        self.utc = 0
        self.changed: dict[int, Leg] = {}  # legs that watchers must hear about after this event
        self._seats: dict[int, list[int]] = {}  # owner -> legs; derived from `leg.owner`
        for leg in tables.legs.values():
            self._seats.setdefault(leg.owner, []).append(leg.id)

    @property
    def timing(self) -> Timing:
        return self.site.timing

    def ask(self, caller: Caller, digits: str, call: int = 0) -> Resolution:
        """What these digits mean for this caller, now; in a call by the codes it began with."""
        site, talk = self.site, self.tables.calls.get(call)
        if talk and talk.site in self.tables.codes:
            site = msgspec.structs.replace(site, codes=self.tables.codes[talk.site])
        return self.resolve(site, self.tables.state, caller, digits, self.utc)

    def set_site(self, site: Site) -> None:
        """A new configuration: running calls keep the codes they began with (FCR-13)."""
        codes, running = self.tables.codes, {call.site for call in self.tables.calls.values()}
        if site.codes != self.site.codes:
            codes[self.site.version] = self.site.codes
        for version in set(codes) - running:
            del codes[version]
        self.site = site

    def save(self, owner: Owner, key: str, value: userstate.Value | None) -> Effects:
        """Have a user's setting stored (None: removed); the owner gets `StateSaved`."""
        self.tables.last_save += 1
        text = userstate.encoded(value) if value is not None else ""
        self.tables.saving[self.tables.last_save] = Saving(key, text, owner.id)
        return [SaveState(self.tables.last_save, key, text)]

    # -- owners ------------------------------------------------------------------------------------
    def next_owner(self) -> int:
        self.tables.last_owner += 1
        return self.tables.last_owner

    def legs_of(self, owner: int) -> list[Leg]:
        """In the order in which they came."""
        return [self.tables.legs[number] for number in self._seats.get(owner, ())]

    def move(self, legs: list[Leg], owner: Owner) -> Effects:
        """Give legs to an owner, whoever had them; a tone of the old owner's ends."""
        self.tables.owners[owner.id] = owner
        effects: Effects = []
        for leg in legs:
            effects += self.set_tone(leg, "")
        before = {number: self._links(number) for number in {*[it.owner for it in legs], owner.id}}
        for leg in legs:
            self._seats[leg.owner].remove(leg.id)
            self._seats.setdefault(owner.id, []).append(leg.id)
            leg.owner = owner.id
            self.changed[leg.id] = leg
        return effects + self._settle(before)

    def bridge(self, mode: Mode, legs: list[Leg]) -> Effects:
        return self.move(legs, Bridge(self.next_owner(), mode))

    def _links(self, owner: int) -> Links:
        """Who hears whom there."""
        entry = self.tables.owners.get(owner)
        if isinstance(entry, Bridge) and entry.mode in ("talk", "conference"):
            return tuple(permutations(self._seats.get(owner, ()), 2))
        return ()

    def _settle(self, before: Mapping[int, Links]) -> Effects:
        """Owners that lost or got legs: new links, and the end of those that are empty."""
        effects: Effects = []
        for number in sorted(before):
            links = self._links(number)
            if links != before[number]:
                effects.append(Join(number, links))
            if not self._seats.get(number) and number in self.tables.owners:
                effects += self._end_owner(number)
        return effects

    def _end_owner(self, owner: int) -> Effects:
        del self.tables.owners[owner]
        self._seats.pop(owner, None)
        return [StopTimer(owner, name) for name in self.tables.timers.pop(owner, {})]

    # -- timers ------------------------------------------------------------------------------------
    def start_timer(self, owner: int, name: str, ms: int) -> Effects:
        self.tables.last_generation += 1
        self.tables.timers.setdefault(owner, {})[name] = self.tables.last_generation
        return [StartTimer(owner, name, self.tables.last_generation, ms)]

    def stop_timer(self, owner: int, name: str) -> Effects:
        return [StopTimer(owner, name)] if self.take_timer(owner, name) else []

    def take_timer(self, owner: int, name: str) -> int:
        """The timer is over; its generation, 0 if it did not run."""
        running = self.tables.timers.get(owner, {})
        generation = running.pop(name, 0)
        if not running:
            self.tables.timers.pop(owner, None)
        return generation

    # -- legs --------------------------------------------------------------------------------------
    def add_leg(
        self,
        kind: Literal["fxs", "fxo", "sip"],
        party: str,
        owner: Owner,
        state: LegState,
        *,
        line: int | None = None,
        call: int = 0,
        number: int = 0,
    ) -> Leg:
        """A new leg; `number` only where an edge has chosen it."""
        if not number:
            self.tables.last_leg += 2
            number = self.tables.last_leg
        leg = Leg(number, kind, line, party, owner.id, state, self.utc)
        self.tables.owners[owner.id] = owner
        self.tables.legs[number] = leg
        self._seats.setdefault(owner.id, []).append(number)
        if line is not None:
            self.tables.lines[line].leg = number
        if call:
            self.ledger.join(leg, call)
        self.changed[number] = leg
        return leg

    def join_call(self, leg: Leg, call: int) -> None:
        self.ledger.join(leg, call)
        self.changed[leg.id] = leg

    def leave_call(self, leg: Leg, cause: str) -> Effects:
        """The leg lives on without the call."""
        effects = self.ledger.leave(leg, cause, self.utc)
        leg.call = 0
        self.changed[leg.id] = leg
        return effects

    def set_state(self, leg: Leg, state: LegState) -> None:
        leg.state = state
        self.changed[leg.id] = leg

    def set_tone(self, leg: Leg, tone: Tone | Literal[""]) -> Effects:
        """What the box itself plays to this leg; a SIP phone has no audio before the answer."""
        if leg.tone == tone or (leg.kind != "fxs" and not leg.answered):
            return []
        leg.tone = tone
        return [PlayTone(leg.id, tone)] if tone else [StopTone(leg.id)]

    def note_answer(self, leg: Leg) -> None:
        self.set_state(leg, "up")
        self.ledger.answer(leg, self.utc)

    def answer(self, leg: Leg) -> Effects:
        """Accept an incoming leg; a lifted handset needs no answer."""
        self.note_answer(leg)
        if leg.kind == "sip":
            return [Answer(leg.id)]
        if leg.kind == "fxo" and leg.line is not None:
            self.tables.lines[leg.line].ringing = False
            return [AnswerLine(leg.id, leg.line)]
        return []

    def drop(self, leg: Leg, cause: str) -> Effects:
        """The leg is gone: out of the tables, its owner, its line and its call."""
        before = {leg.owner: self._links(leg.owner)}
        del self.tables.legs[leg.id]
        self._seats[leg.owner].remove(leg.id)
        if leg.line is not None:
            self._free(self.tables.lines[leg.line], leg)
        self.changed[leg.id] = leg
        return self._settle(before) + self.ledger.leave(leg, cause, self.utc)

    def hang_up(self, leg: Leg, cause: str) -> Effects:
        """We end the leg; whatever the far end still says about it is ignored."""
        effects = self.drop(leg, cause)
        if leg.kind == "fxs" and leg.state == "ringing" and leg.line is not None:
            effects.append(StopRinging(leg.id, leg.line))
        return [*effects, Hangup(leg.id, cause)]

    def caller_of(self, leg: Leg) -> Caller:
        return Caller(leg.party, leg.line if leg.kind == "fxo" else None)

    # -- lines -------------------------------------------------------------------------------------
    def line_leg(self, line: int) -> Leg | None:
        entry = self.tables.lines.get(line)
        return self.tables.legs.get(entry.leg) if entry else None

    def free_outside_line(self, lines: tuple[int, ...]) -> Line | None:
        """The first that nobody uses; one that has just been released only if all others are."""
        known = (self.tables.lines.get(number) for number in lines)
        free = [
            line
            for line in known
            if line and line.kind == "fxo" and line.up and not line.leg and not line.ringing
        ]
        return min(free, key=self.rest_ms, default=None)

    def rest_ms(self, line: Line) -> int:
        """How long this line must still be left alone, so that its exchange notices the release."""
        return max(0, line.free_at - self.at) // 1_000_000

    def _free(self, line: Line, leg: Leg) -> None:
        line.leg = 0
        if line.kind == "fxo" and leg.state != "ringing":
            line.free_at = self.at + self.timing.line_release * 1_000_000
