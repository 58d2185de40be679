"""Wires that are not perfect, measured as a line tester measures them."""

from __future__ import annotations

import itertools
from array import array
from typing import Any

import pytest

from hal.sim.settings import OutsideSettings, WireSettings
from hal.sim.sound import SILENCE, frames, loudness, sine_second, tone_frames, tone_level
from hal.sim.wire import Wire

TONE = tone_frames(1000)


def wire(**settings: Any) -> Wire:
    made = Wire()
    made.settings = WireSettings(**settings)
    return made


def from_far(line: Wire, said: tuple[bytes, ...], sent: tuple[bytes, ...] = ()) -> bytes:
    """What the box hears, second by second, while it sends `sent` or is silent."""
    heard = b""
    for at, frame in enumerate(said):
        line.to_far(sent[at] if at < len(sent) else SILENCE)
        heard += line.to_box(frame)
    return heard


def test_a_perfect_pair_passes_every_sample() -> None:
    line = wire()
    assert line.perfect
    assert from_far(line, TONE) == sine_second(1000)
    assert b"".join(line.to_far(frame) for frame in TONE) == sine_second(1000)


def test_settings_of_a_company_that_change_no_sound_leave_it_perfect() -> None:
    line = Wire()
    line.settings = OutsideSettings(country="us", hangup_cut=90)
    assert line.perfect


@pytest.mark.parametrize("db", [-18.0, -3.0, 3.0, 6.0])
def test_gain_works_both_ways(db: float) -> None:
    line = wire(level=db)
    assert tone_level(from_far(line, TONE), 1000) == pytest.approx(-10 + db, abs=0.1)
    far = b"".join(line.to_far(frame) for frame in TONE)
    assert tone_level(far, 1000) == pytest.approx(-10 + db, abs=0.1)


def test_too_loud_is_clipped_not_wrapped() -> None:
    heard = array("h", from_far(wire(level=12), tone_frames(1000, 0.0)))
    assert (max(heard), min(heard)) == (32767, -32767)
    steps = [abs(one - other) for one, other in itertools.pairwise(heard)]
    assert max(steps) < 40_000


def test_noise_has_its_level() -> None:
    assert loudness(from_far(wire(noise=-40), (SILENCE,) * 100)) == pytest.approx(-40, abs=0.5)


def test_hum_is_the_mains() -> None:
    heard = from_far(wire(hum=-20), (SILENCE,) * 100)
    assert tone_level(heard, 50) == pytest.approx(-20, abs=0.2)


@pytest.mark.parametrize(("ms", "loss"), [(2, 6.0), (8, 12.0), (33, 0.0), (64, 18.0)])
def test_an_echo_has_its_delay_and_its_loss(ms: int, loss: float) -> None:
    click = array("h", bytes(320))
    click[5] = 16_000
    sent = (click.tobytes(), *[SILENCE] * 9)
    heard = array("h", from_far(wire(echo_ms=ms, echo_loss=loss), (SILENCE,) * 10, sent))
    at = max(range(len(heard)), key=lambda n: abs(heard[n]))
    assert at - 5 == ms * 8
    assert heard[at] == pytest.approx(16_000 * 10 ** (-loss / 20), abs=2)
    assert sum(map(bool, heard)) == 1


def test_both_may_talk_over_an_echo() -> None:
    heard = from_far(wire(echo_ms=16, echo_loss=10), TONE, tone_frames(440))
    assert tone_level(heard[3200:], 1000) == pytest.approx(-10, abs=0.3)
    assert tone_level(heard[3200:], 440) == pytest.approx(-20, abs=0.3)


def test_the_next_port_can_be_heard() -> None:
    loud, line = wire(), wire(crosstalk=30)
    line.neighbor = loud
    heard = b""
    for frame in TONE:
        loud.to_box(frame)
        line.to_far(SILENCE)
        heard += line.to_box(SILENCE)
    assert tone_level(heard, 1000) == pytest.approx(-40, abs=0.3)


def test_ringing_voltage_on_a_line_in_use_is_a_loud_buzz() -> None:
    line = wire()
    line.buzz = True
    heard = from_far(line, (SILENCE,) * 100)
    assert tone_level(heard, 25) > -3


def test_frames_stay_frames() -> None:
    line = wire(level=-3, noise=-50, hum=-50, echo_loss=10, echo_ms=64)
    assert {len(piece) for piece in frames(from_far(line, TONE, TONE))} == {320}
