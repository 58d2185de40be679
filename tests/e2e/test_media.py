"""The audio of calls on the real box: past the bridge and back, telephones on a socket, SRTP."""

from __future__ import annotations

import base64
import math
import select
import socket
import struct
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest

from firmware.api import callproc
from firmware.wire.frames import Refused
from tests.doubles.driver import Phone
from tests.doubles.ear import hears, level, samples_of
from tests.e2e.box import SITE, Box, running_box
from tests.e2e.proofs import nothing_is_left, phones_hear_each_other

FRAME = 160


@contextmanager
def talking(
    box: Box, far: Mapping[str, str] | None = None, **options: str
) -> Iterator[tuple[Phone, Phone]]:
    """201 has called 202; the options are 201's, `far` holds 202's."""
    with box.phone("201", **options) as one, box.phone("202", **(far or {})) as other:
        assert one.register() == other.register() == 200
        one.tell("call", number="202")
        other.wait("incoming")
        other.tell("answer")
        one.wait("up")
        other.wait("up")
        yield one, other
        one.tell("hang")
        other.wait("ended")


def audio(box: Box) -> tuple[callproc.AudioView, ...]:
    return box.ask("callproc", callproc.ShowAudio())


def until_relayed(box: Box, relayed: bool) -> None:
    """Two legs, both past the bridge, or both in it; each question waits for the box's answer."""
    end = time.monotonic() + 20
    while [leg.relay for leg in audio(box)] != [relayed, relayed]:
        assert time.monotonic() < end, audio(box)


class Handset:
    """A telephone on `audio.sock`."""

    def __init__(self, box: Box, ticket: str) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.socket.settimeout(20)
        self.socket.connect(str(box.run / "audio.sock"))
        self.socket.send(ticket.encode())
        self.said = 0

    def hear(self, frames: int, hz: float = 0) -> tuple[int, ...]:
        """Speaks a frame for each that it hears."""
        heard = b""
        for _ in range(frames):
            packet = self.socket.recv(4096)
            assert packet, "hung up"
            heard += packet
            self.socket.send(self._voice(hz))
        return samples_of(heard)

    def _voice(self, hz: float) -> bytes:
        turn = 2 * math.pi * hz / 8000
        self.said += FRAME
        wave = [round(6000 * math.sin(turn * (self.said + i))) for i in range(FRAME)]
        return struct.pack(f"<{FRAME}h", *wave)


def open_audio(box: Box, leg: int, kind: str) -> Handset:
    assert kind in ("handset", "ear")
    question = callproc.OpenAudio(leg, "ear" if kind == "ear" else "handset")
    return Handset(box, box.ask("callproc", question))


def test_phones_talk_past_the_bridge_and_the_record_says_how_it_sounded(box: Box) -> None:
    with talking(box) as (one, other):
        until_relayed(box, True)
        phones_hear_each_other(one, other)
    record = box.wait_record()
    for leg in record.legs:
        assert leg.quality, "a SIP leg has figures"
        assert leg.quality.packets > 50
        assert leg.quality.lost == 0
        assert leg.quality.mos > 4
        assert leg.quality.codec in ("PCMA", "PCMU")
    nothing_is_left(box)


def test_hold_and_resume_come_back_past_the_bridge(box: Box) -> None:
    with talking(box) as (one, other):
        until_relayed(box, True)
        one.tell("hold")
        one.wait("media")
        one.tell("resume")
        until_relayed(box, True)
        phones_hear_each_other(one, other)


def test_an_ear_hears_both_sides_and_a_handset_speaks_for_its_leg(box: Box) -> None:
    with talking(box) as (one, other):
        until_relayed(box, True)
        one.tell("tone", hz=500)
        other.tell("tone", hz=1100)
        leg = audio(box)[0].leg
        ear = open_audio(box, leg, "ear")
        ear.hear(10)
        both = ear.hear(50)
        assert loud(both, 500)
        assert loud(both, 1100)
        until_relayed(box, False)
        assert hears(other.hear(), 500), "an ear says nothing"
        ear.socket.close()
        until_relayed(box, True)
        one.tell("tone", hz=0)
        handset = open_audio(box, leg, "handset")
        other.tell("hear", ms=1000)
        handset.hear(70, hz=1700)
        heard = samples_of(_pcm(other))
        assert loud(heard[-4000:], 1700)
        handset.socket.close()


