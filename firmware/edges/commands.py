"""Answers to questions about live calls: copies of the exchange's tables, made on request.

No question may end a call: one that cannot be answered is refused, even when that is our own bug.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from functools import wraps
from typing import Any, Literal

from hookswitch_engine import native

from firmware.api import callproc as api
from firmware.core.decision import Caller, Resolver
from firmware.core.exchange import Exchange
from firmware.core.model import Call, Leg, Line
from firmware.core.plans import chosen
from firmware.core.site import Extension
from firmware.edges.foresight import foresee
from firmware.edges.sip.desk import Desk
from firmware.wire.frames import Ask, Refused

log = logging.getLogger("commands")
Handler = Callable[[Any], object]

LINE = re.compile(r"line ([0-9]{1,4})")
DIGITS = re.compile(r"[0-9*#+]{0,64}")

LineState = Literal["down", "idle", "dialing", "ringing", "talking", "tone"]
_LINE_STATE: dict[str, LineState] = {
    "dialing": "dialing",
    "ringing": "ringing",
    "early": "dialing",
    "up": "talking",
    "tone": "tone",
}


class Commands:
    """`handlers` is the table for the server; everything else are its entries."""

    def __init__(
        self,
        exchange: Exchange,
        resolve: Resolver,
        save_journal: Callable[[], str],
        version: str,
        desk: Desk,
    ) -> None:
        self._board = exchange.board
        self._resolve, self._save_journal = resolve, save_journal
        self._version, self._desk = version, desk
        self._started = time.time_ns() // 1_000_000
        self.events = 0  # how many the exchange has handled
        handlers: dict[type[Ask[Any]], Handler] = {
            api.ShowStatus: self._status,
            api.ShowLines: self._lines,
            api.ShowExtensions: self._extensions,
            api.ShowCalls: self._calls,
            api.ShowPlan: lambda _: chosen(self._board.site),
            api.DryRun: self._dry_run,
            api.SaveJournal: self._journal,
            **desk.handlers,
        }
        self.handlers = {ask: harmless(handler) for ask, handler in handlers.items()}

    def snapshot(self) -> api.Snapshot:
        return api.Snapshot(tuple(self._news(leg) for leg in self._board.tables.legs.values()))

    def _status(self, _: api.ShowStatus) -> api.StatusView:
        tables = self._board.tables
        return api.StatusView(
            version=self._version,
            site=self._board.site.version,
            started=self._started,
            legs=len(tables.legs),
            calls=len(tables.calls),
            sip=self._desk.addresses(),
            events=self.events,
            clock=native.clock_stats(),
        )

    # -- lines -------------------------------------------------------------------------------------
    def _lines(self, _: api.ShowLines) -> tuple[api.LineView, ...]:
        return tuple(self._line(line) for line in self._board.tables.lines.values())

    def _line(self, line: Line) -> api.LineView:
        extension = self._board.site.extension_on(line.line)
        outside = self._board.site.lines.get(line.line)
        number = extension.number if extension else outside.number if outside else ""
        leg = self._board.tables.legs.get(line.leg)
        return api.LineView(line.line, line.kind, _line_state(line, leg), number, line.lamp)

    # -- extensions --------------------------------------------------------------------------------
    def _extensions(self, _: api.ShowExtensions) -> tuple[api.ExtensionView, ...]:
        busy: dict[str, str] = {}
        for leg in self._board.tables.legs.values():
            if leg.kind != "fxo":
                busy[leg.party] = "ringing" if leg.state == "ringing" else "busy"
        return tuple(
            self._extension(extension, busy.get(extension.number))
            for extension in self._board.site.extensions.values()
        )

    def _extension(self, extension: Extension, doing: Any) -> api.ExtensionView:
        contacts = len(self._board.tables.contacts.get(extension.number, ()))
        line = self._board.tables.lines.get(extension.line) if extension.line else None
        if line and line.off_hook and not doing:
            doing = "busy"
        reachable = contacts > 0 if extension.sip else bool(line and line.up)
        return api.ExtensionView(
            extension.number,
            extension.name,
            "sip" if extension.sip else "fxs",
            extension.line,
            doing or ("idle" if reachable else "offline"),
            contacts,
        )

    # -- calls -------------------------------------------------------------------------------------
    def _calls(self, _: api.ShowCalls) -> tuple[api.CallView, ...]:
        return tuple(self._call(call) for call in self._board.tables.calls.values())

    def _call(self, call: Call) -> api.CallView:
        legs = [leg for leg in self._board.tables.legs.values() if leg.call == call.id]
        state: Literal["dialing", "ringing", "talking"] = "dialing"
        if call.answered:
            state = "talking"
        elif any(leg.state == "ringing" for leg in legs):
            state = "ringing"
        return api.CallView(
            f"{self._board.tables.life}-{call.id}",
            state,
            call.type,
            call.caller,
            call.called,
            call.line,
            call.started,
            call.answered,
        )

    def _news(self, leg: Leg) -> api.LegNews:
        call = f"{self._board.tables.life}-{leg.call}" if leg.call else ""
        return api.LegNews(leg.id, call, leg.kind, leg.line, leg.party, leg.state)

    def _journal(self, _: api.SaveJournal) -> str:
        try:
            return self._save_journal()
        except OSError as error:
            raise Refused("not-saved", str(error)) from None

    # -- dry run -----------------------------------------------------------------------------------
    def _dry_run(self, ask: api.DryRun) -> api.DryRunView:
        if not DIGITS.fullmatch(ask.digits):
            raise Refused("not-dialable", "digits are 0 to 9, * and #, at most 64")
        site = self._board.site
        at = ask.at or time.time_ns() // 1_000_000
        caller = self._caller(ask.caller)
        resolution = self._resolve(
            site, self._board.tables.state, caller, ask.digits.rstrip("#") + "#", at
        )
        return foresee(resolution)

    def _caller(self, name: str) -> Caller:
        if name.startswith("line "):
            line = LINE.fullmatch(name)
            if line and int(line[1]) in self._board.site.lines:
                return Caller("", int(line[1]))
            raise Refused("no-such-line", f"there is no outside {name[:32]}")
        if name not in self._board.site.extensions:
            raise Refused("no-such-extension", f"there is no extension {name[:32]}")
        return Caller(name)


def _line_state(line: Line, leg: Leg | None) -> LineState:
    if leg:
        return _LINE_STATE[leg.state]
    if line.ringing:
        return "ringing"
    return "idle" if line.up else "down"


def harmless(answer: Handler) -> Handler:
    """A question only reads; a bug in reading is no reason to end every call."""

    @wraps(answer)
    def guard(ask: Any) -> object:
        try:
            return answer(ask)
        except Refused:
            raise
        except Exception:
            log.exception("a %s was not answered", type(ask).__name__)
            raise Refused("failed", "the box could not answer; its log says why") from None

    return guard
