"""From mouth to ear: the delay between two handsets of one box, measured on the sound itself.

One handset says noise that repeats nowhere; where it is found again in what the other one hears
says how long it was on the way.  Both ends' times are of the simulator's clock.
"""

from __future__ import annotations

import random
import threading
from array import array
from operator import mul

import pytest

from hal.sim import messages as sim
from hal.sim.sound import RATE
from tests.e2e.box import Box

LIMIT_MS = 60  # one way, at 20 ms frames
MARK = 1600  # samples that are looked for


def noise(samples: int) -> bytes:
    draw = random.Random(20)
    return array("h", (draw.randrange(-8000, 8000) for _ in range(samples))).tobytes()


def found_at(heard: bytes, said: bytes) -> int:
    """The sample of `heard` at which the beginning of `said` fits best."""
    sound, mark = array("h", heard), array("h", said)[:MARK]
    starts = range(len(sound) - MARK)
    return max(starts, key=lambda at: sum(map(mul, sound[at : at + MARK : 7], mark[::7])))


def test_handset_to_handset_within_sixty_milliseconds(
    box: Box, capsys: pytest.CaptureFixture[str]
) -> None:
    box.lift_and_dial(1, "102")
    box.wait_front(sim.BellRings(2, (1000, 4000)))
    box.people(sim.Lift(2))
    box.wait_leg("up", line=2)
    box.hear(2, 500)  # let the buffers settle
    answers: list[sim.Heard] = []
    ear = threading.Thread(target=lambda: answers.append(box.people(sim.Hear(2, 2000))))
    ear.start()
    box.hear(1, 200)
    sound = noise(RATE // 2)
    said = box.people(sim.Say(1, sound))
    ear.join()
    (heard,) = answers
    place = found_at(heard.sound, sound)
    delay = (heard.began - said.began) / 1e6 + 1000 * place / RATE
    with capsys.disabled():
        print(f"\nhandset to handset, one way: {delay:.0f} ms")
    assert 0 < delay <= LIMIT_MS
