"""Where a phone is reached: behind NAT, over connections, and whether it is still there."""

from __future__ import annotations

import ssl
import subprocess
from pathlib import Path

import pytest
from hookswitch_engine import native
from hookswitch_engine import pjsua2 as pj

from firmware.native import rawsip, rig
from tests.native.rawcall import SDP, Dialog, Edge, accept, place
from tests.native.test_watchers import state, subscribe

INSTANCE = '+sip.instance="<urn:uuid:00000000-0000-1000-8000-000bff000001>"'


def bench_and_phone(folder: Path, *rules: object) -> tuple[rig.Bench, rawsip.Phone]:
    bench = rig.Bench(str(folder / "bindings"))
    native.set_accounts([(*rawsip.account("101", "secret"), *rules)])  # type: ignore[list-item]
    return bench, rawsip.Phone(bench.port, bench.pump)


def contacts() -> list[str]:
    return [uri for uri, _, _ in native.contacts("101")]


def registered() -> list[str]:
    return [contact for _, _, _, contact, _, _ in native.registrations("101")]


def certificate(folder: Path) -> tuple[Path, Path]:
    key, cert = folder / "key.pem", folder / "cert.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    command += ["-nodes", "-days", "2", "-subj", "/CN=box", "-keyout", str(key), "-out", str(cert)]
    subprocess.run(command, check=True, capture_output=True)
    return key, cert


def listen_tls(bench: rig.Bench, folder: Path) -> int:
    transport = pj.TransportConfig()
    transport.boundAddress = "127.0.0.1"
    key, cert = certificate(folder)
    transport.tlsConfig.privKeyFile, transport.tlsConfig.certFile = str(key), str(cert)
    identity = bench.endpoint.transportCreate(pj.PJSIP_TRANSPORT_TLS, transport)
    return int(bench.endpoint.transportGetInfo(identity).localName.rsplit(":", 1)[1])


def over(kind: str, bench: rig.Bench, folder: Path) -> rawsip.Phone:
    if kind == "udp":
        return rawsip.Phone(bench.port, bench.pump)
    tls = None
    if kind == "tls":
        tls = ssl.create_default_context()
        tls.check_hostname, tls.verify_mode = False, ssl.CERT_NONE
    tcp = bench.listen(pj.PJSIP_TRANSPORT_TCP) if kind == "tcp" else 0
    port = tcp or listen_tls(bench, folder)
    return rawsip.Phone(port, bench.pump, socket=rawsip.connected(port, tls))


# -- NAT -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("contact", "rport", "latched"),
    [
        ("sip:101@192.168.7.7:5060;line=x", ";rport", "sip:101@127.0.0.1:{port};line=x"),
        ("sip:101@192.168.7.7:5060", "", "sip:101@127.0.0.1:{port}"),
        ("sip:101@127.0.0.1:9", ";rport", "sip:101@127.0.0.1:{port}"),
        ("sip:101@127.0.0.1:9", "", "sip:101@127.0.0.1:9"),  # it sends and hears on two ports
        ("sip:101@127.0.0.1:{port};ob", ";rport", "sip:101@127.0.0.1:{port};ob"),
        ("sip:101@[2001:db8::1]", ";rport", "sip:101@127.0.0.1:{port}"),
        ("sip:101@10.0.0.1;transport=tcp", ";rport", "sip:101@127.0.0.1:{port}"),
    ],
)
def test_phone_is_called_where_it_is(
    tmp_path: Path, contact: str, rport: str, latched: str
) -> None:
    _, phone = bench_and_phone(tmp_path)
    phone.rport = rport
    sent = contact.format(port=phone.port)
    answer = phone.register("secret", f"Contact: <{sent}>")
    assert answer.headers("Contact") == [f"<{sent}>;expires=3600"], "the phone knows it by its own"
    assert contacts() == [latched.format(port=phone.port)]
    assert native.contacts("101")[0][1] == f"127.0.0.1:{phone.port};udp"
    assert phone.register("secret", f"Contact: <{sent}>;expires=0").code == 200
    assert contacts() == []


