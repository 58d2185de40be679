"""The call process: hardware, SIP and media around one exchange, on one thread.

Promises: events are handled one at a time, in the order in which they were noticed, and their
effects are performed before the next; every event is in the journal; a bug ends the process with
the journal saved, and its supervisor starts a fresh one.  Told to stop, it hangs everybody up and
writes every call down first.  It needs neither sysd nor jobs alive: it starts from the last applied
configuration and leaves its call records in the spool.
"""

from __future__ import annotations

import gc
import logging
import secrets
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from firmware.api.callproc import BanNews, TrunkNews
from firmware.api.hardware import ShowPorts
from firmware.api.jobs import Collect
from firmware.core.decision import Resolver
from firmware.core.effects import AnyEffect
from firmware.core.events import AnyEvent, Booted, SiteChanged, Stopping
from firmware.core.exchange import Exchange
from firmware.core.feature import Feature
from firmware.core.journal import Journal
from firmware.core.site import Code, Site
from firmware.edges.addresses import Addresses
from firmware.edges.commands import Commands
from firmware.edges.engine import Engine
from firmware.edges.handsets import Handsets
from firmware.edges.inbox import Inbox
from firmware.edges.lines import Lines
from firmware.edges.media import Media
from firmware.edges.perform import Performer
from firmware.edges.sip.desk import Desk
from firmware.edges.spool import Spool
from firmware.edges.state import UserState
from firmware.edges.timers import Timers
from firmware.store import applied
from firmware.store.database import StoreError
from firmware.wire.client import Remote
from firmware.wire.feed import Feed
from firmware.wire.frames import Refused
from firmware.wire.loop import Loop
from firmware.wire.server import Handlers, Server
from hal.board import Board
from hal.open import open_lines

log = logging.getLogger("callproc")

BUILT = Path(sys.prefix) / "share/hookswitch"  # prompts and music, made at build
GARBAGE = 20_000  # objects between two looks for reference cycles
JOURNALS_KEPT = 8  # files; a process that crashes again and again must not fill the disk


