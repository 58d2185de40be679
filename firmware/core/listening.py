"""Somebody alone with what the box tells him: words, then a tone, then the howler, then silence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from firmware.core import refusal
from firmware.core.calling import connect
from firmware.core.dialing import begin
from firmware.core.effects import Effects
from firmware.core.events import HookFlashed, PromptEnded, TimerFired
from firmware.core.model import Listening
from firmware.core.switchboard import Switchboard


def _said(board: Switchboard, listening: Listening, _: PromptEnded) -> Effects:
    [leg] = board.legs_of(listening.id)
    if board.held_for(leg):
        return board.rejoin(leg)
    if leg.kind == "fxs":
        return refusal.tone_for(board, listening, leg)
    return board.hang_up(leg, listening.cause)


def _howl(board: Switchboard, listening: Listening, _: TimerFired) -> Effects:
    """The handset lies beside the telephone."""
    [leg] = board.legs_of(listening.id)
    listening.state = "howling"
    tone = board.set_tone(leg, "howler")
    return tone + board.start_timer(listening.id, "quiet", board.timing.howler)


def _silence(board: Switchboard, listening: Listening, _: TimerFired) -> Effects:
    [leg] = board.legs_of(listening.id)
    return board.silence(leg)


def _flashed(board: Switchboard, listening: Listening, _: HookFlashed) -> Effects:
    """Back to whoever waits, else to dial tone."""
    [leg] = board.legs_of(listening.id)
    if board.held_for(leg):
        return board.rejoin(leg)
    knocker = board.knocker(leg)
    if knocker:
        board.join_call(leg, board.tables.legs[knocker.caller].call)
        return connect(board, knocker, leg)
    return begin(board, leg)


Entry = Callable[[Switchboard, Listening, Any], Effects]
TABLE: dict[tuple[str, type | str], Entry] = {
    ("words", PromptEnded): _said,
    ("words", HookFlashed): _flashed,
    ("tone", "end"): _howl,
    ("tone", HookFlashed): _flashed,
    ("howling", "quiet"): _silence,
    ("howling", HookFlashed): _flashed,
}