def loud(samples: tuple[int, ...], hz: float) -> bool:
    return level(samples, hz) > 2000


def _pcm(phone: Phone) -> bytes:
    return base64.b64decode(phone.wait("heard")["pcm"])


def test_ten_times_into_the_bridge_and_back_lose_no_key(box: Box) -> None:
    with talking(box) as (one, other):
        until_relayed(box, True)
        leg = audio(box)[0].leg
        for key in "0123456789":
            ear = open_audio(box, leg, "ear")
            until_relayed(box, False)
            one.tell("dtmf", digits=key)
            ear.socket.close()
            assert other.wait("digit")["digit"] == key
            until_relayed(box, True)
        phones_hear_each_other(one, other)


def test_tickets_are_for_once_for_soon_and_for_legs_that_are(box: Box) -> None:
    with pytest.raises(Refused, match="audio"):
        box.ask("callproc", callproc.OpenAudio(999))
    with talking(box):
        leg = audio(box)[0].leg
        ticket = box.ask("callproc", callproc.OpenAudio(leg))
        first = Handset(box, ticket)
        first.hear(5)
        for wrong in (ticket, "0" * 32, "", "x" * 4000):
            assert closed(Handset(box, wrong or " "))
        for _ in range(64):
            box.ask("callproc", callproc.OpenAudio(leg))
        with pytest.raises(Refused, match="tickets"):
            box.ask("callproc", callproc.OpenAudio(leg))
        for junk in (b"\1", bytes(321), bytes(60_000), b"\0" * 3):
            first.socket.send(junk)
        first.hear(5)
    assert closed(first), "the leg is over"


def closed(handset: Handset) -> bool:
    while select.select([handset.socket], [], [], 20)[0]:
        try:
            if not handset.socket.recv(4096):
                return True
        except ConnectionResetError:
            return True
    return False


SECURE = SITE.replace(
    'number = "201"\nname = "Office"\nsip = true', 'number = "201"\nsip.srtp = "required"'
)


@pytest.mark.req("EXT-28")
def test_srtp_on_one_leg_only_through_relay_and_bridge() -> None:
    with running_box(SECURE) as box, talking(box, srtp="required") as (one, other):
        until_relayed(box, True)
        phones_hear_each_other(one, other)
        ear = open_audio(box, audio(box)[0].leg, "ear")
        until_relayed(box, False)
        phones_hear_each_other(one, other)
        ear.socket.close()
        until_relayed(box, True)
        phones_hear_each_other(one, other)


@pytest.mark.req("EXT-28")
def test_srtp_on_both_legs_through_the_relay() -> None:
    both = SECURE.replace(
        'number = "202"\nname = "Mobile"\nsip = true', 'number = "202"\nsip.srtp = "required"'
    )
    with (
        running_box(both) as box,
        talking(box, {"srtp": "required"}, srtp="required") as (one, other),
    ):
        until_relayed(box, True)
        phones_hear_each_other(one, other)


@pytest.mark.parametrize("codec", ["G722", "opus"])
def test_wide_codecs_through_relay_and_bridge(codec: str) -> None:
    site = SITE.replace("sip = true", f'sip.codecs = ["{codec}"]')
    with running_box(site) as box:
        with talking(box, {"codecs": codec}, codecs=codec) as (one, other):
            until_relayed(box, True)
            phones_hear_each_other(one, other)
            ear = open_audio(box, audio(box)[0].leg, "ear")
            until_relayed(box, False)
            phones_hear_each_other(one, other)
            ear.socket.close()
            until_relayed(box, True)
            phones_hear_each_other(one, other)
        record = box.wait_record()
    assert [leg.quality and leg.quality.codec for leg in record.legs] == [codec, codec]
