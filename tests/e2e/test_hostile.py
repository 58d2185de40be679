"""What phones, strangers and people can do to a box on purpose: it goes on, and at once."""

from __future__ import annotations

import re
import select
import shutil
import socket
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware.api import callproc
from firmware.native import rawsip
from firmware.wire.client import Caller
from firmware.wire.frames import Refused
from hal.sim import messages as sim
from tests.doubles.driver import Phone
from tests.doubles.ear import hears
from tests.e2e.box import PASSWORDS, PATIENCE, Box, running_box
from tests.e2e.island import apart, udp_inside
from tests.e2e.proofs import line_and_phone_hear_each_other, nothing_is_left

# a resolver that never answers: whoever waits for the system's own lookup waits for five seconds
ISLAND = 'mount --bind "$0" /etc/resolv.conf && ip link set lo up && exec "$@"'
NAME = "phone.example.org"
SDP = (
    f"v=0\r\no=- 1 1 IN IP4 {NAME}\r\ns=-\r\nc=IN IP4 {NAME}\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n"
)
PROMPT = 4.5  # seconds: less than any lookup that is waited for would take


@pytest.fixture(scope="module")
def island() -> Iterator[Box]:
    folder = Path(tempfile.mkdtemp(prefix="hs-"))
    (folder / "resolv.conf").write_text("nameserver 127.0.0.1\n")
    prefix = [*apart("-m"), "sh", "-c", ISLAND, str(folder / "resolv.conf")]
    box = None
    try:
        box = Box(folder / "s", "127.0.0.1:5060", prefix)
        with udp_inside(box, 53):
            yield box
    finally:
        if box:
            box.close()
        shutil.rmtree(folder, ignore_errors=True)


def raw_phone(box: Box, user: str = "201") -> rawsip.Phone:
    inside = udp_inside(box)
    phone = rawsip.Phone(5060, lambda: _wait(inside.fileno()), user, f"raw-{user}", socket=inside)
    phone.patience = 30
    return phone


def _wait(descriptor: int) -> None:
    select.select([descriptor], [], [], 0.1)


def status(box: Box) -> callproc.StatusView:
    """Asked with less patience than a lookup takes."""
    caller = Caller(box.run / "callproc.sock", PROMPT)
    try:
        return caller.ask(callproc.ShowStatus())
    finally:
        caller.close()


def invite(phone: rawsip.Phone, contact: str, body: str = "") -> rawsip.Answer:
    uri = "sip:102@127.0.0.1:5060"
    proof = phone.authorize(
        phone.request("INVITE", uri=uri), "INVITE", PASSWORDS[phone.user], algorithm="MD5"
    )
    more = [f"Contact: {contact}", "Content-Type: application/sdp"]
    return phone.request("INVITE", proof, *more, uri=uri, body=body)


# -- names that nobody resolves --------------------------------------------------------------------
def test_a_name_in_sdp_freezes_nothing(island: Box) -> None:
    phone = raw_phone(island)
    assert invite(phone, phone.contact, SDP).code == 488
    status(island)
    nothing_is_left(island)


def test_a_name_as_contact_freezes_nothing(island: Box) -> None:
    phone = raw_phone(island)
    answer = phone.register(PASSWORDS["201"], f"Contact: <sip:201@{NAME}>", algorithm="MD5")
    assert answer.code == 400


def test_a_name_to_say_goodbye_to_freezes_nothing(island: Box) -> None:
    """The caller gives a name as his address for the rest of the call: our BYE would go there."""
    phone = raw_phone(island)
    phone.patience = 5
    with pytest.raises(TimeoutError):  # it rings
        invite(phone, f"<sip:201@{NAME}:5060>", SDP.replace(NAME, "127.0.0.1"))
    island.wait_front(sim.BellRings(2, (1000, 4000)))
    island.people(sim.Lift(2))
    acknowledge(phone)
    island.wait_leg("up", line=2)
    island.people(sim.Hang(2))
    status(island)
    island.wait_leg("ended", line=2)
    island.wait_record()


def acknowledge(phone: rawsip.Phone) -> None:
    """Wait for the answer to the INVITE, and confirm it."""
    answer = ""
    while not answer.startswith("SIP/2.0 200"):
        assert select.select([phone.socket], [], [], PATIENCE)[0], "nobody answered"
        answer = phone.socket.recv(65536).decode()
    kept = re.findall(r"^((?:From|To|Call-ID): .*?)\r$", answer, re.MULTILINE)
    lines = [
        "ACK sip:102@127.0.0.1:5060 SIP/2.0",
        f"Via: SIP/2.0/UDP {phone.address}:{phone.port};rport;branch=z9hG4bKack",
        *kept,
        f"CSeq: {phone.cseq} ACK",
        "Content-Length: 0",
    ]
    phone.socket.sendto(("\r\n".join(lines) + "\r\n\r\n").encode(), ("127.0.0.1", 5060))


def test_a_strangers_via_freezes_nothing(island: Box) -> None:
    phone = raw_phone(island)
    phone.via = f";maddr={NAME}"
    assert phone.request("OPTIONS").code == 200
    status(island)


