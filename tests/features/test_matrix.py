"""Every code of every plan, dialed from a handset with and without `#`, and from a SIP phone.

For each the matrix asks: does the exchange come to the row's own feature, with the row's argument,
however it is dialed?  A row that is not built answers by voice.  In-call codes are pressed by
somebody who talks.
"""

from __future__ import annotations

import msgspec
import pytest

from firmware.core import events as ev
from firmware.core import plans
from firmware.core.effects import Effects
from firmware.core.feature import Entry
from firmware.core.model import Leg, Session
from firmware.core.site import Code, Site
from firmware.core.switchboard import Switchboard
from firmware.features import catalog
from tests.scenarios.play import Play
from tests.sites import HOUSE_PORTS, NIGHT_DESK

ARGUMENTS = {"": "", "extension": "103", "number": "985274196", "optional": "", "time": "03061456"}
CALLER = {"fxs": "101", "sip": "202"}


def site_of(plan: str) -> Site:
    site = msgspec.structs.replace(NIGHT_DESK, plan=plan)
    return msgspec.structs.replace(site, codes=catalog.codes(site))


SITES: dict[str, Site] = {plan: site_of(plan) for plan in plans.PLANS}
DIALED = [
    pytest.param(plan, code, id=f"{plan}-{code.row}-{code.digits}")
    for plan, site in SITES.items()
    for code in site.codes
    if code.context == "dial" and not code.rule
]
PRESSED = [
    pytest.param(plan, code, id=f"{plan}-{code.row}-{code.digits}")
    for plan, site in SITES.items()
    for code in site.codes
    if code.context == "call"
]


class Watched(Play):
    """Remembers which features began, and with what."""

    def __init__(self, site: Site) -> None:
        super().__init__(site, HOUSE_PORTS)
        self.began: list[tuple[str, str]] = []
        features = dict(self.exchange.board.features)
        for name, feature in features.items():
            features[name] = msgspec.structs.replace(feature, start=self._watch(feature.start))
        self.exchange.board.features = features

    def _watch(self, start: Entry) -> Entry:
        def began(board: Switchboard, session: Session, leg: Leg) -> Effects:
            self.began.append((session.feature, session.argument))
            return start(board, session, leg)

        return began


def dial(play: Watched, caller: str, digits: str) -> None:
    if caller == "101":
        play.happen(ev.HandsetLifted, 1)
        for digit in digits:
            leg = play.exchange.board.line_leg(1)
            if leg:
                play.happen(ev.DigitHeard, leg.id, digit)
        play.pass_time(3_000)
    else:
        play.who[play.next_sip] = caller
        play.happen(ev.CallOffered, play.next_sip, caller, digits)


def allowed(site: Site, code: Code, caller: str) -> bool:
    return not code.attendant or caller in (site.attendant, site.second_attendant)


@pytest.mark.req("FCR-05", "FCR-06", "FCR-07", "FCR-10")
@pytest.mark.parametrize("kind", ["fxs", "sip"])
@pytest.mark.parametrize("hash_key", ["", "#"])
@pytest.mark.parametrize(("plan", "code"), DIALED)
def test_code_off_hook(plan: str, code: Code, hash_key: str, kind: str) -> None:
    site, caller = SITES[plan], CALLER[kind]
    play = Watched(site)
    argument = ARGUMENTS[code.takes]
    dial(play, caller, code.digits + argument + hash_key)
    if allowed(site, code, caller):
        expected = code.argument if not code.takes else argument
        assert play.began == [(code.feature, expected)]
    else:
        assert play.began == []
    if code.feature == plans.NOT_FITTED and play.began:
        assert any("not-fitted" in getattr(effect, "words", ()) for effect in play.last)
    play.replay()


