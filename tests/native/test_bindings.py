"""Registrations survive the death of their process, and a bad file harms nobody."""

from __future__ import annotations

import os
import signal
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from hookswitch_engine import native

from firmware.native import rawsip, rig

ACCOUNTS = [rawsip.account("101", "secret"), rawsip.account("102", "other")]
CONTACT = "sip:101@192.0.2.7:5060;transport=tcp"


def registered_and_killed(path: Path, *more: str) -> None:
    """A process registers 101 (and more contacts), then dies as by a crash."""
    child = os.fork()
    if child == 0:
        bench = rig.Bench(str(path))
        native.set_accounts(ACCOUNTS)
        phone = rawsip.Phone(bench.port, bench.pump)
        contacts = [f"Contact: <{uri}>" for uri in (CONTACT, *more)]
        good = phone.register("secret", *contacts, "Expires: 600").code == 200
        os.kill(os.getpid(), signal.SIGKILL if good else signal.SIGTERM)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


def as_registered() -> list[str]:
    return [contact for _, _, _, contact, _, _ in native.registrations("101")]


def test_registrations_survive_a_kill(tmp_path: Path) -> None:
    registered_and_killed(tmp_path / "bindings", "sip:101@192.0.2.8")
    rig.Bench(str(tmp_path / "bindings"))
    assert native.events() == [("registered", "101", 2)]
    native.set_accounts(ACCOUNTS)
    assert native.events() == []
    assert set(as_registered()) == {CONTACT, "sip:101@192.0.2.8"}
    assert all(590 <= left <= 600 for _, _, left in native.contacts("101"))


def test_order_and_cseq_survive_too(tmp_path: Path) -> None:
    registered_and_killed(tmp_path / "bindings")
    bench = rig.Bench(str(tmp_path / "bindings"))
    native.set_accounts(ACCOUNTS)
    phone = rawsip.Phone(bench.port, bench.pump, cseq=-1)
    assert phone.register("secret", f"Contact: <{CONTACT}>", "Expires: 0").code == 500
    phone.call_id = "rebooted"
    assert phone.register("secret", "Contact: <sip:101@192.0.2.9>").code == 200
    assert as_registered()[0] == "sip:101@192.0.2.9"


def test_changed_password_while_away_ends_the_contact(tmp_path: Path) -> None:
    registered_and_killed(tmp_path / "bindings")
    rig.Bench(str(tmp_path / "bindings"))
    native.events()
    native.set_accounts([rawsip.account("101", "new")])
    assert native.events() == [("registered", "101", 0)]


def slot_start(data: bytearray) -> int:
    """Where the only live slot of that file lies."""
    return data.index(b"EVIL")


def anywhere(data: bytearray) -> bytes:
    return bytes(byte ^ 0x5A for byte in data)


def torn(data: bytearray) -> bytes:
    at = data.index(CONTACT.encode())
    data[at + 4 : at + 12] = b"torn out"
    return bytes(data)


def other_boot(data: bytearray) -> bytes:
    data[20] ^= 1
    return bytes(data)


def forged(field: bytes, replacement: bytes) -> Callable[[bytearray], bytes]:
    """Another text in the live slot, with the right checksum for it."""

    def change(data: bytearray) -> bytes:
        start = slot_start(data)
        at = data.index(field, start)
        data[at : at + len(replacement)] = replacement
        size = struct.unpack_from("=I", data, 12)[0]
        check = 14695981039346656037
        for byte in data[start + 4 : start + size - 8]:
            check = (check ^ byte) * 1099511628211 % 2**64
        struct.pack_into("=Q", data, start + size - 8, check)
        return bytes(data)

    return change


def expires(milliseconds: int) -> Callable[[bytearray], bytes]:
    def change(data: bytearray) -> bytes:
        struct.pack_into("=q", data, slot_start(data) + 8, milliseconds)
        return forged(b"101", b"101")(data)

    return change


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda _: b"", id="empty"),
        pytest.param(lambda data: bytes(data[:-1]), id="short"),
        pytest.param(lambda data: bytes(data) + b"x", id="long"),
        pytest.param(lambda _: os.urandom(100_000), id="noise"),
        pytest.param(anywhere, id="every byte wrong"),
        pytest.param(torn, id="torn slot"),
        pytest.param(other_boot, id="another boot"),
        pytest.param(forged(CONTACT.encode(), b"x" * 256), id="text without an end"),
        pytest.param(forged(CONTACT.encode(), b"tel:101\0"), id="no SIP URI"),
        pytest.param(forged(CONTACT.encode(), b"sip:a>;x=<\0"), id="brackets"),
        pytest.param(forged(CONTACT.encode(), b"sip:a\r\nX: y\0"), id="lines"),
        pytest.param(forged(b"101", b"\0"), id="no account"),
        pytest.param(forged(b"sip:101@127.0.0.1", b"tel:101\0"), id="no SIP URI to call"),
        pytest.param(forged(b"127.0.0.1", b"\xff\xfe"), id="address to call not text"),
        pytest.param(forged(b";udp", b"\xff\xfe"), id="source not text"),
        pytest.param(forged(b";udp", b".udp"), id="source without a transport"),
        pytest.param(expires(1), id="ended long ago"),
        pytest.param(expires(2**62), id="never ends"),
    ],
)
def test_bad_file_is_discarded(tmp_path: Path, damage: Callable[[bytearray], bytes]) -> None:
    path = tmp_path / "bindings"
    registered_and_killed(path)
    path.write_bytes(damage(bytearray(path.read_bytes())))
    bench = rig.Bench(str(path))
    assert native.events() == []
    native.set_accounts(ACCOUNTS)
    assert native.contacts("101") == []
    phone = rawsip.Phone(bench.port, bench.pump)
    assert phone.register("secret", f"Contact: <{CONTACT}>").code == 200


def test_forging_in_these_tests_is_good_enough(tmp_path: Path) -> None:
    path = tmp_path / "bindings"
    registered_and_killed(path)
    path.write_bytes(forged(b"192.0.2.7", b"192.0.2.6")(bytearray(path.read_bytes())))
    rig.Bench(str(path))
    assert as_registered() == [CONTACT.replace("2.7", "2.6")]


def test_copies_of_a_slot_are_no_more_contacts(tmp_path: Path) -> None:
    path = tmp_path / "bindings"
    registered_and_killed(path)
    data = bytearray(path.read_bytes())
    size, start = struct.unpack_from("=I", data, 12)[0], slot_start(data)
    for number in range(1, 40):
        data[start + number * size : start + (number + 1) * size] = data[start : start + size]
    path.write_bytes(data)
    rig.Bench(str(path))
    assert len(native.contacts("101")) == 1


def test_fail__link_folder_or_file_in_use(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    bench = rig.Bench(udp=False)
    for path in ("link", ".", "no/such/folder"):
        with pytest.raises(OSError, match=r"."):
            native.start("hookswitch", str(tmp_path / path))
    native.start("hookswitch", str(tmp_path / "bindings"))
    child = os.fork()
    if child == 0:
        code = 1
        try:
            native.stop()
            native.start("hookswitch", str(tmp_path / "bindings"))
        except BlockingIOError:
            code = 0
        os._exit(code)
    assert bench
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
