"""What most feature codes do: say something to the caller, ask him for a number, let him go.

A feature puts these entries into its table and brings the words.  States: `saying` ends with the
last word; `asking` collects keys until `#`, or until the caller stops (FCR-12), and hands them to
the feature.  A setting is saved by `Switchboard.save`, whose words end the session like any others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from firmware.core import causes, refusal
from firmware.core.effects import Effects
from firmware.core.events import DigitHeard, PromptEnded, TimerFired
from firmware.core.feature import Entry
from firmware.core.model import Leg, Session
from firmware.core.switchboard import Switchboard
from firmware.core.userstate import Value

Entered = Callable[[Switchboard, Session, Leg, str], Effects]
DIGITS = 32


def say(board: Switchboard, session: Session, leg: Leg, *words: str) -> Effects:
    """The last thing this caller hears in the session."""
    session.state = "saying"
    return board.say(leg, *words)


def save(
    board: Switchboard, session: Session, leg: Leg, key: str, value: Value | None, *words: str
) -> Effects:
    session.state = "saying"  # when it is saved, or could not be
    return board.save(leg, key, value, *words)


def ask(board: Switchboard, session: Session, leg: Leg, *words: str) -> Effects:
    session.state, session.digits = "asking", ""
    return board.say(leg, *words)


def _over(board: Switchboard, session: Session, _: PromptEnded) -> Effects:
    [leg] = board.legs_of(session.id)
    return refusal.release(board, leg, causes.NORMAL)


def _asked(board: Switchboard, session: Session, _: PromptEnded) -> Effects:
    return board.start_timer(session.id, "patience", board.timing.first_digit)


def _key(entered: Entered) -> Entry:
    def pressed(board: Switchboard, session: Session, event: DigitHeard) -> Effects:
        if event.digit == "#" and not session.digits:
            return []  # the one that ends the code itself (FCR-05)
        [leg] = board.legs_of(session.id)
        quiet = board.silence(leg)
        if event.digit == "#" or len(session.digits) >= DIGITS:
            return quiet + _enter(board, session, leg, entered)
        session.digits += event.digit
        return quiet + board.start_timer(session.id, "patience", board.timing.next_digit)

    return pressed


def _no_more(entered: Entered) -> Entry:
    def late(board: Switchboard, session: Session, _: TimerFired) -> Effects:
        [leg] = board.legs_of(session.id)
        return _enter(board, session, leg, entered)

    return late


def _enter(board: Switchboard, session: Session, leg: Leg, entered: Entered) -> Effects:
    stopped = board.stop_timer(session.id, "patience")
    if not session.digits:
        return stopped + say(board, session, leg, "canceled")
    return stopped + entered(board, session, leg, session.digits)


SAYING: Mapping[tuple[str, type | str], Entry] = {("saying", PromptEnded): _over}


def asking(entered: Entered) -> Mapping[tuple[str, type | str], Entry]:
    """The table of a feature that asks for a number."""
    return {
        **SAYING,
        ("asking", PromptEnded): _asked,
        ("asking", DigitHeard): _key(entered),
        ("asking", "patience"): _no_more(entered),
    }
