"""Starting and stopping the SIP and media engine, and its seat in the loop.

One pjsua instance, no worker threads: SIP runs on our loop, media on the engine's own C threads.
pjsip is always given a nameserver, even a dead one: without any it asks the system's resolver and
waits for it.
"""

from __future__ import annotations

import ipaddress
import logging
from pathlib import Path
from typing import Any

from hookswitch_engine import native
from hookswitch_engine import pjsua2 as pj

from firmware.core import events
from firmware.edges.inbox import Inbox
from firmware.edges.media import Media
from firmware.edges.notice import Notice
from firmware.edges.sip.agent import Agent
from firmware.edges.sip.invites import contacts_of
from firmware.store.applied import Applied, Credential
from firmware.wire.loop import Loop

log = logging.getLogger("engine")

REALM = "hookswitch"
LONGEST_SLEEP = 0.02  # jobs that media threads leave for us have no wake-up of their own
TRIM_SECONDS = 60.0  # ended transactions stay in malloc's pools; give them back
# what pjsua may use at all; which of these a far end is offered, in which order, is its profile's
CODECS = ("PCMA/8000", "PCMU/8000", "G722/16000", "opus/48000", "G729/8000", "GSM/8000")
MAX_LEGS = 420
LEGS_FOR_ALL, RETRY_SECONDS = 400, 30  # above: 503, come back later; emergency calls still pass
WRONG_PASSWORDS, BAN_SECONDS = 20, 600
THIS_MACHINE = ("127.0.0.0/8", "::1/128")  # who is in here is no stranger
RESOLVERS = Path("/etc/resolv.conf")
MAX_NAMESERVERS = 3  # the system's own resolver reads no more either


class Engine:
    def __init__(
        self, media: Media, inbox: Inbox, loop: Loop, bindings: Path, rtp_port: int, notice: Notice
    ) -> None:
        self._media, self._inbox, self._loop, self._notice = media, inbox, loop, notice
        self._credentials: tuple[Credential, ...] | None = None
        self._accounts: tuple[str, ...] = ()
        self._more = False  # SIP has had its share of the last turn and wants another
        self._endpoint = pj.Endpoint()
        self._endpoint.libCreate()
        self._endpoint.libInit(_settings())
        self._order_codecs()
        native.start(REALM, str(bindings))
        self.sip = Agent(self._endpoint, media, inbox, loop, rtp_port, notice)

    def start(self, addresses: list[tuple[str, int]], tick_ms: int) -> None:
        """Raises `OSError` when an address cannot be bound."""
        for host, port in addresses:
            self.sip.open_address(host, port)
        self._endpoint.libStart()
        native.clock_start(tick_ms)
        self._loop.watch(native.ioqueue_fd(), lambda _: None)  # waking up is enough: see pump
        self._loop.watch(native.event_fd(), lambda _: self._drain())
        self._loop.longest_sleep = self._longest_sleep
        self._trim()

    def configure(self, current: Applied) -> None:
        """Who may register and call, with what secret; which carriers there are; certificates."""
        if current.credentials != self._credentials:  # thousands, and most changes touch none
            native.set_accounts(current.credentials)
            self._credentials = current.credentials
            self._accounts = tuple(user for user, *_ in current.credentials)
        native.set_bans(WRONG_PASSWORDS, BAN_SECONDS, THIS_MACHINE)
        native.set_call_limit(LEGS_FOR_ALL, RETRY_SECONDS, current.site.emergency)
        self.sip.configure(current.site, current.trunk_secrets, current.tls)

    def pump(self) -> None:
        self._more = self.sip.legs.pump(self._endpoint)

    def stop(self) -> None:
        self._loop.unwatch(native.ioqueue_fd())
        self._loop.unwatch(native.event_fd())
        self._endpoint.hangupAllCalls()
        for _ in range(10):
            self._endpoint.libHandleEvents(10)
        native.clock_stop()
        native.stop()
        self._endpoint.libDestroy()

    def _order_codecs(self) -> None:
        for codec in self._endpoint.codecEnum2():
            name = codec.codecId.rsplit("/", 1)[0]
            priority = 200 - CODECS.index(name) if name in CODECS else 0
            self._endpoint.codecSetPriority(codec.codecId, priority)

    def _drain(self) -> None:
        """What C threads have seen becomes events; a line's tag is its leg."""
        for event in native.events():
            match event:
                case ("digit", tag, digit):
                    self._inbox.post(events.DigitHeard, self._media.leg_of(tag), digit)
                case ("sent", leg):
                    self._sent(leg)
                case ("said" | "missing" | "recorded", *_):
                    self._tell_media(event)
                case ("closed", tag):
                    self._closed(tag)
                case ("registered", extension, _):
                    self._tell_contacts(extension)
                case ("pressed", call, key, _):
                    self.sip.legs.pressed(call, key)
                case ("refer", call, transfer, target, other):
                    self.sip.transfers.asked(call, transfer, target, other)
                case ("refused" | "banned" | "unbanned", *_):
                    self._notice(event)
                case ("lost", count):
                    self._repair(count)

    def _closed(self, tag: int) -> None:
        if not self._media.hung_up(tag):
            self._inbox.post(events.EffectFailed, tag, "OpenLine", "its audio went away")

    def _sent(self, leg: int) -> None:
        """Negative: keys for the far end of a call; 0: nobody waits for them."""
        if leg > 0:
            self._inbox.post(events.NumberSent, leg)
        elif leg < 0:
            self._media.pressed(-leg)

    def _tell_media(self, event: tuple[Any, ...]) -> None:
        match event:
            case ("said", serial):
                self._media.said(serial)
            case ("missing", serial, index):
                self._media.missing(serial, index)
            case ("recorded", tag, ms, error):
                self._media.recorded(tag, ms, error)

    def _repair(self, count: int) -> None:
        """Some news gave way to others: what it may have been about is asked anew."""
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