def test_what_came_by_a_proxy_goes_back_by_it(tmp_path: Path) -> None:
    _, phone = bench_and_phone(tmp_path)
    via = "Via: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKinner"
    phone.register("secret", via, "Contact: <sip:101@10.0.0.1>")
    assert contacts() == ["sip:101@10.0.0.1"]


def test_calls_reach_a_phone_that_lies_about_its_address(tmp_path: Path) -> None:
    """ACK, BYE and what comes later go by Contact: of the 200 as well as of an INVITE."""
    bench, phone = bench_and_phone(tmp_path)
    edge = Edge(bench)
    phone.register("secret", "Contact: <sip:101@192.168.7.7:5060>")
    edge.call(contacts()[0])
    invite = phone.wait_for("INVITE")
    lie = "Contact: <sip:101@192.168.7.7:5060>"
    phone.reply(invite, 200, lie, "Content-Type: application/sdp", body=SDP)
    assert phone.wait_for("ACK").text.startswith(f"ACK sip:101@127.0.0.1:{phone.port} ")
    edge.calls[0].hangup(pj.CallOpParam())
    phone.wait_for("BYE")


def test_call_from_a_phone_behind_nat_can_be_ended_by_us(tmp_path: Path) -> None:
    bench, phone = bench_and_phone(tmp_path)
    edge = Edge(bench)
    uri = f"sip:200@127.0.0.1:{phone.server}"
    lie = "Contact: <sip:101@192.168.7.7:5060>"
    proof = phone.authorize(phone.request("INVITE", lie, uri=uri), "INVITE", "secret")
    answer = phone.request("INVITE", lie, proof, "Content-Type: application/sdp", uri=uri, body=SDP)
    tag = answer.headers("To")[0].partition(";tag=")[2]
    Dialog(phone, "one", "from", tag, phone.cseq - 1).request("ACK")
    bench.until(lambda: edge.calls[0].getInfo().stateText == "CONFIRMED")
    edge.calls[0].hangup(pj.CallOpParam())
    assert phone.wait_for("BYE").text.startswith(f"BYE sip:101@127.0.0.1:{phone.port} ")


# -- one phone, one place --------------------------------------------------------------------------
def test_instance_replaces_what_it_had(tmp_path: Path) -> None:
    _, phone = bench_and_phone(tmp_path)
    for number, flow in ((1, ";reg-id=1"), (2, ";reg-id=1"), (3, ";reg-id=2"), (4, "")):
        contact = f"<sip:101@192.0.2.{number}>;{INSTANCE}{flow}"
        assert phone.register("secret", f"Contact: {contact}").code == 200
    uris = [f"sip:101@192.0.2.{number}" for number in (4, 3, 2)]
    assert registered() == uris


def test_registration_tells_the_model(tmp_path: Path) -> None:
    _, phone = bench_and_phone(tmp_path)
    phone.register("secret", f"Contact: {phone.contact}", "User-Agent: Yealink\tT54 \u00e9")
    [(uri, source, left, contact, agent, answers)] = native.registrations("101")
    assert (uri, contact) == (contacts()[0], phone.contact.strip("<>"))
    assert (source, agent, answers) == (f"127.0.0.1:{phone.port};udp", "Yealink?T54 ??", True)
    assert 3590 < left <= 3600


def test_unregister_from_the_page(tmp_path: Path) -> None:
    bench, phone = bench_and_phone(tmp_path)
    phone.register("secret", "Contact: <sip:101@192.0.2.1>, <sip:101@192.0.2.2>")
    assert native.unregister("101") == 2
    assert native.unregister("101") == 0
    bench.events += native.events()
    assert [e for e in bench.events if e[0] == "registered"] == [
        ("registered", "101", 2),
        ("registered", "101", 0),
    ]