class CallProcess:
    def __init__(
        self,
        state: Path,
        board: Board,
        sip: list[tuple[str, int]],
        rtp_port: int,
        version: str,
        resolve: Resolver,
        features: Mapping[str, Feature],
        codes: Callable[[Site], tuple[Code, ...]],
    ) -> None:
        self._state, self._codes = state, codes
        self._loop, self._inbox = Loop(), Inbox()
        self._media = Media(self._inbox, state, BUILT)
        self._sip_addresses, self._rtp_port, self._tick_ms = sip, rtp_port, board.tick_ms
        self._resolve, self._features, self._version = resolve, features, version
        self._hardware = open_lines(board, self._loop, state / "run")
        self._sysd = Remote(self._loop, state / "run/sysd.sock", on_news=lambda _: self._reload())
        self._running = False

    def run(self) -> None:
        """Returns when told to stop."""
        self._loop.stop_on_signals()
        self._reload()
        try:
            self._loop.run()
            if self._running:
                self._finish()
        except Exception:
            self._save_crash()
            raise

    def _finish(self) -> None:
        """Nobody is cut off without a word, and no call goes unrecorded."""
        self._inbox.post(Stopping)
        self._handle_all()
        self._spool.flush()
        self._user_state.finish()
        self._engine.stop()
        self._hardware.close()

    # -- configuration -----------------------------------------------------------------------------
    def _reload(self) -> None:
        """Take over the applied configuration; the first one starts the exchange."""
        began = time.monotonic()
        try:
            current = applied.read_current(self._state / "applied")
        except StoreError as missing:
            log.warning("%s", missing)
            return
        site = msgspec.structs.replace(current.site, codes=self._codes(current.site))
        if not self._running:
            self._start(site)
        elif site != self._exchange.board.site:
            self._inbox.post(SiteChanged, site)
        self._media.set_tones(site.tones)
        self._engine.configure(current)
        # calls wait this long: the file is read and compared in one go
        log.info("site version=%d ms=%.1f", site.version, (time.monotonic() - began) * 1000)

    def _start(self, site: Site) -> None:
        life = f"{time.time_ns() // 1_000_000:x}{secrets.token_hex(2)}"
        run = self._state / "run"
        self._engine = Engine(
            self._media, self._inbox, self._loop, run / "bindings", self._rtp_port, self._notice
        )
        self._exchange = Exchange(site, self._resolve, self._features)
        self._journal = Journal(self._exchange)
        self._spool = Spool(run / "spool", self._call_jobs)
        # jobs has made room when it comes back: what waits in memory goes out, and it is told
        self._jobs = Remote(self._loop, run / "jobs.sock", on_up=self._spool.flush)
        self._user_state = UserState(self._loop, self._inbox, self._state, life)
        desk = Desk(self._engine.sip)
        self._commands = Commands(
            self._exchange, self._resolve, self._save_journal, self._version, desk
        )
        self._handsets = Handsets(self._media, self._loop, run / "audio.sock")
        self._feed = Feed(life, self._commands.snapshot)
        lines = Lines(self._hardware, self._media, self._inbox, self._loop)
        self._performer = Performer(
            self._inbox,
            Timers(self._loop, self._inbox),
            self._media,
            self._engine.sip,
            lines,
            self._spool,
            self._user_state,
            self._feed,
        )
        self._inbox.post(Booted, life, site)
        self._user_state.start()
        Addresses(self._loop, self._inbox).watch()
        lines.start()
        self._engine.start(self._sip_addresses, self._tick_ms)
        handlers = self._handlers(lines)
        self._server = Server(self._loop, run / "callproc.sock", handlers, self._feed)
        self._loop.after_each = self._turn
        self._running = True
        _freeze()

    def _handlers(self, lines: Lines) -> Handlers:
        ours = {**self._commands.handlers, **self._handsets.handlers}
        return {**ours, ShowPorts: lambda _: lines.ports()}

    def _notice(self, event: tuple[Any, ...]) -> None:
        """What concerns the house and no call: strangers at the door."""
        match event:
            case ("trunk", name, up, why):
                self._feed.publish(TrunkNews(name, up, why))
            case ("refused", address, user, why):
                log.info("address=%s user=%s refused: %s", address, user, why)
            case ("banned", address, seconds):
                log.warning("address=%s banned for %d s", address, seconds)
                self._feed.publish(BanNews(address, seconds))
            case ("unbanned", address):
                log.info("address=%s no longer banned", address)
                self._feed.publish(BanNews(address, 0))

    # -- the loop ----------------------------------------------------------------------------------
    def _turn(self) -> None:
        """Once after every round of I/O: let SIP work, then handle what was noticed."""
        self._engine.pump()
        self._handle_all()

    def _handle_all(self) -> None:
        while (event := self._inbox.take()) is not None:
            self._handle(event)

    def _handle(self, event: AnyEvent) -> None:
        effects: list[AnyEffect] = []
        try:
            effects = self._exchange.handle(event)
        finally:
            self._journal.note(event, effects)  # also the event that breaks it
        self._commands.events += 1
        for effect in effects:
            self._performer.perform(effect)

    def _call_jobs(self) -> None:
        self._jobs.ask(Collect(), _no_matter)

    def _save_crash(self) -> None:
        """Whatever goes wrong here must not hide what went wrong before."""
        try:
            log.exception("journal saved to %s", self._save_journal("crash"))
        except Exception as reason:
            log.error("no journal: %s", reason)

    def _save_journal(self, why: str = "asked") -> str:
        folder = self._state / "journals"
        folder.mkdir(exist_ok=True)
        path = folder / f"{why}-{time.time_ns() // 1_000_000}.journal"
        path.write_bytes(self._journal.dump())
        for old in sorted(folder.glob("*.journal"), key=_age)[JOURNALS_KEPT:]:
            old.unlink()
        return str(path)


def _freeze() -> None:
    """What is there now stays for good: no collection need look at it again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE)


def _age(path: Path) -> float:
    return -path.stat().st_mtime


def _no_matter(_: object | Refused) -> None:
    """jobs reads the spool by itself when it comes back; the poke only makes it sooner."""
