"""The exchange: one event in, its effects out.  The whole call processor is `Exchange.handle`.

It finds out whose event it is (the dialing, bridge or session that owns the leg), looks the pair
of state and event up in that owner's table, and adds what watchers and lamps must know.  A pair
that is in no table is refused: it is counted, nothing changes.  An event about a leg that is gone
is old news and ignored, since we end legs without waiting for the far side's consent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from firmware.core import causes, dialing, events, presence, talking
from firmware.core.decision import Resolver
from firmware.core.effects import Effects, Hangup, OpenLine, PublishLine
from firmware.core.feature import Feature
from firmware.core.model import Dialing, Leg, Line, Owner, Session, Tables
from firmware.core.site import Site
from firmware.core.switchboard import EMERGENCY_RESERVE, LEG_LIMIT, Switchboard

# keys are (state, event type); an entry takes the owner's own type, so the value cannot be narrower
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
        return effects + presence.news(board)

    # -- the box -----------------------------------------------------------------------------------
    def _booted(self, event: events.Booted) -> Effects:
        self.board.tables.life = event.life
        self.board.site = event.site
        return []

    def _site_changed(self, event: events.SiteChanged) -> Effects:
        self.board.site = event.site
        return []

    def _contacts_changed(self, event: events.ContactsChanged) -> Effects:
        self.board.tables.contacts[event.extension] = event.contacts
        return []

    def _timer_fired(self, event: events.TimerFired) -> Effects:
        if self.board.tables.timers.get(event.owner) != event.generation:
            return []
        del self.board.tables.timers[event.owner]
        return self._ask_owner(event.owner, event)

    def _effect_failed(self, event: events.EffectFailed) -> Effects:
        leg = self.board.tables.legs.get(event.leg)
        return self._lose(leg, causes.FAILED) if leg else []

    # -- lines -------------------------------------------------------------------------------------
    def _line_found(self, event: events.LineFound) -> Effects:
        self.board.tables.lines[event.line] = Line(event.line, event.kind, event.up)
        return []

    def _line_came_up(self, event: events.LineCameUp) -> Effects:
        return self._set_line(event.line, up=True)

    def _line_went_down(self, event: events.LineWentDown) -> Effects:
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
        leg = self.board.line_leg(event.line)
        if leg is None:
            return self._seized(event.line)
        if leg.state == "ringing":
            return self._ask_leg(leg, events.LegAnswered(event.at, event.utc, leg.id))
        return []

    def _seized(self, line: int) -> Effects:
        extension = self.board.site.extension_on(line)
        party = extension.number if extension else ""
        effects = self._new_caller("fxs", party, line=line)
        return [OpenLine(self.board.tables.lines[line].leg, line), *effects]

    def _line_released(self, event: events.LineReleased) -> Effects:
        leg = self.board.line_leg(event.line)
        return self._lose(leg, causes.NORMAL) if leg else []

    def _line_rang(self, event: events.LineRang) -> Effects:
        if self.board.line_leg(event.line):
            return []
        return self._new_caller("fxo", event.caller, line=event.line, digits="#")

    def _line_quiet(self, event: events.LineQuiet) -> Effects:
        leg = self.board.line_leg(event.line)
        return self._lose(leg, causes.CANCELED) if leg and leg.state == "ringing" else []

    # -- legs --------------------------------------------------------------------------------------
    def _call_offered(self, event: events.CallOffered) -> Effects:
        site, legs = self.board.site, self.board.tables.legs
        room = LEG_LIMIT if event.called in site.emergency else LEG_LIMIT - EMERGENCY_RESERVE
        if len(legs) >= room:
            return [Hangup(event.leg, causes.BOX_BUSY)]
        if event.account not in site.extensions:
            return [Hangup(event.leg, causes.NOT_ALLOWED)]
        digits = event.called.rstrip("#") + "#"
        return self._new_caller("sip", event.account, number=event.leg, digits=digits)

    def _new_caller(
        self, kind: Any, party: str, *, line: int | None = None, number: int = 0, digits: str = ""
    ) -> Effects:
        owner = self.board.next_owner()
        state: Any = "ringing" if kind == "fxo" else "dialing"
        leg = self.board.add_leg(kind, party, owner, line=line, state=state, number=number)
        return dialing.start(self.board, leg, digits)

    def _leg_event(self, event: Any) -> Effects:
        leg = self.board.tables.legs.get(event.leg)
        return self._ask_leg(leg, event) if leg else []

    def _line_event(self, event: Any) -> Effects:
        leg = self.board.line_leg(event.line)
        return self._ask_leg(leg, event) if leg else []

    # -- owners ------------------------------------------------------------------------------------
    def _lose(self, leg: Leg, cause: str) -> Effects:
        """The leg ended on its line: its owner reacts, then the line is put back."""
        ended = events.LegEnded(self.board.at, self.board.utc, leg.id, cause)
        return [*self._ask_leg(leg, ended), Hangup(leg.id, cause)]

    def _ask_leg(self, leg: Leg, event: events.AnyEvent) -> Effects:
        return self._ask_owner(leg.owner, event)

    def _ask_owner(self, number: int, event: events.AnyEvent) -> Effects:
        owner = self.board.tables.owners[number]
        table, state = self._table_of(owner)
        entry = table.get((state, type(event)))
        if entry is None:
            self.refused += 1
            return []
        return entry(self.board, owner, event)

    def _table_of(self, owner: Owner) -> tuple[Table, str]:
        if isinstance(owner, Dialing):
            return dialing.TABLE, owner.state
        if isinstance(owner, Session):
            return self.board.features[owner.feature].table, owner.state
        return talking.TABLE, owner.mode


_HANDLERS: dict[type, Callable[[Exchange, Any], Effects]] = {
    events.Booted: Exchange._booted,
    events.SiteChanged: Exchange._site_changed,
    events.ContactsChanged: Exchange._contacts_changed,
    events.TimerFired: Exchange._timer_fired,
    events.EffectFailed: Exchange._effect_failed,
    events.LineFound: Exchange._line_found,
    events.LineCameUp: Exchange._line_came_up,
    events.LineWentDown: Exchange._line_went_down,
    events.HandsetLifted: Exchange._handset_lifted,
    events.LineReleased: Exchange._line_released,
    events.HookFlashed: Exchange._line_event,
    events.LineRang: Exchange._line_rang,
    events.LineQuiet: Exchange._line_quiet,
    events.LineReversed: Exchange._line_event,
    events.CallOffered: Exchange._call_offered,
    events.DigitHeard: Exchange._leg_event,
    events.NumberSent: Exchange._leg_event,
    events.LegAlerting: Exchange._leg_event,
    events.LegAnswered: Exchange._leg_event,
    events.LegEnded: Exchange._leg_event,
}
