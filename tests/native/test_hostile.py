"""Torture and hostile messages, byte for byte, against the verdict that stands beside each.

A socket sends a message from an address of its own, at the port that the message's Via names: a
reply that goes anywhere else is not seen, and would be a failure.  Afterwards the engine answers
OPTIONS, has offered no call that nobody proved, and holds no contact.
"""

from __future__ import annotations

import os
import re
import socket
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hookswitch_engine import native
from hookswitch_engine import pjsua2 as pj

from firmware.native import rawsip, rig
from tests.native.rawcall import Edge

DATA = Path(__file__).parent / "data"
# where we differ from the verdict, and why
OURS: dict[str, tuple[set[int | None], str]] = {
    "wsinv.sip": ({481}, "its To has a tag: a call inside a dialog that we do not have"),
    "lwsstart.sip": ({401}, "two spaces are read as one; a challenge is all that it gets"),
    "regaut01.sip": (
        {None},
        "pjsip drops what carries credentials of a scheme that it cannot read",
    ),
    "unkscm.sip": (
        {None},
        "pjsip reads no URI of an unknown scheme, so there is nothing to answer",
    ),
    "novelsc.sip": (
        {None},
        "pjsip reads no URI of an unknown scheme, so there is nothing to answer",
    ),
}


def cases(folder: str, table: str) -> list[Any]:
    listed = tomllib.loads((DATA / folder / "index.toml").read_text())[table]
    for case in listed:
        files = case.get("files") or [case["file"]]
        case["bytes"] = [(DATA / folder / name).read_bytes() for name in files]
    return [pytest.param(case, id=case.get("name") or case["file"]) for case in listed]


VIA = (
    rb"(?im)^(?:via|v)\s*:\s*SIP\s*/\s*2\.0\s*/\s*(\w+)\s+(?:\[[^]]*\]|[^\s;:,]+)(?:\s*:\s*(\d+))?"
)


def via(message: bytes) -> tuple[str, int]:
    """Transport and port of the topmost one, as its reader would find them."""
    found = re.search(VIA, message)
    if not found:
        return "UDP", 5060
    return found[1].decode().upper(), int(found[2] or 5060)


def far_end(case: dict[str, Any], port: int) -> socket.socket:
    transport, theirs = via(case["bytes"][0])
    if case.get("transport", transport) == "TCP":
        return rawsip.connected(port)
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    number = os.getpid()
    made.bind((f"127.77.{number >> 8 & 255}.{number & 255}", theirs))
    made.setblocking(False)
    return made


def pour(bench: rig.Bench, wire: socket.socket, message: bytes) -> bool:
    """False when the box closed the stream before it had all."""
    if wire.type == socket.SOCK_DGRAM:
        wire.sendto(message, ("127.0.0.1", bench.port))
        return True
    left = message
    while left:
        bench.pump()
        try:
            left = left[wire.send(left) :]
        except BlockingIOError:
            pass
        except OSError:
            return False
    return True


def exchange(bench: rig.Bench, case: dict[str, Any]) -> tuple[list[int], bool]:
    """Final and provisional codes that came back, and whether the stream was closed."""
    tcp = bench.listen(pj.PJSIP_TRANSPORT_TCP)
    wire = far_end(case, tcp)
    heard, closed = b"", False
    for message in case["bytes"]:
        closed = not pour(bench, wire, message) or closed
        for _ in range(15):
            bench.pump()
            try:
                data = wire.recv(65536)
                closed = closed or (not data and wire.type == socket.SOCK_STREAM)
                heard += data
            except BlockingIOError:
                pass
            except ConnectionError:
                closed = True
    codes = [int(code) for code in re.findall(rb"(?m)^SIP/2\.0 (\d{3})", heard)]
    return codes, closed


def fits(code: int, replies: list[str]) -> bool:
    return str(code) in replies or f"{code // 100}xx" in replies or (code == 100 and bool(replies))


def judge(case: dict[str, Any], codes: list[int], closed: bool) -> None:
    replies, finals = case.get("replies", []), [code for code in codes if code >= 200]
    ours, _ = OURS.get(case.get("file", ""), (set(), ""))
    if ours:
        found: set[int | None] = {*finals} or {None}
        assert found == ours
        return
    limit = len(case["bytes"])
    assert len(finals) <= limit, f"{finals}: more finals than requests"
    assert all(fits(code, replies) for code in codes), f"{codes}, allowed {replies}"
    if codes or case["verdict"] == "ignore" or not replies:
        return
    silent = "none" in replies or (closed and "close" in replies) or case.get("silence_tolerated")
    assert silent, f"silence, wanted {replies}"


def run(folder: Path, case: dict[str, Any]) -> None:
    bench = rig.Bench(str(folder / "bindings"))
    native.set_accounts([rawsip.account("201", "secret"), rawsip.account("user", "secret")])
    edge = Edge(bench)
    codes, closed = exchange(bench, case)
    judge(case, codes, closed)
    phone = rawsip.Phone(bench.port, bench.pump, call_id="afterwards")
    assert phone.request("OPTIONS").code == 200
    assert edge.offers == []
    assert native.contacts("201") == []


@pytest.mark.parametrize("case", cases("rfc4475", "message"))
def test_torture_messages_of_rfc_4475(tmp_path: Path, case: dict[str, Any]) -> None:
    run(tmp_path, case)


@pytest.mark.parametrize("case", cases("rfc5118", "message"))
def test_torture_messages_of_rfc_5118(tmp_path: Path, case: dict[str, Any]) -> None:
    run(tmp_path, case)


@pytest.mark.parametrize("case", cases("sip-odd", "case"))
def test_odd_messages(tmp_path: Path, case: dict[str, Any]) -> None:
    run(tmp_path, case)
