"""Whom a change concerns: the whole of one conversation, and no other."""

from __future__ import annotations

from firmware.edges.circles import Circles


def test_a_conversation_is_found_from_each_of_its_legs_and_no_other_is() -> None:
    circles = Circles()
    circles.put(1, ((2, 4), (4, 2)))
    circles.put(2, ((6, 8), (8, 6)))
    assert circles.around([2]) == circles.around([4]) == {2, 4}
    assert circles.links([2]) == {(2, 4), (4, 2)}
    assert circles.around([10]) == {10}


def test_who_listens_in_joins_two_circles() -> None:
    circles = Circles()
    circles.put(1, ((2, 4), (4, 2)))
    circles.put(2, ((4, 6),))
    assert circles.around([6]) == {2, 4, 6}
    assert circles.put(2, ()) == {4, 6}
    assert circles.around([6]) == {6}
    assert circles.links([4]) == {(2, 4), (4, 2)}


def test_new_links_of_a_bridge_concern_those_who_were_in_it_too() -> None:
    circles = Circles()
    circles.put(1, ((2, 4), (4, 2)))
    assert circles.put(1, ((2, 6), (6, 2))) == {2, 4, 6}
    assert circles.around([4]) == {4}
    assert circles.put(1, ()) == {2, 6}
    assert circles._in == {}
