"""Caller ID as data: what an exchange sends about a caller, and how a telephone reads it.

Two forms of the FSK message: SDMF (0x04: date and number) and MDMF (0x80: date, number, name, each
with its own type), both ending in a checksum that makes the sum of all bytes zero.  And the form in
DTMF: `D`, the number, `C`.  Bellcore and ETSI use the same messages in different modems.

The reader takes bytes and keys as they come, in any number of pieces.  It shows only what is
complete and right: a truncated or damaged message shows nothing, as on a real telephone.
"""

from __future__ import annotations

import msgspec

SDMF, MDMF = 0x04, 0x80
DATE, NUMBER, NO_NUMBER, NAME = 0x01, 0x02, 0x04, 0x07
SEIZURE = b"\x55" * 30  # 300 bits, space and mark in turn
MARKS_ON_HOOK, MARKS_OFF_HOOK = 180, 80  # bits before the message
PRIVATE, UNKNOWN = "P", "O"  # why there is no number


class Caller(msgspec.Struct, frozen=True):
    """What a telephone shows; `number` is P or O where the exchange says why there is none."""

    number: str = ""
    name: str = ""
    date: str = ""  # MMDDhhmm


def message(caller: Caller, *, with_name: bool = True) -> bytes:
    """MDMF, or SDMF, which has no name."""
    number = caller.number.encode("ascii", "replace")
    if not with_name:
        return _framed(SDMF, caller.date.encode() + number)
    parts = [(DATE, caller.date.encode())]
    parts += [(NO_NUMBER if caller.number in (PRIVATE, UNKNOWN) else NUMBER, number or b"O")]
    if caller.name:
        parts.append((NAME, caller.name.encode("utf-8")[:50]))
    return _framed(MDMF, b"".join(bytes([kind, len(text)]) + text for kind, text in parts))


def _framed(kind: int, body: bytes) -> bytes:
    head = bytes([kind, len(body)]) + body
    return head + bytes([-sum(head) % 256])


def keys(caller: Caller) -> str:
    """The number in DTMF; there is no way to send a name."""
    digits = "".join(key for key in caller.number if key in "0123456789*#")
    return f"D{digits or '0'}C"


class Reader:
    """Bytes of a modem, or keys of a DTMF decoder, in; callers out."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._keys = ""
        self.damaged = 0  # messages that could not be shown

    def take(self, data: bytes) -> list[Caller]:
        found: list[Caller] = []
        for byte in data:
            if self._bytes or byte in (SDMF, MDMF):  # all before it is the seizure, or noise
                self._bytes.append(byte)
            if len(self._bytes) > 2 and len(self._bytes) == self._bytes[1] + 3:
                found += self._complete(bytes(self._bytes))
                self._bytes.clear()
        return found

    def press(self, key: str) -> list[Caller]:
        """A key that came outside of `D` to `C` is dialing, not caller ID."""
        if key == "D":
            self._keys = key
        elif self._keys and key == "C":
            number, self._keys = self._keys[1:], ""
            return [Caller(number)]
        elif self._keys:
            self._keys = (self._keys + key)[:33]
        return []

    def silence(self) -> None:
        """The carrier is gone: what was not complete by now never will be."""
        self.damaged += bool(self._bytes or self._keys)
        self._bytes.clear()
        self._keys = ""

    def _complete(self, whole: bytes) -> list[Caller]:
        caller = None
        if sum(whole) % 256 == 0:
            caller = _parts(whole[2:-1]) if whole[0] == MDMF else _plain(whole[2:-1])
        self.damaged += caller is None
        return [caller] if caller else []


def _plain(body: bytes) -> Caller | None:
    if len(body) < 8:
        return None
    return Caller(_text(body[8:]), "", _text(body[:8]))


def _parts(body: bytes) -> Caller | None:
    found: dict[int, str] = {}
    while body:
        if len(body) < 2 or len(body) < 2 + body[1]:
            return None
        found[body[0]] = _text(body[2 : 2 + body[1]])
        body = body[2 + body[1] :]
    number = found.get(NUMBER) or found.get(NO_NUMBER) or ""
    return Caller(number, found.get(NAME, ""), found.get(DATE, ""))


def _text(raw: bytes) -> str:
    """A telephone's display has no control characters either."""
    text = raw.decode("utf-8", "replace")
    return "".join(letter for letter in text if letter.isprintable())
