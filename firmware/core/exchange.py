"""The exchange: one event in, its effects out.  The whole call processor is `Exchange.handle`.

It finds out whose event it is (the dialing, bridge, session or listening that owns the leg), looks
the pair of state and event up in that owner's table, and adds what watchers and lamps must know.
A pair that is in no table is refused: it is counted, nothing changes.  A leg that ended is taken
out here, before its owner is told, so no table can forget to.  An event about a leg that is gone
is old news and ignored, since we end legs without waiting for the far side's consent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from firmware.core import (
    calling,
    causes,
    charging,
    dialing,
    events,
    failing,
    listening,
    memory,
    offers,
    presence,
    talking,
    transfer,
)
from firmware.core.decision import Resolver
from firmware.core.effects import Effects, Hangup, OpenLine, PublishLine
from firmware.core.feature import Feature
from firmware.core.model import Dialing, Left, Leg, Line, Listening, Owner, Session, Tables
from firmware.core.site import Site
from firmware.core.switchboard import Switchboard

NOT_SAVED = ("not-saved",)

# keys are (state, event type or name of a timer); an entry takes the owner's own type
Table = Mapping[Any, Callable[..., Effects]]


class Exchange:
    def __init__(
        self,
        site: Site,
        resolve: Resolver,
        features: Mapping[str, Feature],
        tables: Tables | None = None,
    ) -> None:
        self.board = Switchboard(site, tables or Tables(), resolve, features)
        self.refused = 0  # pairs of state and event that no table knows

    def handle(self, event: events.AnyEvent) -> Effects:
        board = self.board
        board.at, board.utc = event.at, event.utc
        effects = _HANDLERS[type(event)](self, event)
        while board.bereaved:
            effects += self._console(*board.bereaved.pop(0))
        while board.keepers_gone:
            effects += self._left_alone(board.keepers_gone.pop(0))
        return effects + memory.news(board) + presence.news(board)

    # -- the box -----------------------------------------------------------------------------------
    def _booted(self, event: events.Booted) -> Effects:
        self.board.tables.life = event.life
        self.board.site = event.site
        return []

    def _site_changed(self, event: events.SiteChanged) -> Effects:
        self.board.set_site(event.site)
        return []

    def _contacts_changed(self, event: events.ContactsChanged) -> Effects:
        self.board.tables.contacts[event.extension] = event.contacts
        return []

    def _timer_fired(self, event: events.TimerFired) -> Effects:
        timers = self.board.tables.timers.get(event.owner, {})
        if timers.get(event.name) != event.generation:
            return []
        self.board.take_timer(event.owner, event.name)
        if event.owner < 0:
            return charging.TABLE[event.name](
                self.board, self.board.tables.calls[-event.owner], event
            )
        return self._ask(self.board.tables.owners[event.owner], event.name, event)

    def _effect_failed(self, event: events.EffectFailed) -> Effects:
        leg = self.board.tables.legs.get(event.leg)
        match failing.outcome_of(event.effect) if leg else "borne":
            case "lost" if leg:
                return self._lose(leg, causes.of_failed(event.effect))
            case "said":
                return self._prompt_ended(events.PromptEnded(event.at, event.utc, event.leg))
            case _:
                return []

    def _stopping(self, _: events.Stopping) -> Effects:
        effects: Effects = []
        for leg in list(self.board.tables.legs.values()):
            effects += self.board.hang_up(leg, causes.STOPPED)
        return effects

    # -- lines -------------------------------------------------------------------------------------
    def _line_found(self, event: events.LineFound) -> Effects:
        line = self.board.tables.lines.setdefault(
            event.line, Line(event.line, event.kind, event.up)
        )
        line.kind, line.up = event.kind, event.up  # a card that was changed has other modules
        return []

    def _line_came_up(self, event: events.LineCameUp) -> Effects:
        return self._set_line(event.line, up=True)

    def _line_went_down(self, event: events.LineWentDown) -> Effects:
        line = self.board.tables.lines.get(event.line)
        if line:
            line.ringing = line.off_hook = False
        leg = self.board.line_leg(event.line)
        lost = self._lose(leg, causes.UNREACHABLE) if leg else []
        return lost + self._set_line(event.line, up=False)

    def _set_line(self, number: int, *, up: bool) -> Effects:
        line = self.board.tables.lines.get(number)
        if line is None or line.up == up:
            return []
        line.up = up
        return [PublishLine(number, up)]

    def _handset_lifted(self, event: events.HandsetLifted) -> Effects:
        line = self.board.tables.lines.get(event.line)
        if line is None or line.kind != "fxs":
            return []
        line.off_hook = True
        leg = self.board.line_leg(event.line)
        if leg and leg.state == "ringing":
            return self._ask_leg(leg, events.LegAnswered(event.at, event.utc, leg.id))
        return [] if leg else self._seized(event.line)

    def _seized(self, line: int) -> Effects:
        extension = self.board.site.extension_on(line)
        caller = Dialing(self.board.next_owner(), "collecting", 0)
        party = extension.number if extension else ""
        leg = self.board.add_leg("fxs", party, caller, "dialing", line=line)
        caller.caller = leg.id
        return [OpenLine(leg.id, line), *dialing.invite_digits(self.board, caller)]

    def _line_released(self, event: events.LineReleased) -> Effects:
        line = self.board.tables.lines.get(event.line)
        if line:
            line.off_hook = False
        leg = self.board.line_leg(event.line)
        if leg is None:
            return []
        return self._lose(leg, causes.NORMAL)

    def _line_rang(self, event: events.LineRang) -> Effects:
        line = self.board.tables.lines.get(event.line)
        if line is None or line.kind != "fxo" or line.leg:
            return []
        line.ringing = True
        caller = Dialing(self.board.next_owner(), "collecting", 0)
        leg = self.board.add_leg("fxo", event.caller, caller, "ringing", line=line.line)
        caller.caller = leg.id
        return dialing.dial(self.board, caller, "#")

    def _line_quiet(self, event: events.LineQuiet) -> Effects:
        line = self.board.tables.lines.get(event.line)
        if line:
            line.ringing = False
        leg = self.board.line_leg(event.line)
        return self._lose(leg, causes.CANCELED) if leg and leg.state == "ringing" else []

    # -- carriers ----------------------------------------------------------------------------------
    def _trunk_came_up(self, event: events.TrunkCameUp) -> Effects:
        self.board.tables.trunks_down.pop(event.trunk, None)
        return []

    def _trunk_went_down(self, event: events.TrunkWentDown) -> Effects:
        self.board.tables.trunks_down[event.trunk] = event.why
        return []

    # -- legs --------------------------------------------------------------------------------------
    def _call_offered(self, event: events.CallOffered) -> Effects:
        return offers.offered(self.board, event)

    def _leg_ended(self, event: events.LegEnded) -> Effects:
        leg = self.board.tables.legs.get(event.leg)
        return self._tell(leg, event.cause) if leg else []

    def _leg_event(self, event: Any) -> Effects:
        leg = self.board.tables.legs.get(event.leg)
        return self._ask_leg(leg, event) if leg else []

    def _prompt_ended(self, event: events.PromptEnded) -> Effects:
        leg = self.board.tables.legs.get(event.leg)
        if leg is None or leg.hears != "words":
            return []  # something else is played to it by now
        leg.hears = ""
        return self._ask_leg(leg, event)

    def _line_reversed(self, event: events.LineReversed) -> Effects:
        leg = self.board.line_leg(event.line)
        if leg is None or leg.state != "early":
            return []
        if isinstance(self.board.tables.owners[leg.owner], Dialing):  # its caller still waits
            return self._ask_leg(leg, event)
        call = self.board.tables.calls.get(leg.call)
        return charging.counts(self.board, call) if call else []

    def _line_event(self, event: Any) -> Effects:
        leg = self.board.line_leg(event.line)
        return self._ask_leg(leg, event) if leg else []

    # -- the rest of the world ---------------------------------------------------------------------
    def _state_changed(self, event: events.StateChanged) -> Effects:
        for key, value in event.entries:
            self.board.tables.state.put(key, value)
        return []

    def _state_saved(self, event: events.StateSaved) -> Effects:
        """Saved is in force, and only then is it said (FCR-10)."""
        saving = self.board.tables.saving.pop(event.save, None)
        if saving is None:
            return []
        if not event.why:
            self.board.tables.state.put(saving.key, saving.value)
        leg = self.board.tables.legs.get(saving.leg)
        if leg is None or leg.owner != saving.owner:
            return []
        return self.board.say(leg, *(saving.words if not event.why else NOT_SAVED))

    def _recording_ended(self, event: events.RecordingEnded) -> Effects:
        """Where nobody waits for it the file speaks for itself."""
        leg = self.board.tables.recording.pop(event.name, 0)
        return self._ask_leg(self.board.tables.legs[leg], event) if leg else []

    def _addresses_changed(self, event: events.AddressesChanged) -> Effects:
        self.board.tables.lan, self.board.tables.wan = event.lan, event.wan
        return []

    # -- owners ------------------------------------------------------------------------------------
    def _lose(self, leg: Leg, cause: str) -> Effects:
        """The leg ended on our side: its line or phone is put back too."""
        return [Hangup(leg.id, cause), *self._tell(leg, cause)]

    def _tell(self, leg: Leg, cause: str) -> Effects:
        """Take the leg out, then tell those who are left behind."""
        board = self.board
        owner, knocker = board.tables.owners[leg.owner], board.knocker(leg)
        if transfer.completes(board, leg, owner):
            effects = board.drop(leg, causes.TRANSFERRED)
            effects += transfer.complete(board, leg, owner)
        else:
            effects = board.drop(leg, cause) + self._console(owner, Left(leg, cause))
        if knocker and knocker.id in board.tables.owners:
            effects += calling.hung_up_with_knocker(board, knocker, leg)
        return effects

    def _console(self, owner: Owner, left: Left) -> Effects:
        """Those who were with the leg, and those who waited for it."""
        board = self.board
        effects: Effects = []
        if owner.id in board.tables.owners:
            effects += self._ask(owner, Left, left)
        return effects + self._left_alone(left.leg)

    def _left_alone(self, keeper: Leg) -> Effects:
        held = self.board.held_for(keeper)
        return transfer.left_alone(self.board, held, keeper) if held else []

    def _ask_leg(self, leg: Leg, event: events.AnyEvent) -> Effects:
        return self._ask(self.board.tables.owners[leg.owner], type(event), event)

    def _ask(self, owner: Owner, key: type | str, event: object) -> Effects:
        table, state = self._table_of(owner)
        entry = table.get((state, key))
        if entry is None:
            self.refused += 1
            return []
        return entry(self.board, owner, event)

    def _table_of(self, owner: Owner) -> tuple[Table, str]:
        match owner:
            case Dialing(state=state):
                return dialing.TABLE, state
            case Listening(state=state):
                return listening.TABLE, state
            case Session(feature=feature, state=state):
                return self.board.features[feature].table, state
            case _:
                return talking.TABLE, owner.mode


_HANDLERS: dict[type, Callable[[Exchange, Any], Effects]] = {
    events.Booted: Exchange._booted,
    events.SiteChanged: Exchange._site_changed,
    events.ContactsChanged: Exchange._contacts_changed,
    events.TimerFired: Exchange._timer_fired,
    events.EffectFailed: Exchange._effect_failed,
    events.Stopping: Exchange._stopping,
    events.LineFound: Exchange._line_found,
    events.LineCameUp: Exchange._line_came_up,
    events.LineWentDown: Exchange._line_went_down,
    events.HandsetLifted: Exchange._handset_lifted,
    events.LineReleased: Exchange._line_released,
    events.HookFlashed: Exchange._line_event,
    events.LineRang: Exchange._line_rang,
    events.LineQuiet: Exchange._line_quiet,
    events.LineReversed: Exchange._line_reversed,
    events.CallOffered: Exchange._call_offered,
    events.DigitHeard: Exchange._leg_event,
    events.NumberSent: Exchange._leg_event,
    events.LegAlerting: Exchange._leg_event,
    events.LegAnswered: Exchange._leg_event,
    events.LegEnded: Exchange._leg_ended,
    events.PromptEnded: Exchange._prompt_ended,
    events.LegHeld: Exchange._leg_event,
    events.LegResumed: Exchange._leg_event,
    events.LegRedirected: Exchange._leg_event,
    events.ReferAsked: Exchange._leg_event,
    events.TrunkCameUp: Exchange._trunk_came_up,
    events.TrunkWentDown: Exchange._trunk_went_down,
    events.StateChanged: Exchange._state_changed,
    events.StateSaved: Exchange._state_saved,
    events.AddressesChanged: Exchange._addresses_changed,
    events.RecordingEnded: Exchange._recording_ended,
}
