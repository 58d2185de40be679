"""Guessers are banned, floods thinned, old answers worth nothing, and a full box says so."""

from __future__ import annotations

import signal
import socket
from pathlib import Path

import pytest
from hookswitch_engine import native
from hookswitch_engine import pjsua2 as pj

from firmware.native import rawsip, rig
from tests.native.rawcall import Edge, place

HERE = "127.0.0.1"


def bench_and_phone(folder: Path) -> tuple[rig.Bench, rawsip.Phone]:
    bench = rig.Bench(str(folder / "bindings"))
    native.set_accounts([rawsip.account("101", "secret"), rawsip.account("102", "secret")])
    return bench, rawsip.Phone(bench.port, bench.pump)


def happened(bench: rig.Bench, kind: str) -> list[native.Event]:
    bench.events += native.events()
    return [event for event in bench.events if event[0] == kind]


def guess(phone: rawsip.Phone, times: int) -> None:
    for _ in range(times):
        assert phone.register("wrong").code == 401


# -- bans ------------------------------------------------------------------------------------------
def test_guessing_ends_in_a_ban_that_ends(tmp_path: Path) -> None:
    bench, phone = bench_and_phone(tmp_path)
    native.set_bans(5, 2)
    guess(phone, 5)
    assert happened(bench, "banned") == [("banned", HERE, 2)]
    assert happened(bench, "refused") == [("refused", HERE, "101", "password")] * 5
    assert native.bans() == [(HERE, 2)]
    phone.patience = 5
    with pytest.raises(TimeoutError):
        phone.request("OPTIONS")
    bench.until(lambda: bool(happened(bench, "unbanned")))
    phone.patience = 500
    assert phone.register("secret").code == 200
    assert native.bans() == []


def test_ban_can_be_lifted_by_hand(tmp_path: Path) -> None:
    _, phone = bench_and_phone(tmp_path)
    native.set_bans(1, 600)
    guess(phone, 1)
    assert not native.unban("192.0.2.1")
    assert native.unban(HERE)
    assert phone.register("secret").code == 200


def test_forged_datagrams_ban_nobody(tmp_path: Path) -> None:
    """Credentials for a nonce that we did not give to this address prove nothing about it."""
    bench, phone = bench_and_phone(tmp_path)
    native.set_bans(1, 600)
    other = rawsip.Phone(bench.port, bench.pump, call_id="x", socket=rawsip.bound("127.0.0.2"))
    nonce = other.request("REGISTER").challenge("MD5")["nonce"]
    asked = phone.request("REGISTER")
    for used in (nonce, "0" * 48, "x"):
        proof = phone.authorize(asked, "REGISTER", "wrong", "MD5", nonce=used)
        assert phone.request("REGISTER", proof).code == 401
    assert happened(bench, "refused") == native.bans() == []


def test_one_wrong_phone_does_not_lock_out_its_neighbors(tmp_path: Path) -> None:
    bench, phone = bench_and_phone(tmp_path)
    native.set_bans(3, 600)
    assert phone.register("secret").code == 200
    guess(phone, 29)
    assert native.bans() == []
    guess(phone, 1)
    assert [address for address, _ in native.bans()] == [HERE]
    assert len(happened(bench, "banned")) == 1


def test_networks_that_are_never_banned(tmp_path: Path) -> None:
    _, phone = bench_and_phone(tmp_path)
    native.set_bans(1, 600, ["127.0.0.0/8"])
    guess(phone, 3)
    assert native.bans() == []


def test_ban_closes_connections(tmp_path: Path) -> None:
    bench = rig.Bench(str(tmp_path / "bindings"))
    native.set_accounts([rawsip.account("101", "secret")])
    native.set_bans(1, 600)
    port = bench.listen(pj.PJSIP_TRANSPORT_TCP)
    phone = rawsip.Phone(port, bench.pump, socket=rawsip.connected(port))
    guess(phone, 1)
    phone.patience = 20
    with pytest.raises((TimeoutError, OSError)):
        phone.request("OPTIONS")
    with pytest.raises((TimeoutError, OSError)):  # the next connection fares no better
        rawsip.Phone(port, bench.pump, patience=20, socket=rawsip.connected(port)).request(
            "OPTIONS"
        )


@pytest.mark.parametrize("arguments", [(-1, 600), (1, 0), (1, 1, ["x"])])
def test_fail__bans(tmp_path: Path, arguments: tuple[int, int]) -> None:
    bench_and_phone(tmp_path)
    with pytest.raises(ValueError, match=r"."):
        native.set_bans(*arguments)


