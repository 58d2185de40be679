"""Starting and stopping the SIP and media engine, and its seat in the loop.

One pjsua instance, no worker threads: SIP runs on our loop, media on the engine's own C threads.
Local addresses are bound one by one (0.0.0.0 would hear other people's multicast).  pjsip is always
given a nameserver, even a dead one: without any it asks the system's resolver and waits for it.
"""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Sequence
from pathlib import Path

from hookswitch_engine import native
from hookswitch_engine import pjsua2 as pj

from firmware.core import events
from firmware.edges.inbox import Inbox
from firmware.edges.sip import Account, Sip, contacts_of
from firmware.wire.loop import Loop

log = logging.getLogger("engine")

REALM = "hookswitch"
LONGEST_SLEEP = 0.02  # jobs that media threads leave for us have no wake-up of their own
TRIM_SECONDS = 60.0  # ended transactions stay in malloc's pools; give them back
RTP_PORTS = 8000
# offered in this order; what is not listed is not offered
CODECS = ("PCMA/8000", "PCMU/8000", "G722/16000", "opus/48000", "GSM/8000")
MAX_LEGS = 420
RESOLVERS = Path("/etc/resolv.conf")
MAX_NAMESERVERS = 3  # the system's own resolver reads no more either


class Engine:
    def __init__(self, sip: Sip, inbox: Inbox, loop: Loop, bindings: Path) -> None:
        self._sip, self._inbox, self._loop = sip, inbox, loop
        self._accounts: tuple[str, ...] = ()
        self._more = False  # SIP has had its share of the last turn and wants another
        self._endpoint = pj.Endpoint()
        self._endpoint.libCreate()
        self._endpoint.libInit(_settings())
        self._order_codecs()
        native.start(REALM, str(bindings))

    def start(self, addresses: list[tuple[str, int]], rtp_port: int, tick_ms: int) -> None:
        """Raises `OSError` when an address cannot be bound."""
        for host, port in addresses:
            try:
                self._bind(host, port, rtp_port)
            except pj.Error as error:
                raise OSError(f"SIP cannot use {host} port {port}: {error.reason}") from None
        self._endpoint.libStart()
        native.clock_start(tick_ms)
        self._loop.watch(native.ioqueue_fd(), lambda _: None)  # waking up is enough: see pump
        self._loop.watch(native.event_fd(), lambda _: self._drain())
        self._loop.longest_sleep = self._longest_sleep
        self._trim()

    def set_accounts(self, accounts: Sequence[tuple[str, str, str]]) -> None:
        """Who may register and call: user name and the digests of the password."""
        native.set_accounts(accounts)
        self._accounts = tuple(user for user, _, _ in accounts)

    def pump(self) -> None:
        self._more = self._sip.pump(self._endpoint)

    def stop(self) -> None:
        self._loop.unwatch(native.ioqueue_fd())
        self._loop.unwatch(native.event_fd())
        self._endpoint.hangupAllCalls()
        for _ in range(10):
            self._endpoint.libHandleEvents(10)
        native.clock_stop()
        native.stop()
        self._endpoint.libDestroy()

    def _bind(self, host: str, port: int, rtp_port: int) -> None:
        version = ipaddress.ip_address(host).version
        udp, tcp = _TRANSPORTS[version]
        transport = pj.TransportConfig()
        transport.port, transport.boundAddress = port, host
        self._endpoint.transportCreate(udp, transport)
        self._endpoint.transportCreate(tcp, transport)
        domain = f"[{host}]:{port}" if version == 6 else f"{host}:{port}"
        account = Account(self._sip)
        account.create(_account_settings(version, host, domain, rtp_port))
        self._sip.add_account(account, version, domain)

    def _order_codecs(self) -> None:
        for codec in self._endpoint.codecEnum2():
            name = codec.codecId.rsplit("/", 1)[0]
            priority = 200 - CODECS.index(name) if name in CODECS else 0
            self._endpoint.codecSetPriority(codec.codecId, priority)

    def _drain(self) -> None:
        """What C threads have seen becomes events; a line's tag is its leg."""
        for event in native.events():
            match event:
                case ("digit", leg, digit):
                    self._inbox.post(events.DigitHeard, leg, digit)
                case ("sent", leg):
                    self._inbox.post(events.NumberSent, leg)
                case ("closed", leg):
                    self._inbox.post(events.EffectFailed, leg, "OpenLine", "its audio went away")
                case ("registered", extension, _):
                    self._tell_contacts(extension)
                case ("lost", count):
                    log.warning("the engine lost %d of its events", count)
                    for extension in self._accounts:
                        self._tell_contacts(extension)

    def _tell_contacts(self, extension: str) -> None:
        self._inbox.post(events.ContactsChanged, extension, contacts_of(extension))

    def _longest_sleep(self) -> float:
        timer = native.next_timer_ms()
        if self._more:
            return 0.0
        return LONGEST_SLEEP if timer < 0 else min(LONGEST_SLEEP, timer / 1000)

    def _trim(self) -> None:
        native.trim()
        self._loop.after(TRIM_SECONDS, self._trim)


_TRANSPORTS = {
    4: (pj.PJSIP_TRANSPORT_UDP, pj.PJSIP_TRANSPORT_TCP),
    6: (pj.PJSIP_TRANSPORT_UDP6, pj.PJSIP_TRANSPORT_TCP6),
}


def nameservers(text: str) -> list[str]:
    """Those of a resolv.conf; without any this machine, where perhaps nobody answers."""
    found = []
    for line in text.splitlines():
        match line.split():
            case ["nameserver", address, *_] if _is_address(address):
                found.append(address)
    return found[:MAX_NAMESERVERS] or ["127.0.0.1"]


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return "%" not in text  # pjsip knows no scopes


def _settings() -> pj.EpConfig:
    settings = pj.EpConfig()
    agent = settings.uaConfig
    agent.threadCnt, agent.mainThreadOnly = 0, True
    agent.maxCalls, agent.userAgent = MAX_LEGS, "Hookswitch"
    text = RESOLVERS.read_text(errors="replace") if RESOLVERS.is_file() else ""
    for address in nameservers(text):
        agent.nameserver.append(address)
    media = settings.medConfig
    media.clockRate = media.sndClockRate = 8000
    media.audioFramePtime, media.threadCnt = 20, 1
    media.ecTailLen, media.noVad, media.maxMediaPorts = 0, True, 2000
    settings.logConfig.level = settings.logConfig.consoleLevel = 1
    return settings


def _account_settings(version: int, host: str, domain: str, rtp_port: int) -> pj.AccountConfig:
    settings = pj.AccountConfig()
    settings.idUri = f"sip:hookswitch@{domain}"
    media = settings.mediaConfig
    media.transportConfig.port, media.transportConfig.portRange = rtp_port, RTP_PORTS
    media.transportConfig.boundAddress = host
    # IPv6 left on for an IPv4 account makes pjsua look its own name up, and wait for the resolver
    use = pj.PJSUA_IPV6_DISABLED if version == 4 else pj.PJSUA_IPV6_ENABLED_USE_IPV6_ONLY
    media.ipv6Use = use
    settings.sipConfig.ipv6Use = use
    return settings
