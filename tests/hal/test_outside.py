"""The telephone company's side of a line, state by state; time is counted in frames."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain

import pytest

from firmware.wire.frames import Refused
from hal.sim.dtmf import press
from hal.sim.messages import (
    Answered,
    CableCut,
    CableMended,
    CallComes,
    CallEnds,
    DigitArrived,
    Dropped,
    HookTapped,
    NumberDialed,
    Released,
    Seized,
    SimNews,
)
from hal.sim.outside import Outside
from hal.sim.sound import SILENCE, frames, loudness, tone_frames, tone_level

LOUD = tone_frames(1000)[0]
NUMBER = "13800138000"


def pass_time(far: Outside, ms: int, sound: bytes = b"") -> tuple[bytes, list[SimNews]]:
    """Send `sound`, then silence up to `ms`; what came back, and the news."""
    sent = [*frames(sound), *[SILENCE] * (ms // 20)][: max(ms // 20, len(frames(sound)))]
    replies = [far.frame(frame) for frame in sent]
    return b"".join(sound for sound, _ in replies), list(chain(*(news for _, news in replies)))


def dial(far: Outside, digits: str) -> list[SimNews]:
    return pass_time(far, 0, b"".join(press(key) for key in digits))[1]


def to_ringback(far: Outside) -> Outside:
    """Dial, and stop exactly where the called party's bell begins."""
    far.seize()
    dial(far, "12")
    while far.state != "ringback":
        far.frame(SILENCE)
    return far


def in_state(state: str) -> Outside:
    """A line brought there the way a call brings it there."""
    far = Outside(5)
    way: dict[str, Callable[[], object]] = {
        "idle": lambda: None,
        "ringing": lambda: far.ring_in("075583587106"),
        "dial-tone": far.seize,
        "dialing": lambda: (far.seize(), dial(far, "12")),
        "ringback": lambda: to_ringback(far),
        "talking": lambda: (to_ringback(far), far.answer()),
        "ended": lambda: (to_ringback(far), far.answer(), far.drop()),
        "cut": far.cut,
    }
    way[state]()
    assert far.state == state
    return far


def test_dial_tone_until_the_first_digit() -> None:
    far = Outside(5)
    assert far.seize() == [Seized(5)]
    sound, news = pass_time(far, 1000)
    assert tone_level(sound, 450) == pytest.approx(-10, abs=0.1)
    assert news == []
    assert dial(far, "1") == [DigitArrived(5, "1")]
    sound, _ = pass_time(far, 200)
    assert loudness(sound) < -80


def test_the_number_is_complete_two_seconds_after_its_last_digit() -> None:
    far = in_state("dial-tone")
    assert dial(far, NUMBER) == [DigitArrived(5, digit) for digit in NUMBER]
    assert pass_time(far, 1800)[1] == []
    assert pass_time(far, 400)[1] == [NumberDialed(5, NUMBER)]
    assert far.state == "ringback"


def test_the_number_is_complete_at_once_with_a_hash() -> None:
    far = in_state("dial-tone")
    assert dial(far, "12#") == [DigitArrived(5, "1"), DigitArrived(5, "2"), NumberDialed(5, "12")]


def test_a_hash_alone_is_no_number() -> None:
    far = in_state("dial-tone")
    assert dial(far, "#") == []
    assert far.state == "dial-tone"


def test_ringback_is_one_second_of_five() -> None:
    far = in_state("ringback")
    for _ in range(2):
        on, _ = pass_time(far, 1000)
        off, _ = pass_time(far, 4000)
        assert tone_level(on, 450) == pytest.approx(-10, abs=0.1)
        assert loudness(off) < -80


def test_the_called_party_answers_and_both_hear_each_other() -> None:
    far = in_state("ringback")
    assert far.answer() == [Answered(5)]
    far.voice.say((LOUD,) * 50)
    sound, news = pass_time(far, 1000, b"".join(tone_frames(440)))
    assert tone_level(sound, 1000) == pytest.approx(-10, abs=0.1)
    assert tone_level(far.voice.last(50), 440) == pytest.approx(-10, abs=0.1)
    assert news == []


