"""The journal: it forgets in whole segments, and a replay that goes another way is shown."""

from __future__ import annotations

import msgspec

from firmware.core import events as ev
from firmware.core.effects import PlayTone
from firmware.core.journal import Journal, Moment, load, replay
from firmware.features import catalog
from firmware.routing.resolve import resolve
from tests.scenarios.play import Play


def talk(play: Play) -> None:
    play.happen(ev.HandsetLifted, 1)
    for digit in "102":
        play.happen(ev.DigitHeard, play.leg_of("101"), digit)
    play.happen(ev.HandsetLifted, 2)
    play.happen(ev.LineReleased, 1)
    play.happen(ev.LineReleased, 2)


def test_a_call_replays_to_equal_effects() -> None:
    play = Play()
    talk(play)
    [(snapshot, moments)] = load(play.journal.dump())
    assert len(moments) > 8
    assert replay(snapshot, moments, resolve, catalog.FEATURES) is None


def test_a_changed_effect_is_found_where_it_happened() -> None:
    play = Play()
    talk(play)
    [(snapshot, moments)] = load(play.journal.dump())
    at = next(i for i, moment in enumerate(moments) if isinstance(moment.event, ev.HandsetLifted))
    forged = Moment(moments[at].event, [PlayTone(1, "busy")])
    difference = replay(
        snapshot, [*moments[:at], forged, *moments[at + 1 :]], resolve, catalog.FEATURES
    )
    assert difference is not None
    assert isinstance(difference.event, ev.HandsetLifted)
    assert difference.recorded != difference.replayed


def test_it_stays_within_its_bound_and_forgets_the_oldest() -> None:
    play = Play()
    journal = play.journal = Journal(play.exchange, limit=3_000_000)
    for _ in range(1500):
        talk(play)
    assert len(journal.dump()) < 3_200_000
    segments = load(journal.dump())
    assert len(segments) > 1, "it was to forget in segments"
    for snapshot, moments in segments:
        assert replay(snapshot, moments, resolve, catalog.FEATURES) is None


def test_a_snapshot_holds_everything_the_exchange_remembers() -> None:
    """A replay from the middle of a call goes on exactly as the call did."""
    play = Play()
    play.happen(ev.HandsetLifted, 1)
    play.happen(ev.DigitHeard, play.leg_of("101"), "1")
    play.journal = Journal(play.exchange)
    for digit in "02":
        play.happen(ev.DigitHeard, play.leg_of("101"), digit)
    play.happen(ev.HandsetLifted, 2)
    play.pass_time(60_000)
    play.replay()
    [(snapshot, _)] = load(play.journal.dump())
    tables = snapshot.tables
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(tables), type=type(tables)) == tables
