"""What users set, as a table: whose setting decides, at which time of the day."""

from __future__ import annotations

import msgspec
import pytest

from firmware.core import causes
from firmware.core import userstate as us
from firmware.core.decision import Caller, Dial, Reject, Resolution, ToExtension, ToGroup, ToLines
from firmware.core.site import Diversion, Extension, Hours, Site
from firmware.core.userstate import UserState
from firmware.routing import lists
from firmware.routing.clock import day_or_night, in_window, minute_of_day, weekday
from firmware.routing.resolve import resolve
from tests.sites import HOUSE, NIGHT_DESK

INSIDE, OUTSIDE = Caller("101"), Caller("13800001111", 5)
MIDNIGHT = 1_795_104_000_000  # a Thursday, 16:00 UTC: midnight in Shanghai
HOUR = 3_600_000
CHINA = msgspec.structs.replace(HOUSE, zone=((0, 8 * 3600),))


def ask(
    state: UserState, digits: str, caller: Caller = INSIDE, site: Site = HOUSE, at: int = MIDNIGHT
) -> Resolution:
    return resolve(site, state, caller, digits + "#", at)


def steps(resolution: Resolution) -> list[str]:
    return [f"{step.rule} {step.verdict} {step.subject}" for step in resolution.trail]


# -- the clock -------------------------------------------------------------------------------------
def test_the_clock_of_the_house() -> None:
    assert minute_of_day(CHINA, MIDNIGHT) == 0
    assert minute_of_day(CHINA, MIDNIGHT + 13 * HOUR + 60_000) == 13 * 60 + 1
    assert minute_of_day(HOUSE, MIDNIGHT) == 16 * 60
    assert weekday(CHINA, MIDNIGHT) == 4
    assert weekday(CHINA, MIDNIGHT - 1) == 3
    summer = msgspec.structs.replace(HOUSE, zone=((0, 3600), (MIDNIGHT, 7200)))
    assert minute_of_day(summer, MIDNIGHT - 60_000) == 16 * 60 + 59
    assert minute_of_day(summer, MIDNIGHT) == 18 * 60


@pytest.mark.req("DND-03", "DND-09")
@pytest.mark.parametrize(
    ("since", "until", "hour", "inside"),
    [
        (9 * 60, 17 * 60, 8, False),
        (9 * 60, 17 * 60, 9, True),
        (9 * 60, 17 * 60, 16, True),
        (9 * 60, 17 * 60, 17, False),
        (22 * 60, 7 * 60, 21, False),
        (22 * 60, 7 * 60, 22, True),
        (22 * 60, 7 * 60, 0, True),
        (22 * 60, 7 * 60, 6, True),
        (22 * 60, 7 * 60, 7, False),
        (0, 0, 12, True),
    ],
)
def test_dnd_window(since: int, until: int, hour: int, inside: bool) -> None:
    """The window counts in local time, each day, and may pass midnight."""
    assert in_window(hour * 60, since, until) is inside
    state = UserState(dnd={"102": us.Dnd("both", since, until)})
    decision = ask(state, "102", site=CHINA, at=MIDNIGHT + hour * HOUR).decision
    assert isinstance(decision, Reject) is inside
    if isinstance(decision, Reject):
        assert (decision.cause, decision.words) == (causes.DND, ("dnd-notice",))


@pytest.mark.req("FXS-14")
@pytest.mark.parametrize(
    ("may", "asked_for", "inside", "outside"),
    [
        ("none", "both", True, True),
        ("external", "both", True, False),
        ("internal", "both", False, True),
        ("both", "external", True, False),
        ("both", "internal", False, True),
        ("both", "both", False, False),
        ("external", "internal", True, True),
    ],
)
def test_dnd_refuses_what_the_administrator_allows(
    may: str, asked_for: str, inside: bool, outside: bool
) -> None:
    phone = Extension("101", "Reception", 1, dnd=may)  # type: ignore[arg-type]
    site = msgspec.structs.replace(HOUSE, extensions={**HOUSE.extensions, "101": phone})
    state = UserState(dnd={"101": us.Dnd(asked_for)})  # type: ignore[arg-type]
    assert isinstance(ask(state, "101", Caller("102"), site).decision, Dial) is inside
    assert isinstance(ask(state, "", OUTSIDE, site).decision, Dial) is outside