def test_a_scripted_person_answers_by_themselves() -> None:
    far = in_state("ringback")
    far.answer_after = 3000 // 20
    assert pass_time(far, 2900)[1] == []
    assert pass_time(far, 200)[1] == [Answered(5)]


def test_digits_in_a_conversation_are_told_and_heard() -> None:
    far = in_state("talking")
    assert dial(far, "4*") == [DigitArrived(5, "4"), DigitArrived(5, "*")]
    assert far.number == "12"


def test_a_call_comes_in_and_is_answered() -> None:
    far = Outside(5)
    assert far.ring_in("075583587106") == [CallComes(5, "075583587106")]
    assert far.seize() == [Seized(5), Answered(5)]
    assert far.state == "talking"


@pytest.mark.parametrize("give_up", [Outside.stop_ring, Outside.drop])
def test_a_call_comes_in_and_gives_up(give_up: Callable[[Outside], list[SimNews]]) -> None:
    far = in_state("ringing")
    assert CallEnds(5) in give_up(far)
    assert (far.state, far.caller) == ("idle", "")


def test_the_far_end_hangs_up() -> None:
    far = in_state("talking")
    assert far.drop() == [Dropped(5)]
    current_cut, _ = pass_time(far, 600)
    assert loudness(current_cut) < -80
    busy, _ = pass_time(far, 2100)
    for turn in range(3):
        on, off = (busy[16 * at : 16 * (at + 350)] for at in (700 * turn, 700 * turn + 350))
        assert tone_level(on, 450) == pytest.approx(-10, abs=0.1)
        assert loudness(off) < -80
    assert far.release() == [Released(5)]


@pytest.mark.parametrize("state", ["dial-tone", "dialing", "ringback", "talking", "ended"])
def test_the_box_may_release_in_any_state(state: str) -> None:
    far = in_state(state)
    word = far.voice.say((LOUD,) * 9)
    assert far.release() == [Released(5)]
    assert word.cut
    assert (far.state, far.number) == ("idle", "")
    assert far.release() == []


@pytest.mark.parametrize(
    "state", ["idle", "ringing", "dial-tone", "dialing", "ringback", "talking"]
)
def test_the_cable_may_be_cut_in_any_state(state: str) -> None:
    far = in_state(state)
    assert far.cut() == [CableCut(5)]
    assert pass_time(far, 100) == (SILENCE * 5, [])
    assert far.release() == []
    assert far.mend() == [CableMended(5)]
    assert far.state == "idle"


REFUSALS = [
    *[(state, "ring_in", "not-now") for state in ("ringing", "dial-tone", "talking", "ended")],
    *[(state, "stop_ring", "not-now") for state in ("idle", "dial-tone", "talking")],
    *[(state, "answer", "not-now") for state in ("idle", "ringing", "dial-tone", "talking")],
    *[(state, "drop", "not-now") for state in ("idle", "dial-tone", "ended")],
    *[(state, "mend", "not-now") for state in ("idle", "talking")],
    *[(state, "must_talk", "not-now") for state in ("idle", "ringing", "ringback", "ended")],
    *[("cut", act, "line-cut") for act in ("ring_in", "answer", "drop", "cut", "seize")],
]


@pytest.mark.parametrize(("state", "act", "code"), REFUSALS)
def test_what_cannot_be_now_is_refused_and_changes_nothing(state: str, act: str, code: str) -> None:
    far = in_state(state)
    with pytest.raises(Refused) as refused:
        getattr(far, act)(*(["1"] if act == "ring_in" else []))
    assert refused.value.code == code
    assert far.state == state


def test_a_tap_of_the_hook_is_noticed() -> None:
    assert in_state("talking").flash() == [HookTapped(5)]


@pytest.mark.parametrize("state", ["idle", "ringing", "ringback", "ended", "cut"])
def test_digits_that_nobody_collects_are_nothing(state: str) -> None:
    far = in_state(state)
    assert dial(far, "12#") == []
    assert far.state == state


def test_an_idle_line_is_silent() -> None:
    assert pass_time(Outside(5), 100) == (SILENCE * 5, [])
