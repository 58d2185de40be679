"""Says where the box is, and which extension one is (FC-35 to 37): an installer's first codes."""

from __future__ import annotations

from firmware.core.announcing import SAYING, say
from firmware.core.effects import Effects
from firmware.core.feature import Feature
from firmware.core.model import Leg, Session
from firmware.core.switchboard import Switchboard
from firmware.prompts import spoken


def _wan(board: Switchboard, session: Session, leg: Leg) -> Effects:
    return _address(board, session, leg, "wan-address-is", board.tables.wan)


def _lan(board: Switchboard, session: Session, leg: Leg) -> Effects:
    return _address(board, session, leg, "lan-address-is", board.tables.lan)


def _address(board: Switchboard, session: Session, leg: Leg, word: str, address: str) -> Effects:
    if not address:
        return say(board, session, leg, "address-unknown")
    return say(board, session, leg, word, *spoken.address(address))


def _own(board: Switchboard, session: Session, leg: Leg) -> Effects:
    return say(board, session, leg, "own-number-is", *spoken.digits(leg.party))


WAN = Feature("wan-address", _wan, SAYING)
LAN = Feature("lan-address", _lan, SAYING)
OWN_NUMBER = Feature("own-number", _own, SAYING)
