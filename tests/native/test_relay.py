"""Two calls joined packet by packet: what passes, what is rewritten, what is kept back."""

from __future__ import annotations

import itertools
import struct
import time
from collections.abc import Callable

import pytest
from hookswitch_engine import native
from hookswitch_engine import pjsua2 as pj

from firmware.native import rig
from tests.doubles.party import EVENT, PCMA, PCMU, Packet, Party, udp

ONE, OTHER = 11, 22


class Call(pj.Call):
    def __init__(self, account: pj.Account, leg: int, inband: bool) -> None:
        super().__init__(account)
        self.leg, self.inband, self.slot, self.changes = leg, inband, -1, 0

    def onCallMediaState(self, _: pj.OnCallMediaStateParam) -> None:
        info = self.getInfo()
        self.slot = -1
        for media in info.media:
            if media.type == pj.PJMEDIA_TYPE_AUDIO and media.status == pj.PJSUA_CALL_MEDIA_ACTIVE:
                self.slot = media.audioConfSlot
                native.leg_audio(self.getId(), self.leg, self.inband)
        self.changes += 1


class Exchange:
    """A bench that has called two parties; time passes in steps of one frame from both."""

    def __init__(self, one: Party, other: Party, inband: bool = False) -> None:
        self.one, self.other = one, other
        self.bench = rig.Bench()
        native.clock_start()
        account = pj.Account()
        settings = pj.AccountConfig()
        settings.idUri = f"sip:pbx@127.0.0.1:{self.bench.port}"
        settings.mediaConfig.transportConfig.boundAddress = "127.0.0.1"
        settings.mediaConfig.ipv6Use = pj.PJSUA_IPV6_DISABLED
        account.create(settings)
        self.account = account
        self.calls = [Call(account, ONE, inband), Call(account, OTHER, inband)]
        for call, party in zip(self.calls, (one, other), strict=True):
            parameters = pj.CallOpParam(True)
            parameters.opt.textCount = 0
            call.makeCall(party.uri, parameters)
        self.until(lambda: all(call.slot >= 0 for call in self.calls))
        self.until(lambda: all("ACK" in party.requests[-1] for party in (one, other)))

    def pump(self) -> None:
        self.one.turn()
        self.other.turn()
        self.bench.pump()

    def until(self, done: Callable[[], bool], seconds: float = 10) -> None:
        end = time.monotonic() + seconds
        while not done():
            assert time.monotonic() < end, (self.bench.events, stats())
            self.pump()

    def relay(self) -> None:
        a, b = (call.slot for call in self.calls)
        native.relay(*(call.getId() for call in self.calls))
        native.disconnect(a, b)
        native.disconnect(b, a)

    def bridge(self) -> None:
        a, b = (call.slot for call in self.calls)
        native.bridge(self.calls[0].getId())
        native.connect(a, b)
        native.connect(b, a)

    def talk(self, count: int, payload: bytes = b"") -> None:
        """So many packets from `one` to `other`, each waited for."""
        for number in range(count):
            heard = len(self.other.received)
            self.one.send(payload or marked(number))
            self.until(lambda heard=heard: len(self.other.received) > heard)  # type: ignore[misc]

    def settle(self) -> None:
        """Into relay, and what the streams still sent is over."""
        self.relay()
        self.talk(3)
        self.one.received.clear()
        self.other.received.clear()


def marked(number: int) -> bytes:
    return struct.pack("!I", number) * 40


def stats(leg: int = ONE) -> dict[str, int]:
    try:
        return native.rtp_stats(leg)
    except KeyError:
        return {}


def test_payload_passes_untouched_in_one_flow_with_the_far_ends_numbers() -> None:
    exchange = Exchange(Party((PCMU,)), Party((PCMU,)))
    exchange.settle()
    exchange.talk(100)
    got = exchange.other.received
    assert [packet.payload for packet in got] == [marked(number) for number in range(100)]
    assert unbroken(got)
    assert got[0].ssrc != exchange.one.ssrc
    assert stats()["fast"] > 50
    assert stats()["failed"] == 0


def unbroken(packets: list[Packet]) -> bool:
    steps = itertools.pairwise(packets)
    return len({packet.ssrc for packet in packets}) == 1 and all(
        b.seq - a.seq & 0xFFFF == 1 and b.ts - a.ts & 0xFFFFFFFF == 160 for a, b in steps
    )


