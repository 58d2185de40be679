"""The process `sysd`: owner of the configuration, of people and their sessions.

It has the applied file right before its socket answers, so whoever can ask it can read the file.
What is wrong with the disk under it is a notice, and calls go on meanwhile: callproc has its file.
"""

from __future__ import annotations

import secrets
from pathlib import Path

from firmware.api.noticeboard import Notices
from firmware.api.notices import ShowNotices
from firmware.store import ports
from firmware.store.checks import Clashes, no_clashes
from firmware.store.database import NOT_SAVED
from firmware.sysd import certificate
from firmware.sysd.backups import Backups
from firmware.sysd.configuration import Configuration, OwnPlan, Ports, no_plan
from firmware.sysd.drafting import Drafting
from firmware.sysd.hardware import Hardware
from firmware.sysd.office import Office
from firmware.sysd.people import People
from firmware.wire.feed import Feed
from firmware.wire.loop import Loop
from firmware.wire.server import Handlers, Server
from hal.board import Board, load_board

MEND_SECONDS = 5.0
SOCKET = "sysd.sock"
FACTORY = Path(__file__).resolve().parent / "factory"


def run(
    state: Path,
    board_name: str,
    config: Path | None,
    clashes: Clashes = no_clashes,
    own_plan: OwnPlan = no_plan,
) -> None:
    """Own the configuration until SIGTERM."""
    folder = state / "run"
    folder.mkdir(parents=True, exist_ok=True)
    loop = Loop()
    loop.stop_on_signals()
    board = load_board(board_name)
    found = board.kinds() | (ports.load(state) or {})  # a module may have been changed
    Sysd(loop, state, found, factory_text(board_name), config, clashes, own_plan, board)
    loop.run()


def factory_text(board_name: str) -> str:
    """What a new box of this kind begins with."""
    own = FACTORY / f"{board_name}.toml"
    return (own if own.is_file() else FACTORY / "any.toml").read_text(encoding="utf-8")


class Sysd:
    def __init__(
        self,
        loop: Loop,
        state: Path,
        ports: Ports,
        factory: str,
        config: Path | None,
        clashes: Clashes = no_clashes,
        own_plan: OwnPlan = no_plan,
        board: Board | None = None,
    ) -> None:
        certificate.ensure(state)
        self._feed = Feed(secrets.token_hex(8), self._in_force)
        self._notices = Notices(self._feed.publish)
        configuration = Configuration(state, ports, self._notices, clashes, own_plan)
        configuration.settle(factory, config)
        self._office = Office(loop, configuration, self._publish)
        self._drafting = Drafting(configuration, self._office)
        self._people = People(loop, state, configuration.secrets)
        self._hardware = (
            Hardware(
                loop, state, board, configuration, self._office, self._notices, self._feed.publish
            )
            if board
            else None
        )
        self._backups = Backups(
            loop,
            state,
            self._administrator,
            self._office.apply_text,
            configuration.apply_again,
        )
        Server(loop, state / "run" / SOCKET, self.handlers(), self._feed)
        self._mending = configuration
        self._people.begin_with(configuration.administrators())
        loop.after(MEND_SECONDS, lambda: self._mend(loop))

    def _publish(self, news: object) -> None:
        self._people.begin_with(self._mending.administrators())
        self._feed.publish(news)

    def _in_force(self) -> object:
        return self._office.in_force()

    def handlers(self) -> Handlers:
        return {
            **self._office.handlers(),
            **self._drafting.handlers(),
            **self._people.handlers(),
            **(self._hardware.handlers() if self._hardware else {}),
            **self._backups.handlers(),
            ShowNotices: lambda _: self._notices.now(),
        }

    def _administrator(self, token: str) -> None:
        self._people.allow(token, ("administrator",), "en")

    def _mend(self, loop: Loop) -> None:
        """What is decided but could not be put in force is tried again."""
        if self._notices.now():
            try:
                self._mending.apply_again()
            except NOT_SAVED:
                pass  # the notice stays
        loop.after(MEND_SECONDS, lambda: self._mend(loop))
