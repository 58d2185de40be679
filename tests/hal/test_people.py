"""What people do takes as long as it takes, ends when it is over, and never waits for ever."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from firmware.wire.frames import Ask, Link, Question, Refused, Result, pack, raw
from hal.api import LineEvent, OffHook, OnHook, Pulse
from hal.sim import people
from hal.sim.dtmf import Decoder, press
from hal.sim.messages import (
    Answer,
    Answered,
    AnswerLater,
    AudioOpened,
    Cut,
    Dial,
    Drop,
    FromCard,
    Hang,
    Hear,
    HookMoved,
    Hum,
    Lift,
    Mend,
    NumberDialed,
    RingIn,
    Say,
    Show,
    StopRing,
    Tap,
)
from hal.sim.sound import frames, silence, sine_second, tone_level
from tests.hal.simbox import PATIENCE, Box, Driver, Eyes, Wire


class Asked(threading.Thread):
    """A question that takes its time, asked while the test goes on.

    Once it is made the simulator has the question: it was sent before the two that are asked and
    answered here, on a connection that was made before theirs.
    """

    def __init__(self, box: Box, question: Ask[Any]) -> None:
        super().__init__(daemon=True)
        self._type = type(question).answer
        self._sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._sock.settimeout(PATIENCE)
        self._sock.connect(str(box.sock))
        self._sock.sendall(pack(Question(1, raw(question))))
        for _ in range(2):
            box.ask(Show())
        self.answer: Any = None
        self.start()

    def run(self) -> None:
        link = Link()
        while not (got := link.receive(self._sock.recv(65536))):
            pass
        (self.answer,) = got
        if isinstance(self.answer, Result):
            self.answer = msgspec.json.decode(self.answer.body, type=self._type)
        self._sock.close()

    def finish(self, wire: Wire) -> bytes:
        """Keep the line's clock going until the answer is there; what was heard meanwhile."""
        heard = b""
        while self.is_alive():
            heard += wire.tick()
        return heard


@pytest.fixture
def wire(box: Box, driver: Driver) -> Wire:
    """Handset 1 lifted and its audio open."""
    box.ask(Lift(1))
    driver.until(OffHook(1))
    return driver.audio(1)


def digits(sound: bytes) -> str:
    decoder = Decoder()
    return "".join(decoder.hear(frame) for frame in frames(sound + silence(100)))


def test_digits_arrive_in_band(box: Box, wire: Wire) -> None:
    asked = Asked(box, Dial(1, "0123456789*#ABCD"))
    assert digits(asked.finish(wire)) == "0123456789*#ABCD"
    assert asked.answer is None


def test_digits_dialed_before_the_box_listens_wait_for_it(
    box: Box, driver: Driver, eyes: Eyes
) -> None:
    box.ask(Lift(1))
    asked = Asked(box, Dial(1, "102"))
    driver.until(OffHook(1))
    wire = driver.audio(1)
    eyes.wait(AudioOpened(1))
    assert digits(asked.finish(wire)) == "102"


def test_what_is_said_arrives_sample_for_sample(box: Box, wire: Wire) -> None:
    said = sine_second(440)
    asked = Asked(box, Say(1, said))
    assert said in asked.finish(wire) + wire.listen(40)
    assert asked.answer.began > 0


def test_a_tone_with_an_end(box: Box, wire: Wire) -> None:
    asked = Asked(box, Hum(1, 1000, ms=500))
    heard = asked.finish(wire) + wire.listen(40)
    start = heard.index(sine_second(1000)[2:320]) - 2
    assert tone_level(heard[start : start + 8000], 1000) == pytest.approx(-10, abs=0.1)
    assert not any(heard[start + 8000 :])


def test_hearing_gives_only_what_comes_from_now_on(box: Box, wire: Wire) -> None:
    wire.talk(frames(sine_second(350)))
    asked = Asked(box, Hear(1, 1000))
    tone = frames(sine_second(440))
    count = 0
    while asked.is_alive():
        wire.tick(tone[count % len(tone)])
        count += 1
    assert len(asked.answer.sound) == 16_000
    assert tone_level(asked.answer.sound, 440) > -11


