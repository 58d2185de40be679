"""The box as a SIP user agent: its parts, and what they are told.

addresses, accounts   where we are reached       offers    calls that come in
legs, leg             calls that exist           invites   calls that go out
trunks                carriers                   transfers asked for by phones
profiles              how each far end is        headers, codes: words, translated
                      spoken with
"""

from __future__ import annotations

import logging
from collections.abc import Mapping

from hookswitch_engine import native
from hookswitch_engine import pjsua2 as pj

from firmware.core.site import Site
from firmware.edges.inbox import Inbox
from firmware.edges.media import Media
from firmware.edges.notice import Notice
from firmware.edges.sip.addresses import Addresses
from firmware.edges.sip.invites import Invites
from firmware.edges.sip.legs import Legs
from firmware.edges.sip.offers import Offers
from firmware.edges.sip.profiles import Profiles
from firmware.edges.sip.transfers import Transfers
from firmware.edges.sip.trunks import Trunks
from firmware.store.applied import Tls
from firmware.wire.loop import Loop

log = logging.getLogger("sip")


class Agent:
    def __init__(
        self,
        endpoint: pj.Endpoint,
        media: Media,
        inbox: Inbox,
        loop: Loop,
        rtp_port: int,
        notice: Notice,
    ) -> None:
        self.legs, self.profiles = Legs(media, inbox), Profiles()
        offers = Offers(self.legs, self.profiles)
        self.addresses = Addresses(endpoint, rtp_port, offers.offered)
        self.transfers = Transfers(self.legs)
        self.invites = Invites(self.legs, self.addresses, self.profiles)
        self.trunks = Trunks(
            self.legs, self.addresses, self.profiles, offers.offered, inbox, loop, notice
        )

    def configure(self, site: Site, secrets: Mapping[str, str], tls: Tls) -> None:
        self.profiles.configure(site)
        self.addresses.set_tls(tls)
        self.addresses.use_modes(self.profiles.srtp_modes())
        native.set_speech(self.profiles.speech())
        self.trunks.configure(site.trunks, secrets)

    # -- local addresses ---------------------------------------------------------------------------
    def open_address(self, host: str, port: int) -> None:
        """Raises `OSError` when it cannot be bound."""
        if self.addresses.of(host, port) is None:
            self.addresses.open(host, port)
            self.trunks.look_for_ways()

    def close_address(self, host: str) -> None:
        """Calls on other addresses go on; those on this one are over, and nobody can be told."""
        while (address := self.addresses.of(host)) is not None:
            for account in address.accounts.values():
                self.legs.lose_all(account)
            self.trunks.leave(address)
            self.addresses.close(address)
        self.trunks.look_for_ways()