@pytest.mark.req("FCR-04", "FCR-08")
@pytest.mark.parametrize("kind", ["fxs", "sip"])
@pytest.mark.parametrize("hash_key", ["", "#"])
@pytest.mark.parametrize(("plan", "code"), PRESSED)
def test_code_in_a_call(plan: str, code: Code, hash_key: str, kind: str) -> None:
    """The keys mean the row, and `#` after a star code is swallowed."""
    play = Watched(SITES[plan])
    pressed: list[str] = []
    features = dict(play.exchange.board.features)

    def in_call(*_: object) -> Effects:
        pressed.append(code.feature)
        return []

    features[code.feature] = msgspec.structs.replace(features[code.feature], in_call=in_call)
    play.exchange.board.features = features
    caller = CALLER[kind]
    dial(play, caller, "102")
    play.happen(ev.HandsetLifted, 2)
    leg = play.leg_of(caller)
    for key in code.digits + (hash_key if code.digits.startswith("*") else ""):
        play.happen(ev.DigitHeard, leg, key)
    play.pass_time(1_000)
    assert pressed == [code.feature]
    bridge = play.exchange.board.tables.owners[play.exchange.board.tables.legs[leg].owner]
    assert len(play.exchange.board.legs_of(bridge.id)) == 2, "the call goes on"


@pytest.mark.req("FCX-01")
def test_a_single_hash_belongs_to_the_far_end_in_the_cc_plan() -> None:
    play = Watched(SITES["CC"])
    dial(play, "202", "201#")
    play.happen(ev.LegAnswered, play.leg_of("201"))
    play.last = []
    play.happen(ev.DigitHeard, play.leg_of("202"), "#")
    play.pass_time(1_000)
    assert play.show() == "send # to 201"


@pytest.mark.req("FCR-13")
def test_a_running_call_keeps_the_codes_it_began_with() -> None:
    play = Watched(SITES["CooVox"])
    dial(play, "101", "102#")
    play.happen(ev.HandsetLifted, 2)
    changed = msgspec.structs.replace(SITES["CC"], version=SITES["CooVox"].version + 1)
    play.happen(ev.SiteChanged, changed)
    play.last = []
    play.happen(ev.DigitHeard, play.leg_of("101"), "#")
    assert "tone recall 101" in play.show(), "# is still the transfer of this call"
    play.happen(ev.LineReleased, 1)
    play.happen(ev.LineReleased, 2)
    assert play.exchange.board.tables.calls == {}
    dial(play, "101", "*71103#")
    assert play.began == [], "the next call goes by the new plan"
    play.happen(ev.LineReleased, 1)
    dial(play, "101", "*841103#")
    assert play.began == [("forward-always-on", "103")]


@pytest.mark.req("FCR-14", "FCX-06", "FCR-07")
@pytest.mark.parametrize(
    ("plan", "digits", "feature", "argument"),
    [
        ("CooVox", "*71985337106#", "forward-always-on", "985337106"),
        ("CooVox", "**103#", "pick-up", "103"),
        ("CooVox", "**11#", "wan-address", ""),
        ("CooVox", "*8#", "group-pick-up", ""),
        ("CooVox", "*82", "last-caller", ""),
        ("CooVox", "*55*03061456", "not-fitted", "03061456"),
        ("CooVox", "90#", "not-fitted", "FC-19"),
        ("CC", "*841801", "forward-always-on", "801"),
    ],
)
def test_worked_examples(plan: str, digits: str, feature: str, argument: str) -> None:
    play = Watched(SITES[plan])
    dial(play, "101", digits)
    assert play.began == [(feature, argument)]


@pytest.mark.req("FCR-14", "FCX-06")
def test_more_digits_than_a_room_are_an_outside_call() -> None:
    phone = msgspec.structs.replace(NIGHT_DESK.extensions["101"], day_class="international")
    extensions = {**NIGHT_DESK.extensions, "101": phone}
    play = Watched(msgspec.structs.replace(SITES["CooVox"], extensions=extensions))
    play.last = []
    dial(play, "101", "901084544507")
    assert "seize line 5 01084544507" in play.show()