def test_codecs_that_differ_stay_in_the_bridge() -> None:
    exchange = Exchange(Party((PCMU,)), Party((PCMA,)))
    with pytest.raises(OSError, match="codecs"):
        exchange.relay()
    assert stats()["relay"] == 0


def test_packets_of_other_lengths_than_were_asked_for_stay_in_the_bridge() -> None:
    one = Party((PCMU,))
    one.ptime = 40
    exchange = Exchange(one, Party((PCMU,)))
    with pytest.raises(OSError, match="lengths"):
        exchange.relay()
    assert stats()["relay"] == 0


def test_payload_type_is_the_far_ends() -> None:
    exchange = Exchange(Party((PCMU,), event=101), Party((PCMU,), event=96))
    exchange.settle()
    native.keys_send(exchange.calls[1].getId(), "5", 80)
    exchange.until(lambda: exchange.other.keys() == "5")
    assert {packet.pt for packet in exchange.other.received} == {96}


@pytest.mark.parametrize("relayed", [True, False])
def test_keys_are_told_once_and_never_passed_on(relayed: bool) -> None:
    exchange = Exchange(Party(), Party())
    exchange.settle() if relayed else exchange.bridge()
    for key in "159*#D":
        exchange.one.press(key)
        exchange.talk(3)
    exchange.until(lambda: exchange.bench.digits(ONE) == "159*#D")
    assert all(packet.pt == PCMU for packet in exchange.other.received)
    if relayed:
        assert unbroken_sequence(exchange.other.received)
        assert stats()["received"] - stats()["relayed"] == 6 * 8


def unbroken_sequence(packets: list[Packet]) -> bool:
    steps = itertools.pairwise(packets)
    return all(b.seq - a.seq & 0xFFFF == 1 for a, b in steps)


def test_same_key_twice_is_two_keys_and_lost_packets_lose_none() -> None:
    exchange = Exchange(Party(), Party())
    exchange.settle()
    exchange.one.press("7")
    exchange.one.press("7", packets=1, ends=0)
    exchange.one.press("7", packets=0, ends=1)
    exchange.until(lambda: exchange.bench.digits(ONE) == "777")


@pytest.mark.parametrize("relayed", [True, False])
def test_keys_are_pressed_in_the_flow(relayed: bool) -> None:
    exchange = Exchange(Party(), Party())
    exchange.settle() if relayed else exchange.bridge()
    native.keys_send(exchange.calls[1].getId(), "15*#A", 100)
    while exchange.other.keys() != "15*#A" or exchange.other.received[-1].pt != PCMU:
        exchange.one.send()
        heard = len(exchange.other.received)
        exchange.until(lambda heard=heard: len(exchange.other.received) > heard)  # type: ignore[misc]
    got = exchange.other.received
    assert unbroken_sequence(got)
    assert len({packet.ssrc for packet in got}) == 1
    presses = [packet for packet in got if packet.pt == EVENT]
    assert [packet.marker for packet in presses].count(True) == 5
    ends = [packet for packet in presses if packet.payload[1] & 0x80]
    assert len(ends) == 15
    assert all(struct.unpack("!H", packet.payload[2:])[0] == 800 for packet in ends)


def test_keys_are_refused_by_who_takes_none() -> None:
    exchange = Exchange(Party(), Party(event=0))
    with pytest.raises(OSError, match="keys"):
        native.keys_send(exchange.calls[1].getId(), "1", 100)
    with pytest.raises(ValueError, match="keys"):
        native.keys_send(exchange.calls[0].getId(), "x", 100)


def test_packets_from_elsewhere_are_not_passed_on_but_a_phone_that_moved_is_followed() -> None:
    exchange = Exchange(Party(), Party())
    exchange.settle()
    exchange.talk(20)
    stranger = udp()
    for _ in range(5):
        exchange.one.send_raw(exchange.one.packet(b"\x55" * 160), by=stranger)
    exchange.talk(5)
    assert all(packet.payload[0] != 0x55 for packet in exchange.other.received)
    exchange.one.rtp.close()
    exchange.one.rtp = stranger
    heard = len(exchange.other.received)
    for number in range(20):  # pjmedia follows after ten packets from the new place alone
        exchange.one.send(marked(number))
        exchange.pump()
    exchange.until(lambda: len(exchange.other.received) > heard)
    exchange.other.send(b"\x33" * 160)
    exchange.until(lambda: any(p.payload[0] == 0x33 for p in exchange.one.received))
    exchange.talk(30)
    assert unbroken_sequence(exchange.other.received[-30:])