# -- contacts that cannot be called ----------------------------------------------------------------
@pytest.mark.parametrize(
    "uri",
    [
        "sip:201@127.0.0.1:9;transport=tls",
        "sip:201@127.0.0.1:9;transport=tcp",
        "sip:201@127.0.0.1:9;transport=carrier-pigeon",
        "sips:201@127.0.0.1:9",
    ],
)
def test_a_contact_that_cannot_be_called_ends_one_call_only(island: Box, uri: str) -> None:
    phone, before = raw_phone(island), island.pid("callproc")
    phone.rport = ""  # or it would be called where it sends from
    phone.call_id = uri.translate({ord(mark): None for mark in ":;@[]="})
    answer = phone.register(PASSWORDS["201"], f"Contact: <{uri}>", algorithm="MD5")
    assert answer.code == 200
    island.lift_and_dial(1, "201")
    island.wait_leg("tone", line=1)
    island.people(sim.Hang(1))
    island.wait_leg("ended", line=1)
    island.wait_record()
    answer = phone.register(PASSWORDS["201"], "Contact: *", "Expires: 0", algorithm="MD5")
    assert answer.code == 200
    assert island.pid("callproc") == before
    nothing_is_left(island)


# -- floods ----------------------------------------------------------------------------------------
def test_a_flood_of_datagrams_starves_nobody(island: Box) -> None:
    """While strangers send as fast as they can, questions are answered."""
    flood, enough = udp_inside(island), threading.Event()
    stranger = threading.Thread(target=pour, args=(flood, enough))
    stranger.start()
    try:
        for _ in range(20):
            status(island)
    finally:
        enough.set()
        stranger.join()
        flood.close()


def pour(flood: socket.socket, enough: threading.Event) -> None:
    """Requests that take longer to read than to send."""
    datagram = (
        "OPTIONS sip:127.0.0.1 SIP/2.0\r\n"
        "Via: SIP/2.0/UDP 127.0.0.1:9;rport;branch=z9hG4bKflood\r\n"
        "From: <sip:x@x>;tag=f\r\nTo: <sip:x@x>\r\nCall-ID: flood\r\nCSeq: 1 OPTIONS\r\n"
        + "Contact: <sip:somebody@192.0.2.1;x=y>;q=0.1\r\n" * 100
        + "Content-Length: 0\r\n\r\n"
    ).encode()
    while not enough.is_set():
        try:
            flood.sendto(datagram, ("127.0.0.1", 5060))
        except BlockingIOError:
            select.select([], [flood], [], 0.1)


# -- hold ------------------------------------------------------------------------------------------
def test_a_call_is_held_and_resumed(box: Box) -> None:
    with box.phone("201") as phone:
        assert phone.register() == 200
        phone.tell("call", number="102")
        box.wait_front(sim.BellRings(2, (1000, 4000)))
        box.people(sim.Lift(2))
        phone.wait("up")
        line_and_phone_hear_each_other(box, 2, phone)
        for _ in range(2):
            hold(phone)
            assert not hears(box.hear(2)[3200:], 1000, share=0.1), "held, and heard"
            phone.tell("resume")
            active(phone)
            line_and_phone_hear_each_other(box, 2, phone)
        phone.tell("hang")
        box.wait_leg("tone", line=2)
        box.people(sim.Hang(2))
        box.wait_leg("ended", line=2)
        box.wait_record()
    nothing_is_left(box)


def hold(phone: Phone) -> None:
    phone.tell("hold")
    while phone.wait("media")["active"]:
        pass


def active(phone: Phone) -> None:
    while not phone.wait("media")["active"]:
        pass


# -- questions -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("question", "code"),
    [
        (callproc.DryRun("line ²", "102"), "no-such-line"),
        (callproc.DryRun("line " + "9" * 5000, "102"), "no-such-line"),
        (callproc.DryRun("line ", "102"), "no-such-line"),
        (callproc.DryRun("²", "102"), "no-such-extension"),
        (callproc.DryRun("101", "²"), "not-dialable"),
        (callproc.DryRun("101", "1" * 100_000), "not-dialable"),
    ],
)
def test_no_question_ends_the_call_process(box: Box, question: callproc.DryRun, code: str) -> None:
    before = box.pid("callproc")
    with pytest.raises(Refused) as refused:
        box.ask("callproc", question)
    assert refused.value.code == code
    status(box)
    assert box.pid("callproc") == before


def test_a_journal_that_cannot_be_written_is_refused() -> None:
    with running_box() as box:
        (box.state / "journals").write_text("in the way")
        with pytest.raises(Refused) as refused:
            box.ask("callproc", callproc.SaveJournal())
        assert refused.value.code == "not-saved"
        status(box)


# -- ends ------------------------------------------------------------------------------------------
def test_a_lamp_goes_off_when_the_cable_is_cut(box: Box) -> None:
    box.lift_and_dial(1, "983587106#")
    box.wait_front(sim.Seized(5))
    box.wait_front(sim.NumberDialed(5, "83587106"))
    box.people(sim.Answer(5))
    box.wait_leg("up", line=5)
    box.people(sim.Cut(5))
    box.wait_front(sim.LampChanged(5, "off"))  # no current: for the card, the far end hung up
    box.people(sim.Hang(1))
    box.wait_leg("ended", line=1)
    box.news.until(
        lambda news: news == callproc.LineNews(5, False)
    )  # and a second later, it is dead
    box.people(sim.Mend(5))
    box.wait_line_up(5)
    box.wait_record()
    nothing_is_left(box)


def test_told_to_end_in_a_call_it_says_goodbye_and_writes_the_record() -> None:
    with running_box() as box, Phone("201", PASSWORDS["201"], box.address) as phone:
        assert phone.register() == 200
        phone.tell("call", number="102")
        box.wait_front(sim.BellRings(2, (1000, 4000)))
        box.people(sim.Lift(2))
        phone.wait("up")
        box.terminate("callproc")
        phone.wait("ended")
        record = box.wait_record()
        assert (record.caller, record.final, record.cause) == ("201", "102", "stopped")
        box.comes_back("callproc")
