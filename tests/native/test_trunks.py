"""Calls from trunks: who passes without a challenge, and what an INVITE says of its caller."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hookswitch_engine import native

from firmware.native import rawsip, rig
from tests.native.rawcall import SDP, SDP_TYPE, Edge, place

HOME = ["127.0.0.1"]
WANG = "\u738b"
LOGIN = rawsip.account("carrier", "secret")
SAMPLES = Path(__file__).parent / "data" / "carriers"


def edge_and_peer(folder: Path, *trunks: native.Trunk) -> tuple[Edge, rawsip.Phone]:
    bench = rig.Bench(str(folder / "bindings"))
    native.set_accounts([rawsip.account("101", "secret")])
    native.set_trunks(trunks)
    return Edge(bench), rawsip.Phone(bench.port, bench.pump, user="carrier")


def call(peer: rawsip.Phone, *headers: str) -> int:
    uri = f"sip:200@127.0.0.1:{peer.server}"
    more = [f"Contact: {peer.contact}", SDP_TYPE, *headers]
    return peer.request("INVITE", *more, uri=uri, body=SDP).code


def test_peer_passes_by_its_address_and_only_that(tmp_path: Path) -> None:
    edge, peer = edge_and_peer(tmp_path, ("telco", ["192.0.2.0/24", "127.0.0.1/32"], "udp", False))
    assert call(peer) == 200
    assert edge.offers == [(None, "telco", "200", -1)]
    elsewhere = rawsip.Phone(
        peer.server, peer.pump, call_id="elsewhere", socket=rawsip.bound("127.0.0.2")
    )
    assert call(elsewhere) == 401
    assert len(edge.offers) == 1


def test_trunk_may_call_and_nothing_else(tmp_path: Path) -> None:
    _, peer = edge_and_peer(tmp_path, ("telco", HOME, "udp", False))
    codes = [peer.request(method).code for method in ("REGISTER", "SUBSCRIBE", "MESSAGE")]
    assert codes == [401, 401, 405]


def test_transport_of_a_trunk_counts(tmp_path: Path) -> None:
    _, peer = edge_and_peer(tmp_path, ("telco", HOME, "tcp,tls", False))
    assert call(peer) == 401


def test_phone_behind_the_address_of_a_trunk_is_itself(tmp_path: Path) -> None:
    edge, peer = edge_and_peer(tmp_path, ("telco", HOME, "udp", False))
    asked = peer.request("REGISTER")
    proof = peer.authorize(asked, "INVITE", "secret", username="101")
    assert call(peer, proof) == 200
    wrong = peer.authorize(asked, "INVITE", "wrong", username="101")
    assert call(peer, wrong) == 401
    assert edge.offers == [("101", None, "200", -1)]


def test_trunk_with_a_login_must_answer_the_challenge(tmp_path: Path) -> None:
    edge, peer = edge_and_peer(tmp_path, ("telco", HOME, "udp", True, *LOGIN))
    assert call(peer) == 401
    answer, _ = place(peer)
    assert answer.code == 200
    assert edge.offers == [(None, "telco", "200", -1)]
    peer.call_id = "register"
    assert peer.register("secret", f"Contact: {peer.contact}").code == 401


@pytest.mark.parametrize(
    ("trunk", "why"),
    [
        (("a", HOME, "udp", True), "TLS or a login"),
        (("a", HOME, "tcp,tls", True), "TLS or a login"),
        (("a", ["127.0.0.1/33"], "udp", False), "network"),
        (("a", ["127.0.0.1/8"], "udp", False), "network"),
        (("a", ["carrier.example"], "udp", False), "network"),
        (("a", HOME, "sctp", False), "transports"),
        (("a", HOME, "", False), "transports"),
        (("", HOME, "udp", False), "name"),
        (("a", HOME, "udp", True, "carrier", "00", "00"), "login"),
        (("a", HOME, "udp", True, "carrier"), "login"),
    ],
)
def test_fail__trunks_leave_the_old_ones(tmp_path: Path, trunk: native.Trunk, why: str) -> None:
    edge, peer = edge_and_peer(tmp_path, ("telco", HOME, "udp", False))
    with pytest.raises(ValueError, match=why):
        native.set_trunks([trunk])
    assert call(peer) == 200
    assert edge.offers[0][1] == "telco"


def test_ok__trunk_by_tls_may_go_out_again(tmp_path: Path) -> None:
    edge_and_peer(tmp_path, ("a", HOME, "tls", True), ("b", ["2001:db8::/32"], "tls", True))


# -- who calls -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("sample", "identity"),
    [
        ("25-invite-carrier-pai", ("+4989555020", "Example GmbH", False, ())),
        (
            "26-invite-carrier-diversion-chain",
            ("61255500200", "", False, (("0491570157", "unknown"), ("0491570156", "no-answer"))),
        ),
        (
            "27-invite-carrier-history",
            ("+81398765432", "", False, (("+81355501234", "unconditional"),)),
        ),
        ("28-invite-rpid-private", ("2125550111", "EXAMPLE CALLER", True, ())),
        ("29-invite-anonymous", ("+442079460999", "", True, ())),
        ("30-invite-cn-ims", ("+861055500200", "", False, ())),
        ("39-invite-audio-and-t38", None),
    ],
)
def test_carriers_say_who_calls_in_their_own_ways(
    tmp_path: Path, sample: str, identity: native.Identity | None
) -> None:
    edge, peer = edge_and_peer(tmp_path, ("telco", HOME, "udp", False))
    text = (SAMPLES / f"{sample}.sip").read_bytes().decode()
    here = f"127.0.0.1:{peer.port};rport"
    text = re.sub(r"(?m)^(Via: SIP/2.0/UDP )[^;]*", rf"\g<1>{here}", text, count=1)
    peer.exchange(text.encode())
    assert edge.offers[0][1] == "telco"
    if identity:
        assert edge.identities == [identity]


@pytest.mark.parametrize(
    ("headers", "identity"),
    [
        ((), ("carrier", "", False, ())),
        (("P-Asserted-Identity: <tel:+44-20-7946(0)1>",), ("+4420794601", "", False, ())),
        (('P-Asserted-Identity: "A \\"B\\" C" <sip:1@x>',), ("1", 'A "B" C', False, ())),
        (("P-Asserted-Identity: <sip:x@y>, <tel:1>",), ("x", "", False, ())),
        (("P-Asserted-Identity: <sip:@y>, <tel:1>",), ("1", "", False, ())),
        (("P-Asserted-Identity: broken",), ("carrier", "", False, ())),
        (("P-Asserted-Identity: <sip:" + "1" * 33 + "@x>",), ("carrier", "", False, ())),
        (("P-Asserted-Identity: <sip:a b@x>",), ("carrier", "", False, ())),
        (('P-Asserted-Identity: "\u202eevil" <sip:1@x>',), ("1", "evil", False, ())),
        ((f'P-Asserted-Identity: "{WANG * 40}" <sip:1@x>',), ("1", WANG * 21, False, ())),
        (("Privacy: id; critical",), ("carrier", "", True, ())),
        (("Privacy: none",), ("carrier", "", False, ())),
        (
            ("Remote-Party-ID: <sip:2@x>;party=called, <sip:3@x>;party=calling",),
            ("3", "", False, ()),
        ),
        (
            ('Diversion: <sip:9@x>;reason="user-busy"',),
            ("carrier", "", False, (("9", "user-busy"),)),
        ),
    ],
)
def test_identity(tmp_path: Path, headers: tuple[str, ...], identity: native.Identity) -> None:
    edge, peer = edge_and_peer(tmp_path, ("telco", HOME, "udp", False))
    assert call(peer, *headers) == 200
    assert edge.identities == [identity]


def test_assertions_of_a_phone_are_not_read(tmp_path: Path) -> None:
    edge, _ = edge_and_peer(tmp_path)
    phone = rawsip.Phone(edge.bench.port, edge.bench.pump)
    place(phone, "P-Asserted-Identity: <sip:911@x>", "Diversion: <sip:102@x>", "Privacy: id")
    assert edge.identities == [("101", "", True, ())]
