"""Questions and orders about SIP itself: local addresses, carriers, addresses that are banned."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hookswitch_engine import native

from firmware.api import callproc as api
from firmware.edges.sip.agent import Agent
from firmware.wire.frames import Ask, Refused


class Desk:
    """`handlers` is a table for the server, like that of `edges.commands`."""

    def __init__(self, agent: Agent) -> None:
        self._agent = agent
        self.handlers: dict[type[Ask[Any]], Callable[[Any], object]] = {
            api.AddressAdded: self._added,
            api.AddressGone: self._gone,
            api.ShowTrunks: self._trunks,
            api.ShowBans: self._bans,
            api.Unban: self._unban,
        }

    def addresses(self) -> tuple[str, ...]:
        return tuple(address.domain for address in self._agent.addresses)

    def _added(self, ask: api.AddressAdded) -> bool | Refused:
        try:
            self._agent.open_address(ask.host, ask.port)
        except (OSError, ValueError) as error:
            return Refused("no-address", str(error))
        return True

    def _gone(self, ask: api.AddressGone) -> bool:
        known = self._agent.addresses.of(ask.host) is not None
        self._agent.close_address(ask.host)
        return known

    def _trunks(self, _: api.ShowTrunks) -> tuple[api.TrunkView, ...]:
        return self._agent.trunks.view()

    def _bans(self, _: api.ShowBans) -> tuple[api.BanNews, ...]:
        return tuple(api.BanNews(address, seconds) for address, seconds in native.bans())

    def _unban(self, ask: api.Unban) -> bool:
        return native.unban(ask.address)
