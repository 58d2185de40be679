"""The telephone on an FXS port: its states, its bell, its mouth and ear."""

from __future__ import annotations

import pytest

from firmware.wire.frames import Refused
from hal.sim.handset import Handset
from hal.sim.messages import BellRings, BellStops, HookMoved, HookTapped
from hal.sim.sound import SILENCE, tone_frames
from hal.sim.voice import EAR_FRAMES, Voice

CADENCE = (1000, 4000)
LOUD = tone_frames(1000)[0]


def test_lift_and_hang() -> None:
    phone = Handset(1)
    assert phone.state == "on-hook"
    assert phone.lift() == [HookMoved(1, True)]
    assert phone.state == "off-hook"
    assert phone.hang() == [HookMoved(1, False)]
    assert phone.state == "on-hook"


def test_ringing_and_its_end() -> None:
    phone = Handset(1)
    assert phone.ring(CADENCE) == [BellRings(1, CADENCE)]
    assert phone.state == "ringing"
    assert phone.ring(CADENCE) == []
    assert phone.ring(()) == [BellStops(1)]
    assert phone.state == "on-hook"


def test_lifting_trips_the_bell() -> None:
    phone = Handset(1)
    phone.ring(CADENCE)
    assert phone.lift() == [BellStops(1), HookMoved(1, True)]
    phone.hang()
    assert phone.state == "on-hook"


def test_a_lifted_handset_has_no_bell() -> None:
    phone = Handset(1)
    phone.lift()
    assert phone.ring(CADENCE) == []
    assert phone.state == "off-hook"


def test_refusals() -> None:
    phone = Handset(1)
    for act in (phone.hang, phone.tap, phone.must_talk):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.code == "on-hook"
    phone.lift()
    assert phone.tap() == [HookTapped(1)]
    with pytest.raises(Refused) as refused:
        phone.lift()
    assert refused.value.code == "off-hook"


def test_only_a_lifted_handset_hears_and_speaks() -> None:
    phone = Handset(1)
    assert phone.frame(LOUD) == (SILENCE, [])
    assert phone.voice.heard == 0
    phone.lift()
    phone.voice.say((LOUD,))
    assert [phone.frame(LOUD)[0], phone.frame(SILENCE)[0]] == [LOUD, SILENCE]
    assert phone.voice.last(2) == LOUD + SILENCE


def test_hanging_up_cuts_the_word() -> None:
    phone = Handset(1)
    phone.lift()
    word = phone.voice.say((LOUD,) * 10)
    phone.frame(SILENCE)
    phone.hang()
    assert word.cut
    assert phone.frame(SILENCE) == (SILENCE, [])


def test_words_wait_their_turn() -> None:
    voice = Voice()
    first, second = voice.say((b"a", b"b")), voice.say((b"c",))
    assert [voice.speak() for _ in range(2)] == [b"a", b"b"]
    assert first.over
    assert not second.over
    assert [voice.speak() for _ in range(2)] == [b"c", SILENCE]
    assert second.over


def test_a_tone_without_end_gives_way() -> None:
    voice = Voice()
    tone = voice.hum((b"a", b"b"), None)
    assert [voice.speak() for _ in range(3)] == [b"a", b"b", b"a"]
    assert not tone.over
    voice.say((b"c",))
    assert [voice.speak() for _ in range(2)] == [b"c", SILENCE]
    assert tone.over


def test_a_tone_with_an_end_ends() -> None:
    voice = Voice()
    voice.hum((b"a", b"b"), 3)
    assert [voice.speak() for _ in range(4)] == [b"a", b"b", b"a", SILENCE]


def test_the_ear_remembers_a_minute() -> None:
    voice = Voice()
    for _ in range(EAR_FRAMES + 10):
        voice.hear(LOUD)
    assert voice.heard == EAR_FRAMES + 10
    assert len(voice.last(EAR_FRAMES + 10)) == EAR_FRAMES * len(LOUD)
    assert voice.last(0) == b""