@pytest.mark.req("DAY-01", "ATT-09")
def test_day_and_night_by_the_clock_and_by_hand() -> None:
    weekdays = (0, 1, 2, 3, 4)
    hours = (Hours(weekdays, 9 * 60, 18 * 60), Hours((5,), 20 * 60, 2 * 60))
    site = msgspec.structs.replace(NIGHT_DESK, zone=CHINA.zone, hours=hours)
    for hour, now in ((0, "night"), (8, "night"), (9, "day"), (17, "day"), (18, "night")):
        at = MIDNIGHT + hour * HOUR  # a Friday
        assert day_or_night(site, UserState(), at) == now, hour
        attendant = "101" if now == "day" else "104"
        dial = ask(UserState(), "", OUTSIDE, site, at).decision
        assert isinstance(dial, Dial)
        assert dial.to == ToExtension(attendant)
    saturday = MIDNIGHT + 24 * HOUR
    for hour, now in ((10, "night"), (20, "day"), (25, "day"), (26, "night")):
        assert day_or_night(site, UserState(), saturday + hour * HOUR) == now, hour
    by_hand = UserState(day={"box": us.DayNight("night")})
    assert day_or_night(site, by_hand, MIDNIGHT + 12 * HOUR) == "night"
    assert day_or_night(NIGHT_DESK, UserState(), MIDNIGHT) == "day", "without hours"


# -- lists -----------------------------------------------------------------------------------------
@pytest.mark.req("BWL-03", "BWL-04", "RTO-04")
@pytest.mark.parametrize(
    ("rules", "number", "fits"),
    [
        ("0755", "075583587106", True),
        ("0755", "0756", False),
        ("138|139", "13900001111", True),
        ("13[89]", "13700001111", False),
        ("13[7-9]X", "1370", True),
        ("Z", "0", False),
        ("Z", "1", True),
        ("N", "1", False),
        ("N", "2", True),
        ("NXX", "20", False),
        ("9.", "9", False),
        ("9.", "91", True),
        ("X.", "12", True),
        ("x.", "12", True),
        ("+86", "+8613800001111", True),
        ("", "123", False),
        ("[9-0]", "9", False),
        ("1.2", "1x2", False),
        ("[", "1", False),
    ],
)
def test_pattern(rules: str, number: str, fits: bool) -> None:
    assert lists.matches(rules, number) is fits


@pytest.mark.req("BWL-02")
def test_the_same_rule_in_both_lists_allows() -> None:
    both = tuple(us.ListRule(kind, "in", "138") for kind in ("black", "white"))
    state = UserState(lists={"101": us.Lists(both)})
    assert isinstance(ask(state, "", OUTSIDE).decision, Dial)
    black = UserState(lists={"101": us.Lists(both[:1])})
    assert ask(black, "", OUTSIDE).decision == Reject(causes.NOT_ALLOWED, ("call-refused",))


@pytest.mark.req("BWL-01", "BWL-06", "COS-17")
def test_a_white_list_goes_before_the_black_list_of_the_box() -> None:
    state = UserState(blocked={"13800001111": us.Blocked("page")})
    assert isinstance(ask(state, "", OUTSIDE).decision, Reject)
    state.lists["101"] = us.Lists((us.ListRule("white", "in", "13800001111"),))
    assert isinstance(ask(state, "", OUTSIDE).decision, Dial)
    inside = UserState(blocked={"102": us.Blocked("page")})
    assert isinstance(ask(inside, "101", Caller("102")).decision, Dial), "outside numbers only"


# -- forwards --------------------------------------------------------------------------------------
def forwards(**conditions: str) -> us.Forwards:
    return us.Forwards(**{name: us.Forward(to) for name, to in conditions.items()})


@pytest.mark.req("FWD-02", "FWD-14")
def test_what_follows_is_part_of_the_answer() -> None:
    state = UserState(forward={"102": forwards(busy="103", no_answer="985274196")})
    dial = ask(state, "102").decision
    assert isinstance(dial, Dial)
    assert dial.on_busy is not None
    assert dial.on_no_answer is not None
    busy, absent = dial.on_busy.decision, dial.on_no_answer.decision
    assert isinstance(busy, Dial)
    assert (busy.to, busy.called, busy.diverted_by) == (ToExtension("103"), "102", "102")
    assert isinstance(absent, Dial)
    assert absent.to == ToLines((5, 6), "85274196")
    assert steps(dial.on_no_answer)[0] == "forward-no_answer taken forward.102"


