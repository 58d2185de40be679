"""Carriers: signing in, staying signed in, calling through them.

A registration that fails is tried again after 2, 4, 8, ... seconds, at most five minutes apart; a
refused password waits the longest from the start, so that no carrier bans us.  A peer is asked
every half minute whether it is there (OPTIONS).  The core hears `TrunkCameUp` and `TrunkWentDown`.
Calls are taken from the address that a carrier answers from: its name is never waited for.
A call that finds no sign of life within four seconds (a dead resolver, a dead peer, a connection
that nobody accepts) has failed, early enough for the next way.
"""

from __future__ import annotations

import ipaddress
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
from firmware.edges.notice import Notice
from firmware.edges.sip.accounts import Account, Address, Offered
from firmware.edges.sip.addresses import Addresses
from firmware.edges.sip.guard import guarded
from firmware.edges.sip.headers import Party, to_carrier
from firmware.edges.sip.invites import outgoing
from firmware.edges.sip.legs import Legs
from firmware.edges.sip.profiles import Profiles
from firmware.wire.loop import Loop, Timer

log = logging.getLogger("trunks")

FIRST_RETRY, LONGEST_RETRY = 2.0, 300.0
SIGN_OF_LIFE = 4.0  # seconds from the INVITE to any answer at all
NUMBER = re.compile(r"[0-9*#+]{1,32}")
PEER_SECONDS = 30.0  # between two questions whether a peer is there
WRONG_SECRET = ("401", "403", "407")
UNAVAILABLE = 503  # also what the stack says itself when nothing could be sent


class TrunkAccount(Account):
    def __init__(self, name: str, trunks: Trunks, offered: Offered) -> None:
        super().__init__(offered)
        self.name, self._trunks = name, trunks

    @guarded
    def onRegState(self, state: pj.OnRegStateParam) -> None:
        reached = state.code // 100 == 2 and state.expiration > 0
        source = state.rdata.srcAddress if reached else ""
        self._trunks.heard(self, reached, f"{state.code} {state.reason}", source)

    @guarded
    def onSendRequest(self, answer: pj.OnSendRequestParam) -> None:
        """A peer that says anything, be it a refusal, is there."""
        event = answer.e.body.tsxState
        came = event.type == pj.PJSIP_EVENT_RX_MSG and event.tsx.statusCode != UNAVAILABLE
        source = event.src.rdata.srcAddress if came else ""
        self._trunks.heard(self, came, f"{event.tsx.statusCode} {event.tsx.statusText}", source)

    def ask_whether_there(self, uri: str) -> None:
        question = pj.SendRequestParam()
        question.method, question.txOption.targetUri = "OPTIONS", uri
        self.sendRequest(question)


@dataclass
class Way:
    """A carrier as it is connected now."""

    trunk: Trunk
    secret: str
    account: TrunkAccount
    address: Address
    sources: frozenset[str] = frozenset()  # where it answered from
    up: bool = False
    why: str = "not signed in yet"
    failures: int = 0
    retry: Timer | None = None


class Trunks:
    def __init__(
        self,
        legs: Legs,
        addresses: Addresses,
        profiles: Profiles,
        offered: Offered,
        inbox: Inbox,
        loop: Loop,
        notice: Notice,
    ) -> None:
        self._legs, self._addresses, self._offered = legs, addresses, offered
        self._profiles, self._notice = profiles, notice
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
        if is_address(trunk.host):
            self._ways[trunk.name].sources = frozenset([trunk.host])
        self._tell_engine()
        if trunk.kind == "peer":
            self._try_again(self._ways[trunk.name])

    def _tell_engine(self) -> None:
        """Whose calls come from where; they may not leave again, since an address proves little."""
        native.set_trunks(
            [
                (code, sorted(self._ways[name].sources), self._ways[name].trunk.transport, False)
                for code, name in self._profiles.coded().items()
                if name in self._ways and self._ways[name].sources
            ]
        )

    def _close(self, name: str, why: str) -> None:
        way = self._ways.pop(name)
        if way.retry:
            self._loop.cancel(way.retry)
        self._legs.lose_all(way.account)
        way.account.shutdown()
        self._tell_engine()
        self._post(events.TrunkWentDown, name, why)
        self._notice(("trunk", name, False, why))

    # -- is it there? ------------------------------------------------------------------------------
    def heard(self, account: TrunkAccount, there: bool, what: str, source: str) -> None:
        """The answer to a registration or to the question whether a peer is there."""
        way = self._ways.get(account.name)
        if way is None or way.account is not account:
            return  # the last words of one that was closed
        if there:
            way.failures = 0
            self._learn(way, host_of(source))
            self._came_up(way)
        else:
            self._went_down(way, what)
            way.failures += 1
        if way.retry:
            self._loop.cancel(way.retry)
        wait = PEER_SECONDS if way.trunk.kind == "peer" else None if there else self._patience(way)
        way.retry = self._loop.after(wait, lambda: self._try_again(way)) if wait else None

    def _patience(self, way: Way) -> float:
        return LONGEST_RETRY if way.why.startswith(WRONG_SECRET) else retry_after(way.failures)

    def _learn(self, way: Way, source: str) -> None:
        if source and source not in way.sources:
            way.sources |= {source}
            self._tell_engine()

    def _try_again(self, way: Way) -> None:
        way.retry = None
        try:
            if way.trunk.kind == "peer":
                way.account.ask_whether_there(uri_of(way.trunk))
            else:
                way.account.setRegistration(True)
        except pj.Error as error:
            self.heard(way.account, False, error.reason, "")

    def _came_up(self, way: Way) -> None:
        if not way.up:
            way.up, way.why = True, ""
            log.info("trunk=%s up", way.trunk.name)
            self._post(events.TrunkCameUp, way.trunk.name)
            self._notice(("trunk", way.trunk.name, True, ""))

    def _went_down(self, way: Way, why: str) -> None:
        way.why = why
        if way.up or not way.failures:
            way.up = False
            log.warning("trunk=%s down: %s", way.trunk.name, why)
            self._post(events.TrunkWentDown, way.trunk.name, why)
            self._notice(("trunk", way.trunk.name, False, why))

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
        uri = uri_of(way.trunk, number)
        parameters = outgoing(who, headers)
        native.speak_to(self._profiles.speech_name(effect.trunk))
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


def is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def host_of(source: str) -> str:
    """Of "192.0.2.1:5060" or "[2001:db8::1]:5060"."""
    return source.rpartition(":")[0].strip("[]")


def uri_of(trunk: Trunk, number: str = "") -> str:
    return f"sip:{number}{'@' if number else ''}{host_port(trunk)}{_transport(trunk)}"


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
        settings.regConfig.registrarUri = uri_of(trunk)
        settings.regConfig.timeoutSec = trunk.expiry
        settings.regConfig.retryIntervalSec = 0  # when to try again is decided here
    return settings
