"""The tables of the exchange and the few moves that are allowed on them.

Promises: a leg is always with exactly one owner; moving it is one call, whatever the old and the
new owner are; an owner without legs ends, and its timers with it; a call that loses its last leg
is recorded.  Every move returns the effects it needs; nothing is done here.  Who moves whom when
is decided above, in `dialing`, `talking` and the features.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from firmware.core import causes, userstate
from firmware.core.decision import Caller, Resolution, Resolver
from firmware.core.effects import (
    Answer,
    AnswerLine,
    DropRecording,
    Effects,
    Hangup,
    Join,
    Mode,
    SaveState,
    StopRinging,
)
from firmware.core.feature import Feature
from firmware.core.hearing import Links, links
from firmware.core.ledger import Ledger
from firmware.core.model import (
    Bridge,
    Dialing,
    Left,
    Leg,
    LegState,
    Owner,
    Reason,
    Saving,
    Session,
    Tables,
)
from firmware.core.ports import Ports
from firmware.core.site import Site
from firmware.core.sounds import Sounds
from firmware.core.timers import RunningTimers


class Switchboard(Sounds, RunningTimers, Ports):
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
        self.bereaved: list[tuple[Owner, Left]] = []  # to be told at the end of this event
        self.keepers_gone: list[Leg] = []  # whom we hung up while somebody waited for them
        self.touched: set[str] = set()  # numbers whose lamps may have changed with this event
        self._seats: dict[int, list[int]] = {}  # owner -> legs; derived from `leg.owner`
        self._parties: dict[str, list[int]] = {}  # number -> legs; derived from `leg.party`
        self._kept: dict[int, int] = {}  # keeper -> bridge; derived from `bridge.keeper`
        self._knocks: dict[int, int] = {}  # leg -> dialing; derived from `dialing.knocked`
        for leg in tables.legs.values():
            self._seats.setdefault(leg.owner, []).append(leg.id)
            self._parties.setdefault(leg.party, []).append(leg.id)
        for owner in tables.owners.values():
            if isinstance(owner, Bridge) and owner.keeper:
                self._kept[owner.keeper] = owner.id
            elif isinstance(owner, Dialing):
                self._knocks.update(dict.fromkeys(owner.knocked, owner.id))

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

    def save(self, leg: Leg, key: str, value: userstate.Value | None, *words: str) -> Effects:
        """Have a user's setting stored (None: removed); once it is, this leg hears the words."""
        self.tables.last_save += 1
        text = userstate.encoded(value) if value is not None else ""
        saving = Saving(key, text, leg.id, leg.owner, words)
        self.tables.saving[self.tables.last_save] = saving
        return [SaveState(self.tables.last_save, key, text)]

    def remember(self, key: str, value: userstate.Value) -> Effects:
        """Store what nobody asked to be stored, and go by it at once."""
        self.tables.last_save += 1
        text = userstate.encoded(value)
        self.tables.state.put(key, text)
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
            effects += self.silence(leg)
        before = {number: self._links(number) for number in {*[it.owner for it in legs], owner.id}}
        for leg in legs:
            self._seat(leg, owner)
        effects += self._settle(before)
        if isinstance(owner, Bridge) and self._knocks:
            effects += self._knock_again(legs)
        return effects

    def _knock_again(self, legs: list[Leg]) -> Effects:
        """Who turns to another call hears that somebody still knocks."""
        effects: Effects = []
        for leg in legs:
            if self.knocker(leg):
                effects += self.set_tone(leg, "waiting")
        return effects

    def bridge(self, mode: Mode, legs: list[Leg]) -> Effects:
        return self.move(legs, Bridge(self.next_owner(), mode))

    def change(self, bridge: Bridge, mode: Mode, **fields: object) -> Effects:
        """The same people, but who hears whom changes."""
        before = {bridge.id: self._links(bridge.id)}
        bridge.mode = mode
        for name, value in fields.items():
            setattr(bridge, name, value)
        return self._settle(before)

    def listen_in(self, bridge: Bridge, ear: Leg, confidant: int) -> Effects:
        """The ear hears everybody; only the confidant, if there is one, hears the ear."""
        effects = self.silence(ear)
        before = {number: self._links(number) for number in (ear.owner, bridge.id)}
        bridge.mode = "listen"
        bridge.ears[ear.id] = confidant
        self._seat(ear, bridge)
        return effects + self._settle(before)

    def let_hear(self, dialing: Dialing, callee: Leg) -> Effects:
        """The caller hears what this callee plays before it answers, instead of our ringback."""
        before = {dialing.id: self._links(dialing.id)}
        dialing.heard = callee.id
        return self.silence(self.tables.legs[dialing.caller]) + self._settle(before)

    def _seat(self, leg: Leg, owner: Owner) -> None:
        self._forget_in_bridge(leg)
        self._seats[leg.owner].remove(leg.id)
        self._seats.setdefault(owner.id, []).append(leg.id)
        leg.owner = owner.id
        self.changed[leg.id] = leg

    def _links(self, owner: int) -> Links:
        return links(self.tables.owners.get(owner), self._seats.get(owner, ()))

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

    def _end_owner(self, number: int) -> Effects:
        owner = self.tables.owners.pop(number)
        self._seats.pop(number, None)
        stopped = self.end_timers(number)
        if isinstance(owner, Bridge):
            if self._kept.get(owner.keeper) == number:
                del self._kept[owner.keeper]
        elif isinstance(owner, Dialing):
            stopped += self.stop_knocking(owner)
        elif isinstance(owner, Session):
            self._leave_place(owner)
        return stopped

    # -- places that can be watched and fetched from -----------------------------------------------
    def take_place(self, session: Session, place: str) -> None:
        self.tables.places[place] = session.id
        self.touched.add(place)

    def at_place(self, place: str) -> Session | None:
        session = self.tables.owners.get(self.tables.places.get(place, 0))
        return session if isinstance(session, Session) else None

    def _leave_place(self, session: Session) -> None:
        for place, number in list(self.tables.places.items()):
            if number == session.id:
                del self.tables.places[place]
                self.touched.add(place)

    # -- those who wait for somebody ---------------------------------------------------------------
    def hold(self, legs: list[Leg], keeper: Leg, reason: Reason) -> Effects:
        """They hear music until their keeper comes back to them; he has one such bridge at most."""
        bridge = Bridge(self.next_owner(), "hold", keeper.id, reason)
        self._kept[keeper.id] = bridge.id
        effects = self.move(legs, bridge)
        for leg in legs:
            effects += self.play_music(leg)
        return effects

    def held_for(self, keeper: Leg) -> Bridge | None:
        bridge = self.tables.owners.get(self._kept.get(keeper.id, 0))
        return bridge if isinstance(bridge, Bridge) else None

    def rejoin(self, keeper: Leg) -> Effects:
        """The keeper is back with those who waited; whoever he was with has been seen to."""
        held = self.held_for(keeper)
        if held is None:
            return []
        waiting = self.legs_of(held.id)
        effects = self.switch_call(keeper, waiting[0].call, causes.HELD)
        effects += self.bridge("talk" if len(waiting) == 1 else "conference", [keeper, *waiting])
        self.set_state(keeper, "up")
        return effects

    def knock(self, dialing: Dialing, leg: Leg) -> Effects:
        dialing.knocked.append(leg.id)
        self._knocks[leg.id] = dialing.id
        return self.set_tone(leg, "waiting")

    def knocker(self, leg: Leg) -> Dialing | None:
        """Who waits until this leg takes his call."""
        dialing = self.tables.owners.get(self._knocks.get(leg.id, 0))
        return dialing if isinstance(dialing, Dialing) else None

    def stop_knocking(self, dialing: Dialing) -> Effects:
        effects: Effects = []
        for number in dialing.knocked:
            self._knocks.pop(number, None)
            leg = self.tables.legs.get(number)
            if leg and leg.hears == "waiting":
                effects += self.silence(leg)
        dialing.knocked = []
        return effects

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
        trunk: str = "",
    ) -> Leg:
        """A new leg; `number` only where an edge has chosen it."""
        if not number:
            self.tables.last_leg += 2
            number = self.tables.last_leg
        leg = Leg(number, kind, line, party, owner.id, state, self.utc, trunk=trunk)
        self.tables.owners[owner.id] = owner
        self.tables.legs[number] = leg
        self._seats.setdefault(owner.id, []).append(number)
        self._parties.setdefault(party, []).append(number)
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
        effects = self._leave(leg, cause)
        leg.call, leg.joined = 0, self.utc
        self.changed[leg.id] = leg
        return effects

    def _leave(self, leg: Leg, cause: str) -> Effects:
        call = self.tables.calls.get(leg.call)
        effects = self.ledger.leave(leg, cause, self.utc)
        if effects and call and call.recorded:
            effects.append(DropRecording(call.recorded))
        return effects + (self.end_timers(-leg.call) if effects else [])

    def switch_call(self, leg: Leg, call: int, cause: str) -> Effects:
        """The leg leaves its call, if it has one, for another."""
        if leg.call == call:
            return []
        effects = self.leave_call(leg, cause)
        self.join_call(leg, call)
        return effects

    def merge_call(self, leg: Leg, call: int) -> Effects:
        """What this leg dialed was only its way into that call."""
        if len(self.ledger.legs_of(leg.call)) > 1:
            return self.switch_call(leg, call, causes.HELD)
        old = leg.call
        self.ledger.merge(leg, call)
        self.changed[leg.id] = leg
        return self.end_timers(-old)

    def set_state(self, leg: Leg, state: LegState) -> None:
        leg.state = state
        self.changed[leg.id] = leg

    # -- legs that come and go ---------------------------------------------------------------------
    def note_answer(self, leg: Leg) -> None:
        self.set_state(leg, "up")
        self.ledger.answer(leg, self.utc)

    def answer(self, leg: Leg, like: int = 0) -> Effects:
        """Accept an incoming leg (to talk to leg `like`); a lifted handset needs no answer."""
        accepted = leg.answered
        self.note_answer(leg)
        if accepted:
            return []
        if leg.kind == "sip":
            return [Answer(leg.id, like)]
        if leg.kind == "fxo" and leg.line is not None:
            self.tables.lines[leg.line].ringing = False
            return [AnswerLine(leg.id, leg.line)]
        return []

    def drop(self, leg: Leg, cause: str) -> Effects:
        """The leg is gone: out of the tables, its owner, its line and its call."""
        before = {leg.owner: self._links(leg.owner)}
        del self.tables.legs[leg.id]
        self._seats[leg.owner].remove(leg.id)
        self._parties[leg.party].remove(leg.id)
        if not self._parties[leg.party]:
            del self._parties[leg.party]
        if leg.line is not None:
            self.free_port(self.tables.lines[leg.line], leg)
        if leg.answered and self.extension_of(leg):
            self.tables.called[leg.party] = self.utc
        self.changed[leg.id] = leg
        self._forget_in_bridge(leg)
        return self._settle(before) + self._leave(leg, cause) + self.drop_recordings(leg)

    def drop_recordings(self, leg: Leg) -> Effects:
        """What was still being written down for whoever it was with is wanted by nobody."""
        names = [name for name, whose in self.tables.recording.items() if whose == leg.id]
        for name in names:
            del self.tables.recording[name]
        return [DropRecording(name) for name in names]

    def _forget_in_bridge(self, leg: Leg) -> None:
        bridge = self.tables.owners[leg.owner]
        if isinstance(bridge, Bridge):
            bridge.keys.pop(leg.id, None)
            bridge.ears.pop(leg.id, None)
            if leg.id in bridge.paused:
                bridge.paused.remove(leg.id)

    def hang_up(self, leg: Leg, cause: str) -> Effects:
        """We end the leg; whatever the far end still says about it is ignored."""
        if self.held_for(leg):
            self.keepers_gone.append(leg)
        effects = self.drop(leg, cause)
        if leg.kind == "fxs" and leg.state == "ringing" and leg.line is not None:
            effects.append(StopRinging(leg.id, leg.line))
        return [*effects, Hangup(leg.id, cause)]

    def take_away(self, leg: Leg, cause: str) -> Effects:
        """End a leg that somebody else owns; its owner is told when this event has been handled."""
        owner = self.tables.owners[leg.owner]
        effects = self.hang_up(leg, cause)
        self.bereaved.append((owner, Left(leg, cause)))
        return effects

    def caller_of(self, leg: Leg) -> Caller:
        return Caller(leg.party, leg.line if leg.kind == "fxo" else None, leg.trunk)

    def legs_at(self, number: str) -> list[Leg]:
        """The legs of an extension's telephones."""
        legs = (self.tables.legs[leg] for leg in self._parties.get(number, ()))
        return [leg for leg in legs if leg.kind != "fxo" and not leg.trunk]
