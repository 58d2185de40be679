"""Which legs may leave the audio bridge: every reason to stay in it, one by one."""

from __future__ import annotations

import pytest

from firmware.edges.relays import candidates

CALLS = {2: 0, 4: 1, 6: 2}
BOTH = {(2, 4), (4, 2)}


def test_two_calls_that_hear_only_each_other_may_leave() -> None:
    assert candidates(BOTH, (), CALLS) == {(2, 4)}


@pytest.mark.parametrize(
    ("links", "busy"),
    [
        ({(2, 4)}, ()),  # one-way
        (BOTH | {(6, 2)}, ()),  # a third speaker
        (BOTH | {(4, 6)}, ()),  # a third ear
        (BOTH | {(2, 6), (6, 2), (4, 6), (6, 4)}, ()),  # a conference
        (BOTH | {(2, 2)}, ()),  # an echo
        (BOTH, {2}),  # a tone
        (BOTH, {4}),
        ({(2, 3), (3, 2)}, ()),  # a handset
        (set(), ()),
    ],
)
def test_whatever_needs_the_audio_keeps_it_in_the_bridge(
    links: set[tuple[int, int]], busy: set[int]
) -> None:
    assert candidates(links, busy, CALLS) == set()


def test_pairs_beside_a_conference_still_leave() -> None:
    calls = {leg: leg for leg in (2, 4, 6, 8, 10)}
    conference = {(a, b) for a in (6, 8, 10) for b in (6, 8, 10) if a != b}
    assert candidates(BOTH | conference, (), calls) == {(2, 4)}
