"""Our own addresses: SIP listens on each by itself, and each may come and go while the box runs.

An address has a UDP, a TCP and, with a certificate, a TLS transport (one port higher).  Connections
that telephones open are accepted whatever certificate they hold; carriers are called by a transport
of its own, which verifies theirs.  0.0.0.0 is never bound: it would hear other people's multicast.
"""

from __future__ import annotations

import ipaddress
import logging
import re
import socket
from collections.abc import Iterable, Iterator

from hookswitch_engine import native
from hookswitch_engine import pjsua2 as pj

from firmware.core.site import Srtp
from firmware.edges.sip.accounts import SRTP_MODES, Address, Offered
from firmware.store.applied import Tls

log = logging.getLogger("sip")

ROUTES_KEPT = 4096
SYSTEM_AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt"
DEFAULT_ROUTE = {4: "192.0.2.1", 6: "2001:db8::1"}  # documentation's own: nobody's neighbor

_PLACE = re.compile(
    r"(?P<scheme>sips?):(?:[^@]*@)?(?P<host>\[[0-9a-fA-F:.]+\]|[^;:?>]+)(?::\d+)?(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_TYPES = {
    ("udp", 4): pj.PJSIP_TRANSPORT_UDP,
    ("tcp", 4): pj.PJSIP_TRANSPORT_TCP,
    ("tls", 4): pj.PJSIP_TRANSPORT_TLS,
    ("udp", 6): pj.PJSIP_TRANSPORT_UDP6,
    ("tcp", 6): pj.PJSIP_TRANSPORT_TCP6,
    ("tls", 6): pj.PJSIP_TRANSPORT_TLS6,
}


def place_of(uri: str) -> tuple[str, str]:
    """Host and transport of a SIP URI."""
    found = _PLACE.match(uri)
    if not found:
        raise OSError(f"{uri} is no SIP address")
    host, rest = found["host"].strip("[]"), found["rest"].lower()
    transport = re.search(r";transport=(udp|tcp|tls)\b", rest)
    if found["scheme"].lower() == "sips":
        return host, "tls"
    return host, transport[1] if transport else "udp"


def local_address(host: str) -> str | None:
    """Which address of this machine packets for `host` would leave from: the kernel knows."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((host, 9))
        except OSError:
            return None
        return str(probe.getsockname()[0])


class Addresses:
    def __init__(self, endpoint: pj.Endpoint, rtp_port: int, offered: Offered) -> None:
        self._endpoint, self._rtp_port, self._offered = endpoint, rtp_port, offered
        self._tls = Tls()
        self._open: dict[str, Address] = {}  # by its domain, address:port
        self._carriers: dict[str, int] = {}  # host -> TLS transport that verifies
        self._routes: dict[str, Address] = {}
        self._modes: tuple[Srtp, ...] = ("off",)

    def __iter__(self) -> Iterator[Address]:
        return iter(self._open.values())

    def of(self, host: str, port: int = 0) -> Address | None:
        """The one with this address, on this port if it matters."""
        fitting = (it for it in self if it.host == host and port in (0, it.port))
        return next(fitting, None)

    # -- coming and going --------------------------------------------------------------------------
    def open(self, host: str, port: int) -> None:
        """Raises `OSError` when the address cannot be bound."""
        version = ipaddress.ip_address(host).version
        transports: dict[str, int] = {}
        try:
            for kind in ("udp", "tcp"):
                transports[kind] = self._listen(kind, version, host, port)
        except OSError:
            for transport in transports.values():
                self._endpoint.transportClose(transport)
            raise
        address = Address(host, port, transports, self._rtp_port, self._offered)
        self._open[address.domain] = address
        self._open_tls(address)
        self._changed()
        log.info("listening on %s", address.domain)

    def close(self, address: Address) -> None:
        """The address is no longer ours; nobody may have a call on its accounts any more."""
        del self._open[address.domain]
        self._changed()
        for account in address.accounts.values():
            account.shutdown()
        transports = list(address.transports.values())
        if address.domain in self._carriers:
            transports.append(self._carriers.pop(address.domain))
        for transport in transports:
            self._endpoint.transportClose(transport)
        log.info("no longer on %s", address.domain)

    def _changed(self) -> None:
        self._routes.clear()
        self._tell_engine()

    def _listen(self, kind: str, version: int, host: str, port: int, verify: bool = False) -> int:
        settings = pj.TransportConfig()
        settings.port, settings.boundAddress = port, host
        if kind == "tls":
            tls = settings.tlsConfig
            tls.certFile, tls.privKeyFile = self._tls.certificate, self._tls.key
            tls.verifyServer, tls.verifyClient, tls.requireClientCert = verify, False, False
            tls.CaListFile = self._tls.authorities or SYSTEM_AUTHORITIES if verify else ""
        try:
            transport: int = self._endpoint.transportCreate(_TYPES[kind, version], settings)
        except pj.Error as error:
            raise OSError(f"SIP cannot use {host} port {port}: {error.reason}") from None
        return transport

    # -- TLS ---------------------------------------------------------------------------------------
    def set_tls(self, tls: Tls) -> None:
        if tls == self._tls:
            return
        self._tls = tls
        for address in self:
            if "tls" in address.transports:
                self._endpoint.transportClose(address.transports.pop("tls"))
                for srtp in SRTP_MODES:
                    address.accounts.pop(("tls", srtp), None)
            self._open_tls(address)
        self._tell_engine()

    def _open_tls(self, address: Address) -> None:
        """A certificate that cannot be used costs TLS, not the telephone service."""
        if not self._tls.certificate:
            return
        try:
            transport = self._listen("tls", address.version, address.host, address.port + 1)
        except OSError as error:
            log.error("no TLS: %s (certificate %s)", error, self._tls.certificate)
            return
        address.transports["tls"] = transport

    def carrier_tls(self, address: Address) -> int:
        """The transport that verifies who answers; its own port is nobody's business."""
        if address.domain not in self._carriers:
            transport = self._listen("tls", address.version, address.host, 0, verify=True)
            self._carriers[address.domain] = transport
        return self._carriers[address.domain]

    # -- which one ---------------------------------------------------------------------------------
    def towards(self, host: str) -> Address:
        """Our address that `host`, an address or the name of a carrier, is reached from."""
        if host not in self._routes:
            if len(self._routes) >= ROUTES_KEPT:
                self._routes.clear()
            self._routes[host] = self._find_route(host)
        return self._routes[host]

    def _find_route(self, host: str) -> Address:
        """A name may mean anything until it is looked up, later and without waiting."""
        targets: dict[int, str]
        try:
            targets = {ipaddress.ip_address(host).version: host}
        except ValueError:
            targets = dict(DEFAULT_ROUTE)
        for target in targets.values():
            found = self.of(local_address(target) or "")
            if found:
                return found
        for address in self:
            if address.version in targets:
                return address
        raise OSError(f"no SIP address of ours can reach {host}")

    # -- calls that come in ------------------------------------------------------------------------
    def use_modes(self, modes: Iterable[Srtp]) -> None:
        """The SRTP modes of our telephones: each needs its accounts before a call comes in."""
        self._modes = tuple(mode for mode in SRTP_MODES if mode == "off" or mode in set(modes))
        self._tell_engine()

    def _tell_engine(self) -> None:
        native.set_profiles(
            [
                (transport, SRTP_MODES.index(mode), address.account(kind, mode).getId())
                for address in self
                for kind, transport in address.transports.items()
                for mode in self._modes
            ]
        )
