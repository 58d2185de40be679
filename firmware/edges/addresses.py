"""Where the box is, for those who ask it by telephone (FC-35, FC-36).

The address in the house is the one from which packets for the outside would leave: asking the
kernel for it sends nothing.  A box with one network port has no other; what the outside sees is
then not known here, and the box says so instead of guessing.
"""

from __future__ import annotations

import socket

from firmware.core.events import AddressesChanged
from firmware.edges.inbox import Inbox
from firmware.wire.loop import Loop

EVERY_SECONDS = 30.0
SOMEWHERE = ("192.0.2.1", 9)  # an address of documentation: routed like any other, used by nobody


class Addresses:
    def __init__(self, loop: Loop, inbox: Inbox) -> None:
        self._loop, self._inbox = loop, inbox
        self._told = ("", "")

    def watch(self) -> None:
        """Tell the core now, and whenever it changes."""
        now = (lan(), "")
        if now != self._told:
            self._told = now
            self._inbox.post(AddressesChanged, *now)
        self._loop.after(EVERY_SECONDS, self.watch)


def lan() -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(SOMEWHERE)
        except OSError:  # no network at all
            return ""
        address: str = probe.getsockname()[0]
        return address