def test_hanging_up_ends_what_was_being_said_and_heard(box: Box, wire: Wire) -> None:
    said, heard = Asked(box, Say(1, sine_second(440) * 20)), Asked(box, Hear(1, 20_000))
    wire.listen(200)
    box.ask(Hang(1))
    for asked in (said, heard):
        asked.join(PATIENCE)
        assert asked.answer.code == "hung-up"


def test_hanging_up_ends_pulse_dialing(box: Box, driver: Driver, eyes: Eyes) -> None:
    box.ask(Lift(1))
    asked = Asked(box, Dial(1, "1000", pulse=True))
    eyes.wait(FromCard(Pulse(1, "1")))
    box.ask(Hang(1))
    asked.join(PATIENCE)
    assert asked.answer.code == "hung-up"
    assert driver.until(OnHook(1)) == [OffHook(1), Pulse(1, "1"), OnHook(1)]
    assert not box.port(1).off_hook


@pytest.mark.parametrize(
    "question", [Say(1, b"\1\1"), Hear(1, 1000), Dial(1, "1"), Hum(1, 440, 20)]
)
def test_without_audio_nobody_waits_for_ever(box: Box, question: Ask[Any]) -> None:
    box.ask(Lift(1))
    with pytest.raises(Refused, match="callproc") as refused:
        box.ask(question, timeout=2 * people.PATIENCE)
    assert refused.value.code == "no-audio"


def test_hanging_up_is_answered_when_the_box_knows(box: Box, driver: Driver) -> None:
    """So that lifting next is lifting, not a flash."""
    for _ in range(2):
        box.ask(Lift(1))
        box.ask(Hang(1))
    seen: list[LineEvent] = driver.until(OffHook(1))
    assert seen[0] == OffHook(1)
    assert not box.port(1).off_hook


def test_a_scripted_person_answers(box: Box, driver: Driver, eyes: Eyes) -> None:
    box.ask(AnswerLater(5, 500))
    driver.lines.hook(5, True)
    wire = driver.audio(5)
    wire.talk(frames(b"".join(map(press, "110#"))))
    eyes.wait(NumberDialed(5, "110"))
    wire.listen(600)
    eyes.wait(Answered(5))


REFUSALS: list[tuple[Ask[Any], str]] = [
    *[(Act(9), "no-such-line") for Act in (Lift, Hang, Tap, Answer, Drop, Cut, Mend, RingIn)],
    *[(Act(5), "wrong-kind") for Act in (Lift, Hang, Tap)],
    *[(Act(1), "wrong-kind") for Act in (Answer, Drop, Cut, Mend, RingIn, StopRing)],
    *[(Act(1), "on-hook") for Act in (Hang, Tap)],
    (Dial(1, "1"), "on-hook"),
    (Dial(1, "1", pulse=True), "on-hook"),
    (Dial(1, "1*", pulse=True), "bad-request"),
    (Dial(1, "x"), "bad-request"),
    (Dial(1, ""), "bad-request"),
    (Say(1, b""), "on-hook"),
    (Hear(1, 1000), "on-hook"),
    (Hear(1, 0), "bad-request"),
    (Hear(1, 3_600_000), "bad-request"),
    (Hum(1, 440), "on-hook"),
    (Hum(1, 440, level=30.0), "bad-request"),
    (Hum(1, 9000), "bad-request"),
    (Hear(5, 1000), "not-now"),
    (Dial(5, "1"), "not-now"),
    (RingIn(5, "1" * 99), "bad-request"),
    (Answer(5), "not-now"),
    (Mend(5), "not-now"),
    (Tap(-1), "no-such-line"),
]


@pytest.mark.parametrize(("question", "code"), REFUSALS)
def test_refusals(shared_box: Box, question: Ask[Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        shared_box.ask(question)
    assert refused.value.code == code
    assert refused.value.text


@pytest.mark.parametrize("build", [lambda: Lift(1), lambda: Hang(1)])
def test_the_same_again_is_refused(shared_box: Box, build: Callable[[], Ask[None]]) -> None:
    shared_box.ask(build())
    with pytest.raises(Refused, match="hook"):
        shared_box.ask(build())


def test_everything_a_hand_does_is_news(box: Box, eyes: Eyes) -> None:
    box.ask(Lift(1))
    eyes.wait(HookMoved(1, True))
    box.ask(Hang(1))
    eyes.wait(HookMoved(1, False))
