"""Carriers: signing in, staying signed in, calling through them.

A registration that fails is tried again after 2, 4, 8, ... seconds, at most five minutes apart; a
refused password waits the longest from the start, so that no carrier bans us.  The core hears
`TrunkCameUp` and `TrunkWentDown`.  A call that finds no sign of life within four seconds (a dead
resolver, a dead peer, a connection that nobody accepts) has failed, early enough for the next way.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass

from hookswitch_engine import native
from hookswitch_engine import pjsua2 as pj

from firmware.api.callproc import TrunkView
from firmware.core import causes, effects, events
from firmware.core.site import Trunk
from firmware.edges.inbox import Inbox
from firmware.edges.sip.accounts import Account, Address, Offered
from firmware.edges.sip.addresses import Addresses
from firmware.edges.sip.guard import guarded
from firmware.edges.sip.headers import Party, to_carrier
from firmware.edges.sip.invites import outgoing
from firmware.edges.sip.legs import Legs
from firmware.edges.sip.profiles import speech_name
from firmware.wire.loop import Loop, Timer

log = logging.getLogger("trunks")

FIRST_RETRY, LONGEST_RETRY = 2.0, 300.0
SIGN_OF_LIFE = 4.0  # seconds from the INVITE to any answer at all
NUMBER = re.compile(r"[0-9*#+]{1,32}")
WRONG_SECRET = (401, 403, 407)


class TrunkAccount(Account):
    def __init__(self, name: str, trunks: Trunks, offered: Offered) -> None:
        super().__init__(offered)
        self.name, self._trunks = name, trunks

    @guarded
    def onRegState(self, state: pj.OnRegStateParam) -> None:
        self._trunks.registered(self.name, self, state.code, state.reason, state.expiration)


@dataclass
class Way:
    """A carrier as it is connected now."""

    trunk: Trunk
    secret: str
    account: TrunkAccount
    address: Address
    up: bool = False
    why: str = "not signed in yet"
    failures: int = 0
    retry: Timer | None = None


class Trunks:
    def __init__(
        self, legs: Legs, addresses: Addresses, offered: Offered, inbox: Inbox, loop: Loop
    ) -> None:
        self._legs, self._addresses, self._offered = legs, addresses, offered
        self._post, self._loop = inbox.post, loop
        self._wanted: dict[str, tuple[Trunk, str]] = {}
        self._ways: dict[str, Way] = {}

    # -- configuration -----------------------------------------------------------------------------
    def configure(self, trunks: Mapping[str, Trunk], secrets: Mapping[str, str]) -> None:
        """What did not change is left alone: its registration, and its calls."""
        self._wanted = {name: (trunk, secrets.get(name, "")) for name, trunk in trunks.items()}
        for name, way in list(self._ways.items()):
            if self._wanted.get(name) != (way.trunk, way.secret):
                self._close(name, "its configuration was changed")
        self.look_for_ways()

    def look_for_ways(self) -> None:
        """Connect every carrier that is not connected and can be reached from some address."""
        for name, (trunk, secret) in self._wanted.items():
            if name not in self._ways:
                try:
                    self._open(trunk, secret)
                except OSError as error:
                    self._post(events.TrunkWentDown, name, str(error))

    def leave(self, address: Address) -> None:
        """The address goes away."""
        for name, way in list(self._ways.items()):
            if way.address is address:
                self._close(name, f"{address.host} is no longer ours")

    def _open(self, trunk: Trunk, secret: str) -> None:
        address = self._addresses.towards(trunk.proxy.partition(":")[0] or trunk.host)
        if trunk.transport == "tls":
            transport = self._addresses.carrier_tls(address)
        else:
            transport = address.transports[trunk.transport]
        account = TrunkAccount(trunk.name, self, self._offered)
        account.create(_settings(trunk, secret, address, transport))
        self._ways[trunk.name] = Way(trunk, secret, account, address)
        if trunk.kind == "peer":
            self._came_up(self._ways[trunk.name])

    def _close(self, name: str, why: str) -> None:
        way = self._ways.pop(name)
        if way.retry:
            self._loop.cancel(way.retry)
        self._legs.lose_all(way.account)
        way.account.shutdown()
        self._post(events.TrunkWentDown, name, why)

    # -- registration ------------------------------------------------------------------------------
    def registered(
        self, name: str, account: TrunkAccount, code: int, reason: str, expiration: int
    ) -> None:
        way = self._ways.get(name)
        if way is None or way.account is not account:
            return  # the last words of one that was closed
        if code // 100 == 2 and expiration > 0:
            way.failures = 0
            self._came_up(way)
            return
        self._went_down(way, f"{code} {reason}")
        way.failures += 1
        seconds = LONGEST_RETRY if code in WRONG_SECRET else retry_after(way.failures)
        if way.retry:
            self._loop.cancel(way.retry)
        way.retry = self._loop.after(seconds, lambda: self._try_again(way))

    def _try_again(self, way: Way) -> None:
        way.retry = None
        try:
            way.account.setRegistration(True)
        except pj.Error as error:
            self.registered(way.trunk.name, way.account, 503, error.reason, 0)

    def _came_up(self, way: Way) -> None:
        if not way.up:
            way.up, way.why = True, ""
            log.info("trunk=%s up", way.trunk.name)
            self._post(events.TrunkCameUp, way.trunk.name)

    def _went_down(self, way: Way, why: str) -> None:
        way.why = why
        if way.up or not way.failures:
            way.up = False
            log.warning("trunk=%s down: %s", way.trunk.name, why)
            self._post(events.TrunkWentDown, way.trunk.name, why)

    # -- calls -------------------------------------------------------------------------------------
    def invite(self, effect: effects.InviteTrunk) -> None:
        way = self._ways.get(effect.trunk)
        if way is None:
            raise OSError(f"trunk {effect.trunk} is not connected")
        if not NUMBER.fullmatch(effect.number):
            raise OSError("this number cannot be dialed")
        caller = Party(effect.caller, effect.name, effect.withheld)
        domain = host_port(way.trunk) if way.trunk.kind == "register" else way.address.domain
        who, headers = to_carrier(way.trunk, caller, effect.diverted_by, domain)
        number = effect.number.replace("#", "%23")
        uri = f"sip:{number}@{host_port(way.trunk)}{_transport(way.trunk)}"
        parameters = outgoing(who, headers)
        native.speak_to(speech_name(effect.trunk))
        self._legs.call_out(effect.leg, way.account, uri, parameters, way.trunk.profile)
        self._loop.after(SIGN_OF_LIFE, lambda: self._expect_life(effect.leg))

    def _expect_life(self, number: int) -> None:
        leg = self._legs.get(number)
        if leg and not native.call_heard_of(leg.getId()):
            log.warning("leg=%d no answer of any kind from its carrier", number)
            self._legs.lose(leg, causes.UNREACHABLE)

    # -- for people --------------------------------------------------------------------------------
    def view(self) -> tuple[TrunkView, ...]:
        return tuple(self._view(name) for name in self._wanted)

    def _view(self, name: str) -> TrunkView:
        way = self._ways.get(name)
        if way is None:
            return TrunkView(name, False, "no local address reaches it", "", 0)
        calls = len(self._legs.on_account(way.account))
        return TrunkView(name, way.up, way.why, way.address.host, calls)


def retry_after(failures: int) -> float:
    return min(FIRST_RETRY * 2.0 ** min(failures - 1, 16), LONGEST_RETRY)


def host_port(trunk: Trunk) -> str:
    host = f"[{trunk.host}]" if ":" in trunk.host else trunk.host
    return f"{host}:{trunk.port}" if trunk.port else host


def _transport(trunk: Trunk) -> str:
    return "" if trunk.transport == "udp" else f";transport={trunk.transport}"


def _settings(trunk: Trunk, secret: str, address: Address, transport: int) -> pj.AccountConfig:
    settings = address.settings(transport, trunk.profile.srtp)
    settings.idUri = f"sip:{trunk.user or 'hookswitch'}@{host_port(trunk)}"
    if secret:
        user = trunk.auth_user or trunk.user
        settings.sipConfig.authCreds.append(pj.AuthCredInfo("digest", "*", user, 0, secret))
    if trunk.proxy:
        settings.sipConfig.proxies.append(f"sip:{trunk.proxy}{_transport(trunk)};lr")
    if trunk.kind == "register":
        settings.regConfig.registrarUri = f"sip:{host_port(trunk)}{_transport(trunk)}"
        settings.regConfig.timeoutSec = trunk.expiry
        settings.regConfig.retryIntervalSec = 0  # when to try again is decided here
    return settings
