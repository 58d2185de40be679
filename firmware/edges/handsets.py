"""`audio.sock`: telephones without hardware, for the simulator's page, a browser, a fax modem.

Who may have the audio of a leg asks for a ticket (`OpenAudio`) over the box's own socket; whoever
brings it first, within ten seconds, is a telephone on that leg's line.  From then on the engine
owns the connection: no frame passes through Python, and one that is no frame is counted and thrown
away.  A connection that brings no ticket, or a wrong one, is closed without a word.
"""

from __future__ import annotations

import logging
import secrets
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from firmware.api import callproc as api
from firmware.edges.media import Media
from firmware.wire.frames import Ask, Refused
from firmware.wire.listener import Listener
from firmware.wire.loop import Loop

log = logging.getLogger("audio")

TICKETS, VISITORS = 64, 32  # at once
PATIENCE = 10.0  # seconds, for a ticket to be used and for a visitor to show it
TICKET_BYTES = 32


class Ticket(msgspec.Struct, frozen=True):
    leg: int
    speaks: bool
    until: float


class Handsets:
    def __init__(self, media: Media, loop: Loop, path: Path) -> None:
        self._media, self._loop = media, loop
        self._tickets: dict[str, Ticket] = {}
        self._visitors: dict[int, socket.socket] = {}
        self._listener = Listener(loop, path, self._come_in, socket.SOCK_SEQPACKET)
        self.handlers: dict[type[Ask[Any]], Callable[[Any], object]] = {
            api.OpenAudio: self._open,
            api.ShowAudio: self._show,
        }

    # -- questions ---------------------------------------------------------------------------------
    def _show(self, _: api.ShowAudio) -> tuple[api.AudioView, ...]:
        media = self._media
        return tuple(
            api.AudioView(leg, media.relayed(leg), media.quality(leg)) for leg in media.legs()
        )

    def _open(self, ask: api.OpenAudio) -> str:
        now = time.monotonic()
        self._tickets = {name: it for name, it in self._tickets.items() if it.until > now}
        if ask.leg not in self._media.legs():
            raise Refused("no-such-leg", f"leg {ask.leg} has no audio")
        if len(self._tickets) >= TICKETS:
            raise Refused("busy", "too many tickets are waiting to be used")
        name = secrets.token_hex(TICKET_BYTES // 2)
        self._tickets[name] = Ticket(ask.leg, ask.kind == "handset", now + PATIENCE)
        return name

    # -- visitors ----------------------------------------------------------------------------------
    def _come_in(self, visitor: socket.socket) -> None:
        if len(self._visitors) >= VISITORS:
            visitor.close()
            return
        visitor.setblocking(False)
        number = visitor.fileno()
        self._visitors[number] = visitor
        self._loop.watch(number, lambda _: self._hear(visitor))
        self._loop.after(PATIENCE, lambda: self._give_up(number, visitor))

    def _give_up(self, number: int, visitor: socket.socket) -> None:
        if self._visitors.get(number) is visitor:
            self._see_off(visitor)

    def _see_off(self, visitor: socket.socket) -> None:
        del self._visitors[visitor.fileno()]
        self._loop.unwatch(visitor.fileno())
        visitor.close()

    def _hear(self, visitor: socket.socket) -> None:
        """The first packet is the ticket; the engine reads what comes after it."""
        try:
            said = visitor.recv(TICKET_BYTES + 1)
            ticket = self._tickets.pop(said.decode("ascii", "replace"), None)
            if ticket and ticket.until > time.monotonic():
                self._media.add_handset(ticket.leg, visitor.fileno(), ticket.speaks)
                log.info("leg=%d one more telephone", ticket.leg)
        except BlockingIOError:
            return
        except OSError as error:
            log.info("a visitor could not be let in: %s", error)
        self._see_off(visitor)