# -- floods ----------------------------------------------------------------------------------------
def flood(bench: rig.Bench, source: socket.socket, count: int) -> int:
    """So many OPTIONS as fast as they can be sent; how many were answered."""
    answered = 0
    for number in range(count):
        message = (
            "OPTIONS sip:127.0.0.1 SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP 127.0.0.1;rport;branch=z9hG4bKf{number}\r\n"
            f"From: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: f{number}\r\nCSeq: 1 OPTIONS\r\n"
            "Content-Length: 0\r\n\r\n"
        )
        source.sendto(message.encode(), (HERE, bench.port))
        if number % 50 == 49:
            answered += taken(bench, source)
    return answered + taken(bench, source)


def taken(bench: rig.Bench, source: socket.socket) -> int:
    count = 0
    for _ in range(20):
        bench.pump()
        while True:
            try:
                source.recv(65536)
            except BlockingIOError:
                break
            count += 1
    return count


def test_flood_of_a_stranger_is_thinned_and_harms_nobody_else(tmp_path: Path) -> None:
    bench, phone = bench_and_phone(tmp_path)
    assert 90 <= flood(bench, rawsip.bound("127.0.0.2"), 600) <= 300
    assert phone.register("secret").code == 200


def test_who_proved_himself_is_not_slowed(tmp_path: Path) -> None:
    bench, phone = bench_and_phone(tmp_path)
    assert phone.register("secret").code == 200
    assert flood(bench, phone.socket, 600) == 600


def test_answer_to_our_challenge_passes_the_flood_around_it(tmp_path: Path) -> None:
    bench, phone = bench_and_phone(tmp_path)
    asked = phone.request("REGISTER")
    flood(bench, rawsip.bound(), 600)  # from the same address
    proof = phone.authorize(asked, "REGISTER", "secret")
    assert phone.request("REGISTER", proof).code == 200


# -- old answers -----------------------------------------------------------------------------------
def test_answer_is_good_once_and_its_nonce_for_more_with_another_count(tmp_path: Path) -> None:
    _, phone = bench_and_phone(tmp_path)
    asked = phone.request("REGISTER")
    codes, stale = [], []
    for count in ("1", "1", "2", "5", "3", "3", "5", "1", "ff", "4"):
        proof = phone.authorize(asked, "REGISTER", "secret", nc=count.zfill(8))
        answer = phone.request("REGISTER", proof)
        codes.append(answer.code)
        stale.append("stale=true" in answer.text)
    # 4 is new, but too long ago
    assert codes == [200, 401, 200, 200, 200, 401, 401, 401, 200, 401]
    assert stale == [code == 401 for code in codes]


def test_overheard_answer_is_worth_nothing(tmp_path: Path) -> None:
    bench, phone = bench_and_phone(tmp_path)
    contact = f"Contact: {phone.contact}"
    proof = phone.authorize(phone.request("REGISTER"), "REGISTER", "secret")
    assert phone.request("REGISTER", proof, contact).code == 200
    thief = rawsip.Phone(bench.port, bench.pump, call_id="thief")
    assert thief.request("REGISTER", proof, "Contact: *", "Expires: 0").code == 401
    assert len(native.contacts("101")) == 1


def test_counts_that_had_to_be_forgotten_count_as_used(tmp_path: Path) -> None:
    signal.alarm(240)  # it is a long way to the bottom of the table
    _, phone = bench_and_phone(tmp_path)
    native.set_bans(0, 1, ["127.0.0.0/8"])
    first = phone.request("REGISTER")
    proof = phone.authorize(first, "REGISTER", "secret", "MD5")
    assert phone.request("REGISTER", proof).code == 200
    for _ in range(12_000):  # more than the table holds
        assert phone.register("secret", algorithm="MD5").code == 200
    assert phone.request("REGISTER", proof).code == 401


def test_no_two_challenges_are_alike(tmp_path: Path) -> None:
    _, phone = bench_and_phone(tmp_path)
    nonces = {phone.request("REGISTER").challenge("MD5")["nonce"] for _ in range(80)}
    assert len(nonces) == 80