def test_garbage_costs_nothing() -> None:
    exchange = Exchange(Party(), Party())
    exchange.settle()
    exchange.talk(15)
    for junk in (
        b"",
        b"\x80",
        bytes(11),
        bytes(400),
        b"\x90\x00" + bytes(10),
        b"\x8f\x00" + bytes(10),
    ):
        exchange.one.send_raw(junk)
    exchange.one.send(b"x" * 160, pt=77)
    for junk in (b"", b"\x01\x80", b"\xff\xff\xff\xff"):
        exchange.one.send_raw(exchange.one.packet(junk, exchange.one.far_event))
    exchange.other.received.clear()
    exchange.talk(10)
    assert unbroken_sequence([p for p in exchange.other.received if len(p.payload) == 160])
    assert exchange.bench.digits(ONE) == ""


def test_ten_switches_lose_no_key_and_leave_one_flow() -> None:
    exchange = Exchange(Party(), Party())
    exchange.settle()
    for turn in range(10):
        exchange.talk(5)
        exchange.one.press(str(turn))
        exchange.bridge() if turn % 2 == 0 else exchange.relay()
        exchange.talk(5)
    exchange.until(lambda: exchange.bench.digits(ONE) == "0123456789")
    assert unbroken_sequence(exchange.other.received)
    assert len({packet.ssrc for packet in exchange.other.received}) == 1
    later = [b.ts - a.ts & 0xFFFFFFFF for a, b in pairs(exchange.other.received)]
    assert all(0 < step <= 8000 for step in later)


def pairs(packets: list[Packet]) -> list[tuple[Packet, Packet]]:
    return list(itertools.pairwise(packets))


def test_hold_ends_the_relay_and_resume_can_relay_again() -> None:
    exchange = Exchange(Party(), Party())
    exchange.settle()
    exchange.calls[1].setHold(pj.CallOpParam(True))
    changes = exchange.calls[1].changes
    exchange.until(lambda: exchange.calls[1].changes > changes)
    exchange.until(lambda: stats()["relay"] == 0)
    parameters = pj.CallOpParam(True)
    parameters.opt.textCount = 0
    parameters.opt.flag = pj.PJSUA_CALL_UNHOLD
    exchange.calls[1].reinvite(parameters)
    exchange.until(lambda: exchange.calls[1].slot >= 0)
    exchange.settle()
    exchange.talk(50)
    assert unbroken(exchange.other.received)
    figures = native.leg_stats(ONE)
    assert figures
    assert figures[0] == "PCMU"
    assert figures[1] >= 50


def test_figures_count_what_was_lost_also_after_the_end() -> None:
    exchange = Exchange(Party(), Party())
    exchange.settle()
    for _ in range(10):
        exchange.talk(9)
        exchange.one.seq += 1  # one in ten never leaves
    exchange.talk(5)
    codec, packets, lost, jitter, _ = native.leg_stats(ONE) or ("", 0, 0, 0.0, 0.0)
    assert (codec, lost) == ("PCMU", 10)
    assert packets >= 95
    assert jitter >= 0
    for call in exchange.calls:
        call.hangup(pj.CallOpParam())
    exchange.until(lambda: not any(call.isActive() for call in exchange.calls))
    kept = native.leg_stats(ONE)
    assert kept
    assert kept[2] == 10
    native.leg_forget(ONE)
    assert native.leg_stats(ONE) is None


def test_relay_reports_to_both_ends() -> None:
    exchange = Exchange(Party(), Party())
    exchange.settle()
    while not exchange.other.reports:
        exchange.one.send()
        exchange.other.send()
        exchange.pump()
    report = exchange.other.reports[-1]
    assert report[1] in (200, 201)
    if report[1] == 200:
        assert struct.unpack("!I", report[4:8])[0] == exchange.other.received[-1].ssrc


def test_call_that_ends_lets_its_peer_go() -> None:
    exchange = Exchange(Party(), Party())
    exchange.settle()
    exchange.calls[0].hangup(pj.CallOpParam())
    exchange.until(lambda: not exchange.calls[0].isActive())
    assert stats(OTHER)["relay"] == 0
    exchange.other.received.clear()
    exchange.until(lambda: len(exchange.other.received) > 3)  # the stream speaks again
    assert unbroken_sequence(exchange.other.received)
    with pytest.raises(OSError, match="no audio"):
        native.relay(*(call.getId() for call in exchange.calls))
    exchange.bench.close()
