"""INVITE outside a dialog: proven first, and then known by name."""

from __future__ import annotations

from pathlib import Path

import pytest
from hookswitch_engine import native
from hookswitch_engine import pjsua2 as pj

from firmware.native import rawsip, rig

SDP_LESS = "Contact: <sip:101@127.0.0.1>"


class Edge(pj.Account):
    """Refuses every call, and remembers who it was."""

    def __init__(self) -> None:
        super().__init__()
        self.callers: list[str | None] = []
        self.called: list[str | None] = []
        self.calls: list[pj.Call] = []

    def onIncomingCall(self, prm: pj.OnIncomingCallParam) -> None:
        self.callers.append(native.authenticated())
        self.called.append(native.called())
        self.calls.append(pj.Call(self, prm.callId))
        refusal = pj.CallOpParam()
        refusal.statusCode = 486
        self.calls[-1].hangup(refusal)


def edge_and_phone(folder: Path) -> tuple[Edge, rawsip.Phone]:
    bench = rig.Bench(str(folder / "bindings"))
    native.set_accounts([rawsip.account("101", "secret"), rawsip.account("102", "other")])
    edge, settings = Edge(), pj.AccountConfig()
    settings.idUri = f"sip:pbx@127.0.0.1:{bench.port}"
    edge.create(settings)
    return edge, rawsip.Phone(bench.port, bench.pump)


def invite(phone: rawsip.Phone, password: str) -> rawsip.Answer:
    uri = f"sip:200@127.0.0.1:{phone.server}"
    asked = phone.request("INVITE", SDP_LESS, uri=uri)
    assert asked.code == 401
    return phone.request("INVITE", phone.authorize(asked, "INVITE", password), uri=uri)


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])
def test_proven_caller_reaches_the_edge_by_name(tmp_path: Path, algorithm: str) -> None:
    edge, phone = edge_and_phone(tmp_path)
    uri = f"sip:200@127.0.0.1:{phone.server}"
    proof = phone.authorize(phone.request("INVITE", uri=uri), "INVITE", "secret", algorithm)
    assert phone.request("INVITE", SDP_LESS, proof, uri=uri).code == 486
    assert edge.callers == ["101"]


@pytest.mark.parametrize("password", ["wrong", "other", ""])
def test_wrong_password_never_reaches_the_edge(tmp_path: Path, password: str) -> None:
    edge, phone = edge_and_phone(tmp_path)
    assert invite(phone, password).code == 401
    assert edge.callers == []
    assert native.authenticated() is None


def test_from_may_differ_but_the_proof_counts(tmp_path: Path) -> None:
    edge, phone = edge_and_phone(tmp_path)
    uri = f"sip:200@127.0.0.1:{phone.server}"
    asked = phone.request("INVITE", uri=uri)
    proof = phone.authorize(asked, "INVITE", "other", username="102")
    assert phone.request("INVITE", SDP_LESS, proof, uri=uri).code == 486
    assert edge.callers == ["102"]


def test_name_of_the_last_caller_does_not_stick(tmp_path: Path) -> None:
    edge, phone = edge_and_phone(tmp_path)
    uri = f"sip:200@127.0.0.1:{phone.server}"
    proof = phone.authorize(phone.request("INVITE", uri=uri), "INVITE", "secret")
    phone.request("INVITE", SDP_LESS, proof, uri=uri)
    assert phone.request("OPTIONS").code == 200
    assert native.authenticated() is None
    assert edge.callers == ["101"]


@pytest.mark.parametrize(
    ("user", "called"),
    [
        ("102", "102"),
        ("%2A43%23", "*43#"),
        ("%2a43%23", "*43#"),
        ("%31%30%32", "102"),
        ("%2523", "%23"),
        ("1%0A2", None),
        ("%E7%8E%8B", None),
        ("1%002", None),
        ("9" * 63, "9" * 63),
        ("9" * 64, None),
    ],
)
def test_the_called_user_is_told_as_it_was_meant(
    tmp_path: Path, user: str, called: str | None
) -> None:
    edge, phone = edge_and_phone(tmp_path)
    uri = f"sip:{user}@127.0.0.1:{phone.server}"
    proof = phone.authorize(phone.request("INVITE", uri=uri), "INVITE", "secret")
    phone.request("INVITE", SDP_LESS, proof, uri=uri)
    assert edge.called == [called]