# -- connections -----------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", ["udp", "tcp", "tls"])
def test_everything_over_every_transport(tmp_path: Path, kind: str) -> None:
    bench, _ = bench_and_phone(tmp_path)
    edge = Edge(bench)
    phone = over(kind, bench, tmp_path)
    assert phone.request("OPTIONS").code == 200
    assert phone.register("secret", f"Contact: {phone.contact}").code == 200
    parameter = "" if kind == "udp" else f";transport={kind}"
    assert contacts() == [f"sip:101@127.0.0.1:{phone.port}{parameter}"]
    assert native.contacts("101")[0][1].endswith(f";{kind}")
    phone.call_id = "watch"
    assert subscribe(phone, "102").code == 200
    assert state(phone)[0] == "terminated"
    native.show_extension("102", "ringing")
    assert state(phone)[0] == "early"
    edge.call(contacts()[0])
    accept(phone)
    phone.call_id = "calls"
    assert place(phone)[0].code == 200


@pytest.mark.parametrize("kind", ["tcp", "tls"])
def test_broken_connection_is_no_contact(tmp_path: Path, kind: str) -> None:
    bench, _ = bench_and_phone(tmp_path)
    phone = over(kind, bench, tmp_path)
    phone.register("secret", f"Contact: {phone.contact}")
    assert len(contacts()) == 1
    bench.events.clear()
    phone.socket.close()
    bench.until(lambda: ("registered", "101", 0) in bench.events)
    assert contacts() == []
    assert [answers for *_, answers in native.registrations("101")] == [False]


def test_ping_of_a_connection_is_answered(tmp_path: Path) -> None:
    bench, _ = bench_and_phone(tmp_path)
    phone = over("tcp", bench, tmp_path)
    phone.request("OPTIONS")
    phone.send(b"\r\n\r\n")
    heard = bytearray()

    def pong() -> bool:
        try:
            heard.extend(phone.socket.recv(100))
        except BlockingIOError:
            pass
        return bool(heard)

    bench.until(pong)
    assert heard == b"\r\n"
    assert phone.request("OPTIONS").code == 200


# -- still there? ----------------------------------------------------------------------------------
@pytest.mark.req("EXT-29")
def test_phone_that_answers_no_more_is_offline_until_it_does(tmp_path: Path) -> None:
    bench, phone = bench_and_phone(tmp_path, 10, "udp", False, True)
    native.set_probing(1, 1)
    phone.register("secret", f"Contact: {phone.contact}")
    probe = phone.wait_for("OPTIONS")
    assert probe.text.startswith(f"OPTIONS sip:101@127.0.0.1:{phone.port} ")
    assert len(contacts()) == 1
    bench.events.clear()
    phone.silent = True
    bench.until(lambda: ("registered", "101", 0) in bench.events)
    assert contacts() == []
    assert [answers for *_, answers in native.registrations("101")] == [False]
    phone.silent = False
    bench.events.clear()
    phone.wait_for("OPTIONS")
    bench.until(lambda: bool(phone.receive()) or ("registered", "101", 1) in bench.events)
    assert len(contacts()) == 1


def test_any_answer_is_a_sign_of_life(tmp_path: Path) -> None:
    bench, phone = bench_and_phone(tmp_path, 10, "udp", False, True)
    native.set_probing(1, 1)
    phone.register("secret", f"Contact: {phone.contact}")
    bench.events.clear()
    phone.silent = True
    for _ in range(3):
        phone.reply(phone.wait_for("OPTIONS"), 404)
    assert bench.events == []


def test_phone_is_not_probed_unless_its_extension_wants_it(tmp_path: Path) -> None:
    bench, phone = bench_and_phone(tmp_path)
    native.set_probing(1, 1)
    phone.register("secret", f"Contact: {phone.contact}")
    for _ in range(150):
        phone.receive()
    assert phone.asked == []
    assert len(bench.events) == 1


@pytest.mark.parametrize("arguments", [(10, 11), (10, 0)])
def test_fail__probing(tmp_path: Path, arguments: tuple[int, int]) -> None:
    bench_and_phone(tmp_path)
    with pytest.raises(ValueError, match="second"):
        native.set_probing(*arguments)