@pytest.mark.req("FWD-06", "FWD-07")
def test_the_global_options_of_forwarding() -> None:
    options = Diversion(pass_caller=True, tell_caller=True)
    site = msgspec.structs.replace(HOUSE, diversion=options)
    state = UserState(forward={"101": forwards(always="985274196")})
    dial = ask(state, "", OUTSIDE, site).decision
    assert isinstance(dial, Dial)
    assert (dial.caller_id, dial.tell_caller) == ("13800001111", ("forwarding",))
    plain = ask(state, "", OUTSIDE).decision
    assert isinstance(plain, Dial)
    assert (plain.caller_id, plain.tell_caller) == ("", ())


@pytest.mark.req("FOL-05", "FOL-06", "FOL-07")
def test_the_global_options_of_follow_me() -> None:
    follow = us.FollowMe((us.FollowStep("103"), us.FollowStep("555"), us.FollowStep("104")))
    site = msgspec.structs.replace(HOUSE, diversion=Diversion(False, False, False, True))
    first = ask(UserState(follow={"102": follow}), "102", site=site).decision
    assert isinstance(first, Dial)
    assert (first.ring_ms, first.ask) == (30_000, False), "the extension itself is not asked"
    assert first.on_no_answer is not None
    second = first.on_no_answer.decision
    assert isinstance(second, Dial)
    assert (second.to, second.ask, second.ask_name) == (ToExtension("103"), True, True)
    assert second.busy_as_no_answer
    assert second.on_no_answer is not None
    third = second.on_no_answer.decision
    assert isinstance(third, Dial)
    assert (third.to, third.on_no_answer) == (ToExtension("104"), None), "555 is passed over"


@pytest.mark.req("DND-10", "FOL-02")
def test_a_step_of_follow_me_that_wants_no_calls_is_passed_over() -> None:
    follow = us.FollowMe((us.FollowStep("103"), us.FollowStep("104")))
    dial = ask(UserState(follow={"102": follow}, dnd={"103": us.Dnd()}), "102").decision
    assert isinstance(dial, Dial)
    assert dial.on_no_answer is not None
    assert isinstance(dial.on_no_answer.decision, Dial)
    assert dial.on_no_answer.decision.to == ToExtension("104")
    assert "dnd refused dnd.103" in steps(dial.on_no_answer)


def test_whatever_is_forwarded_the_answer_stays_small() -> None:
    """Everybody forwards to everybody else, in every way: five hops bound the tree."""
    numbers = list(HOUSE.extensions)
    state = UserState(
        forward={
            number: forwards(busy=numbers[place - 1], no_answer=numbers[place - 3])
            for place, number in enumerate(numbers)
        },
        follow={
            number: us.FollowMe(tuple(us.FollowStep(other) for other in numbers[:10]))
            for number in numbers
        },
    )
    for number in numbers[1:]:
        size = len(msgspec.json.encode(ask(state, number)))
        assert size < 64 * 1024


@pytest.mark.req("FWD-14")
def test_a_speed_dial_that_names_itself_ends() -> None:
    state = UserState(speed={"101": us.SpeedDials({"12": "*12", "13": "*14", "14": "*13"})})
    for digits in ("*12", "*13"):
        assert isinstance(ask(state, digits).decision, Reject)


# -- groups ----------------------------------------------------------------------------------------
@pytest.mark.req("DEP-01", "DEP-03")
def test_a_department_without_anybody_goes_on_at_once() -> None:
    state = UserState(dnd={"102": us.Dnd()}, busy={"103": us.AgentBusy()})
    dial = ask(state, "300", site=NIGHT_DESK).decision
    assert isinstance(dial, Dial)
    assert dial.to == ToExtension("104")
    some = ask(UserState(), "300", site=NIGHT_DESK).decision
    assert isinstance(some, Dial)
    assert isinstance(some.to, ToGroup)
    assert some.to.members == ("102", "103")
    without_caller = ask(UserState(), "300", Caller("102"), NIGHT_DESK).decision
    assert isinstance(without_caller, Dial)
    assert isinstance(without_caller.to, ToGroup)
    assert without_caller.to.members == ("103",), "nobody rings himself"
