"""A local address of ours: its transports, and pjsua's accounts on them.

Accounts are made per transport and SRTP mode, when first needed, so that every Via, Contact and
media address is one that the far end can reach.  No account is made for an extension: telephones
are told apart by their digest user.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable

from hookswitch_engine import pjsua2 as pj

from firmware.core.site import Srtp
from firmware.edges.sip.guard import guarded

RTP_PORTS = 8000
SRTP_MODES: tuple[Srtp, ...] = ("off", "optional", "required")
_SRTP = (pj.PJMEDIA_SRTP_DISABLED, pj.PJMEDIA_SRTP_OPTIONAL, pj.PJMEDIA_SRTP_MANDATORY)
Offered = Callable[[pj.Account, pj.OnIncomingCallParam], None]


class Account(pj.Account):
    def __init__(self, offered: Offered) -> None:
        super().__init__()
        self._offered = offered

    @guarded
    def onIncomingCall(self, call: pj.OnIncomingCallParam) -> None:
        self._offered(self, call)


class Address:
    """A local address and port with its transports and accounts."""

    def __init__(
        self, host: str, port: int, transports: dict[str, int], rtp_port: int, offered: Offered
    ) -> None:
        self.host, self.port, self.transports = host, port, transports
        self.version = ipaddress.ip_address(host).version
        self.domain = f"[{host}]:{port}" if self.version == 6 else f"{host}:{port}"
        self._rtp_port, self._offered = rtp_port, offered
        self.accounts: dict[tuple[str, Srtp], Account] = {}

    def account(self, transport: str, srtp: Srtp) -> Account:
        found = self.accounts.get((transport, srtp))
        if found is None:
            if transport not in self.transports:
                raise OSError(f"no SIP over {transport} on {self.host}")
            found = Account(self._offered)
            found.create(self.settings(self.transports[transport], srtp))
            self.accounts[transport, srtp] = found
        return found

    def settings(self, transport: int, srtp: Srtp) -> pj.AccountConfig:
        """What every account on this address has in common, a carrier's too."""
        settings = pj.AccountConfig()
        settings.idUri = f"sip:hookswitch@{self.domain}"
        settings.sipConfig.transportId = transport
        settings.callConfig.prackUse = pj.PJSUA_100REL_OPTIONAL
        settings.callConfig.timerUse = pj.PJSUA_SIP_TIMER_ALWAYS
        settings.natConfig.contactRewriteUse = settings.natConfig.viaRewriteUse = 0
        settings.natConfig.sdpNatRewriteUse = 0
        media = settings.mediaConfig
        media.transportConfig.port, media.transportConfig.portRange = self._rtp_port, RTP_PORTS
        media.transportConfig.randomizePort = True  # each account begins somewhere else
        media.transportConfig.boundAddress = self.host
        media.srtpUse, media.srtpSecureSignaling = _SRTP[SRTP_MODES.index(srtp)], 0
        media.srtpOpt.keyings.append(pj.PJMEDIA_SRTP_KEYING_SDES)
        # IPv6 left on for an IPv4 account makes pjsua look its own name up, and wait
        four = self.version == 4
        use = pj.PJSUA_IPV6_DISABLED if four else pj.PJSUA_IPV6_ENABLED_USE_IPV6_ONLY
        media.ipv6Use = settings.sipConfig.ipv6Use = use
        return settings