# -- places ----------------------------------------------------------------------------------------
@pytest.mark.req("EXT-10")
def test_extension_that_is_not_remote_registers_from_the_local_networks_only(
    tmp_path: Path,
) -> None:
    bench, phone = bench_and_phone(tmp_path)
    at_home = ("101", *rawsip.account("101", "secret")[1:])
    away = ("102", *rawsip.account("102", "secret")[1:], 10, "udp,tcp,tls", True)
    native.set_accounts([at_home, away])
    native.set_local_networks(["192.168.0.0/16", "127.0.0.2"])
    wrong, right = phone.register("wrong"), phone.register("secret")
    assert (wrong.code, right.code) == (401, 401)
    assert len(wrong.text) == len(right.text), "the answer tells that the password was right"
    assert happened(bench, "refused")[-1] == ("refused", HERE, "101", "place")
    inside = rawsip.Phone(bench.port, bench.pump, call_id="in", socket=rawsip.bound("127.0.0.2"))
    assert inside.register("secret").code == 200
    phone.user = "102"
    assert phone.register("secret").code == 200
    native.set_local_networks([])
    phone.user = "101"
    assert phone.register("secret").code == 200


@pytest.mark.req("EXT-26")
@pytest.mark.parametrize(("transports", "codes"), [("udp", (200, 403)), ("tcp,tls", (403, 200))])
def test_extension_uses_the_transports_it_may(
    tmp_path: Path, transports: str, codes: tuple[int, int]
) -> None:
    bench, phone = bench_and_phone(tmp_path)
    native.set_accounts([(*rawsip.account("101", "secret"), 10, transports)])
    port = bench.listen(pj.PJSIP_TRANSPORT_TCP)
    stream = rawsip.Phone(port, bench.pump, call_id="tcp", socket=rawsip.connected(port))
    assert (phone.register("secret").code, stream.register("secret").code) == codes


@pytest.mark.req("EXT-23")
def test_extension_has_its_own_number_of_phones(tmp_path: Path) -> None:
    _, phone = bench_and_phone(tmp_path)
    native.set_accounts([(*rawsip.account("101", "secret"), 2)])
    for number in range(4):
        assert phone.register("secret", f"Contact: <sip:101@192.0.2.{number + 1}>").code == 200
    registered = [contact for _, _, _, contact, _, _ in native.registrations("101")]
    assert registered == ["sip:101@192.0.2.4", "sip:101@192.0.2.3"]


@pytest.mark.req("EXT-25")
@pytest.mark.parametrize(
    ("own", "bounds", "asked", "granted"),
    [
        (120, (60, 3600), "", 120),
        (120, (60, 3600), "Expires: 600", 120),
        (120, (60, 3600), "Expires: 90", 90),
        (0, (60, 3600), "", 3600),
        (10, (60, 3600), "", 60),
        (7200, (60, 3600), "", 3600),
        (0, (300, 7200), "Expires: 7000", 7000),
        (0, (300, 7200), "Expires: 299", None),
    ],
)
def test_registration_expiry(
    tmp_path: Path, own: int, bounds: tuple[int, int], asked: str, granted: int | None
) -> None:
    _, phone = bench_and_phone(tmp_path)
    native.set_accounts([(*rawsip.account("101", "secret"), 10, "udp", False, False, own)])
    native.set_expiry(*bounds)
    headers = [f"Contact: {phone.contact}", *([asked] if asked else [])]
    answer = phone.register("secret", *headers)
    if granted is None:
        assert answer.headers("Min-Expires") == [str(bounds[0])]
    else:
        assert f"expires={granted}" in answer.headers("Contact")[0]


@pytest.mark.parametrize("rest", [(0,), (33,), (1, "sctp"), (1, "udp", False, False, -1)])
def test_fail__rules_of_an_account(tmp_path: Path, rest: tuple[int]) -> None:
    bench_and_phone(tmp_path)
    with pytest.raises(ValueError, match="account 101"):
        native.set_accounts([(*rawsip.account("101", "secret"), *rest)])


# -- a full box ------------------------------------------------------------------------------------
def test_full_box_says_when_to_come_back_and_lets_emergency_through(tmp_path: Path) -> None:
    bench, phone = bench_and_phone(tmp_path)
    edge = Edge(bench)
    native.set_call_limit(1, 7, ["112"])
    assert place(phone)[0].code == 200

    def more(number: str) -> rawsip.Answer:
        other = rawsip.Phone(bench.port, bench.pump, call_id=number)
        return place(other, number=number)[0]

    refused = more("201")
    assert (refused.code, refused.headers("Retry-After")) == (503, ["7"])
    assert more("112").code == 200
    native.set_call_limit(5, 7)
    assert more("202").code == 200
    assert [called for _, _, called, _ in edge.offers] == ["200", "112", "202"]
