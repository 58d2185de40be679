"""The moves: one call takes a leg from any owner to any other, and all that follows is done."""

from __future__ import annotations

from itertools import permutations

import pytest

from firmware.core.effects import Join, PlayTone, StartTimer, StopTimer, StopTone, WriteRecord
from firmware.core.invariants import broken
from firmware.core.model import Bridge, Leg, Line, Listening, Session, Tables
from firmware.core.switchboard import Switchboard
from firmware.features import catalog
from firmware.routing.resolve import resolve
from tests.sites import SMALL


@pytest.fixture
def board() -> Switchboard:
    tables = Tables(lines={line: Line(line, "fxs", True) for line in (1, 2, 3, 4)})
    board = Switchboard(SMALL, tables, resolve, catalog.FEATURES)
    board.utc = 1_795_000_000_000
    return board


def talking(board: Switchboard, *lines: int) -> tuple[Bridge, list[Leg]]:
    """People on these lines in one bridge and one call."""
    call = board.ledger.open("internal", "101", "102", 1, 0)
    bridge = Bridge(board.next_owner(), "talk")
    legs = [
        board.add_leg("fxs", f"10{line}", bridge, "up", line=line, call=call.id) for line in lines
    ]
    return bridge, legs


def everybody(legs: list[Leg]) -> tuple[tuple[int, int], ...]:
    return tuple(permutations((leg.id for leg in legs), 2))


def test_moving_between_bridges_relinks_both(board: Switchboard) -> None:
    old, (a, b, c) = talking(board, 1, 2, 3)
    new, (d,) = talking(board, 4)
    effects = board.move([c], new)
    assert effects == [Join(old.id, everybody([a, b])), Join(new.id, everybody([d, c]))]
    assert board.legs_of(old.id) == [a, b]
    assert board.legs_of(new.id) == [d, c]
    assert not broken(board.tables)


def test_an_owner_without_legs_ends_with_its_timers(board: Switchboard) -> None:
    old, legs = talking(board, 1, 2)
    assert board.start_timer(old.id, "charge", 5) == [StartTimer(old.id, "charge", 1, 5)]
    effects = board.bridge("talk", legs)
    new = legs[0].owner
    assert StopTimer(old.id, "charge") in effects
    assert Join(old.id, ()) in effects
    assert Join(new, everybody(legs)) in effects
    assert old.id not in board.tables.owners
    assert not board.tables.timers


def test_a_tone_does_not_follow_its_leg(board: Switchboard) -> None:
    _, [leg] = talking(board, 1)
    assert board.set_tone(leg, "busy") == [PlayTone(leg.id, "busy")]
    assert board.set_tone(leg, "busy") == []
    assert StopTone(leg.id) in board.move([leg], Listening(board.next_owner()))
    assert leg.hears == ""


def test_nobody_hears_anybody_on_hold(board: Switchboard) -> None:
    old, legs = talking(board, 1, 2)
    assert board.bridge("hold", legs) == [Join(old.id, ())]


def test_a_call_ends_with_its_last_leg_wherever_it_went(board: Switchboard) -> None:
    _, (a, b) = talking(board, 1, 2)
    board.note_answer(b)
    board.move([b], Session(board.next_owner(), "park", "parked"))
    assert not [effect for effect in board.drop(a, "normal") if isinstance(effect, WriteRecord)]
    [written] = [effect for effect in board.drop(b, "canceled") if isinstance(effect, WriteRecord)]
    assert written.record.cause == "normal", "the first to leave an answered call says why"
    assert [leg.cause for leg in written.record.legs] == ["normal", "canceled"]
    assert not board.tables.calls


def test_a_free_line_is_up_silent_rested_and_nobody_s(board: Switchboard) -> None:
    lines = {number: Line(number, "fxo", True) for number in (5, 6, 7, 8)}
    board.tables.lines.update(lines)
    board.at = 1_000_000_000
    lines[5].up = False
    lines[6].ringing = True
    lines[7].free_at = board.at + 2_000_000_000
    assert board.free_outside_line((5, 6, 7, 8)) is lines[8]
    assert board.free_outside_line((5, 6, 7)) is lines[7]
    assert board.rest_ms(lines[7]) == 2000
    assert board.free_outside_line((5, 6)) is None
    assert board.free_outside_line((1, 99)) is None, "a handset is no way out"
