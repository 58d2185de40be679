"""What becomes of a decided number: classes, lists, DND, forwards and follow-me.

The rules say who was meant; this says who rings.  For an extension, in this order: may this caller
ring it at all (COS-17), DND, forward always, agent busy, and then the extension itself, with what
follows when it is busy or does not answer (FWD-14).  What follows is worked out at once, as a tree
of `Dial`s, so that the exchange only obeys and a dry run can show it.  A forward that would lead
back to where the call has been, or beyond the fifth hop, is passed over: the telephone where it
stands rings instead, so that a loop never loses a call.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from firmware.core import causes
from firmware.core.decision import (
    Caller,
    Dial,
    Reject,
    Resolution,
    RunFeature,
    Target,
    ToExtension,
    ToGroup,
    ToLines,
    ToSeveral,
    ToTrunk,
)
from firmware.core.record import Step
from firmware.core.site import Code
from firmware.core.userstate import Condition, FollowMe, FollowStep
from firmware.routing import codes, permission, rules
from firmware.routing.numbering import Asked, Instead, Match
from firmware.routing.way import (
    AGENT_BUSY,
    DND_ON,
    HOPS,
    NOT_ALLOWED,
    REFUSED,
    Way,
    after,
    dnd,
    leads_back,
    no,
    only_attendant,
    stays_out,
    to_phone,
    told,
)


def arrive(asked: Asked, match: Match, way: Way) -> Resolution:
    """Make of the rule that decided what really happens."""
    step = Step(match.rule, _verdict(match), match.subject, match.detail)
    match match.outcome:
        case Dial() as dial:
            came = _dial(asked, match, dial, way)
        case RunFeature() as run:
            came = _feature(asked, match.code, run)
        case Instead() as instead:
            came = _instead(asked, instead, way)
        case Reject() as reject:
            came = Resolution(reject, ())
        case _:
            came = Resolution(Reject(causes.NO_SUCH_NUMBER), ())
    return after((step,), came)


def _verdict(match: Match) -> Literal["taken", "refused"]:
    return "refused" if isinstance(match.outcome, Reject) else "taken"


# -- the kinds of target ---------------------------------------------------------------------------
def _dial(asked: Asked, match: Match, dial: Dial, way: Way) -> Resolution:
    if dial.emergency:
        return Resolution(dial, ())
    match dial.to:
        case ToExtension(number):
            return _extension(asked, match, number, way)
        case ToGroup() as group:
            return _group(asked, match, dial, group, way)
        case _:
            return _outside(asked, dial, way)


def _extension(asked: Asked, match: Match, number: str, way: Way) -> Resolution:
    if match.rule == "attendant":
        return _attendants(asked, number, way)
    if match.rule == "incoming":
        who = Step("attendant", "taken", f"extensions.{number}", match.detail)
        return after((who,), _attendants(asked, number, way))
    if only_attendant(asked, way):
        return no(Step("only-attendant", "refused", f"extensions.{way.by}"), NOT_ALLOWED)
    return ring(asked, number, way)


def _outside(asked: Asked, dial: Dial, way: Way) -> Resolution:
    dial = msgspec.structs.replace(dial, type=way.type, withheld=way.withheld)
    if way.hops or way.type != "outgoing":
        dial = msgspec.structs.replace(dial, called=way.called)
    extension = asked.site.extensions.get(way.by)
    if way.unchecked or extension is None or not isinstance(dial.to, ToLines):
        return Resolution(dial, ())
    if only_attendant(asked, way):
        return no(Step("only-attendant", "refused", f"extensions.{way.by}"), NOT_ALLOWED)
    step = permission.may_dial(asked, extension, dial.to.digits)
    return no(step, NOT_ALLOWED) if step.verdict == "refused" else Resolution(dial, (step,))


def _feature(asked: Asked, code: Code | None, run: RunFeature) -> Resolution:
    refused = codes.may_use(asked, code) if code else None
    return Resolution(refused[0], (refused[1],)) if refused else Resolution(run, ())


def _instead(asked: Asked, instead: Instead, way: Way) -> Resolution:
    """Another number stands for what was dialed; it obeys the same rules (SPD-05)."""
    if way.depth >= HOPS:
        return no(Step("loop", "refused", "", instead.digits), NOT_ALLOWED, causes.NO_SUCH_NUMBER)
    found = decide(asked, instead.digits)
    if found is None:
        return unknown(instead.digits)
    way = msgspec.structs.replace(
        way,
        withheld=way.withheld or instead.withheld,
        unchecked=way.unchecked or instead.unchecked,
        depth=way.depth + 1,
    )
    return arrive(asked, found, typed(found, way))


def typed(match: Match, way: Way) -> Way:
    """The first number that rings somebody says what kind of call this is."""
    if way.hops or not isinstance(match.outcome, Dial):
        return way
    return msgspec.structs.replace(way, type=match.outcome.type, called=match.outcome.called)


def decide(asked: Asked, digits: str) -> Match | None:
    """The first rule with an outcome for digits that are all there will be."""
    number = digits.rstrip("#")
    for rule in rules.INSIDE:
        match = rule(asked, number)
        if match and match.outcome:
            return match
    return None


def unknown(number: str) -> Resolution:
    """Nothing can be made of these digits; FCR-10 for codes."""
    rule = "code" if number.startswith("*") else "number"
    words = codes.BAD_CODE if rule == "code" else ("no-such-number",)
    return no(Step(rule, "refused", "", number), words, causes.NO_SUCH_NUMBER)


# -- an extension ----------------------------------------------------------------------------------
def ring(asked: Asked, number: str, way: Way) -> Resolution:
    extension = asked.site.extensions[number]
    check = permission.may_ring(asked, extension)
    steps = (check,) if check else ()
    if check and check.verdict == "refused":
        return no(check, REFUSED)
    silent = dnd(asked, extension)
    if silent:
        return after(steps, no(silent, DND_ON, causes.DND))
    if way.plain:
        return Resolution(to_phone(number, way), steps)
    always = _forward(asked, number, "always", way)
    if always and not isinstance(always, Step):
        return after(steps, always)
    passed = (*steps, always) if always else steps
    return after(passed, _at_its_phone(asked, number, way))


def _at_its_phone(asked: Asked, number: str, way: Way) -> Resolution:
    """The extension itself, and what follows when it is busy or does not answer."""
    busy, steps = _first_forward(asked, number, ("busy", "busy_or_no_answer"), way)
    marked = asked.state.busy.get(number)
    if marked is not None:
        step = Step("agent-busy", "taken" if busy else "refused", f"busy.{number}", marked.reason)
        if busy:
            return after((*steps, step), busy)
        return after(steps, no(step, AGENT_BUSY, causes.BUSY))
    absent, more = _first_forward(asked, number, ("no_answer", "busy_or_no_answer"), way)
    ring_ms = 0
    if absent is None:
        absent, ring_ms = _follow_me(asked, number, way)
    dial = msgspec.structs.replace(
        to_phone(number, way), ring_ms=ring_ms, on_busy=busy, on_no_answer=absent
    )
    return Resolution(dial, tuple(dict.fromkeys((*steps, *more))))


# -- forwards and follow-me ------------------------------------------------------------------------
def _first_forward(
    asked: Asked, number: str, conditions: tuple[Condition, ...], way: Way
) -> tuple[Resolution | None, tuple[Step, ...]]:
    passed: tuple[Step, ...] = ()
    for condition in conditions:
        forward = _forward(asked, number, condition, way)
        if isinstance(forward, Step):
            passed = (*passed, forward)
        elif forward:
            return forward, passed
    return None, passed


def _forward(asked: Asked, number: str, condition: Condition, way: Way) -> Resolution | Step | None:
    """Where this forward leads; a `Step` when it is passed over; None when there is none."""
    forwards = asked.state.forward.get(number)
    entry = getattr(forwards, condition) if forwards else None
    if way.plain or entry is None or not entry.on:
        return None
    subject = f"forward.{number}"
    if len(way.hops) >= HOPS or leads_back(asked, number, entry.to, way):
        return Step("loop", "passed", subject, entry.to)
    came = _sent_on(asked, number, entry.to, way)
    dial = came.decision
    if isinstance(dial, Dial):
        came = Resolution(told(asked, dial, number), came.trail)
    return after((Step(f"forward-{condition}", "taken", subject, entry.to),), came)


def _sent_on(asked: Asked, number: str, to: str, way: Way, *, plain: bool = False) -> Resolution:
    """Where the call goes if the extension dials this number for it (RTO-06)."""
    dials = msgspec.structs.replace(asked, caller=Caller(number))
    found = decide(dials, to)
    if found is None:
        return unknown(to)
    on = msgspec.structs.replace(way, by=number, hops=(*way.hops, number), plain=plain)
    if isinstance(found.outcome, RunFeature) or _emergency(found):
        return no(Step("forward-target", "refused", f"forward.{number}", to), NOT_ALLOWED)
    came = arrive(asked, found, on)
    if isinstance(came.decision, Dial) and came.decision.emergency:  # behind a speed dial
        return no(Step("forward-target", "refused", f"forward.{number}", to), NOT_ALLOWED)
    return came


def _emergency(match: Match) -> bool:
    return isinstance(match.outcome, Dial) and match.outcome.emergency


def _follow_me(asked: Asked, number: str, way: Way) -> tuple[Resolution | None, int]:
    """FOL-01: one after the other; what follows the last is nothing (FOL-04)."""
    follow = asked.state.follow.get(number)
    if follow is None or not follow.on or way.hops:
        return None, 0
    if follow.together:
        several = _together(asked, number, follow, way)
        return several, follow.ring_ms if several else 0
    rest: Resolution | None = None
    for entry in reversed(follow.steps):
        rest = _follow_step(asked, number, entry, way, rest)
    return rest, follow.ring_ms if rest else 0


def _follow_step(
    asked: Asked, number: str, entry: FollowStep, way: Way, rest: Resolution | None
) -> Resolution | None:
    """A number that cannot be called is passed over (FOL-07 does the same after a refusal)."""
    if leads_back(asked, number, entry.to, way):
        return rest
    came = _sent_on(asked, number, entry.to, way, plain=True)
    if not isinstance(came.decision, Dial):
        return after(came.trail, rest) if rest else None
    dial = _followed(asked, number, came.decision, entry.ring_ms)
    dial = msgspec.structs.replace(dial, on_no_answer=rest)
    step = Step("follow-me", "taken", f"follow.{number}", entry.to)
    return after((step,), Resolution(dial, came.trail))


def _followed(asked: Asked, number: str, dial: Dial, ring_ms: int) -> Dial:
    options = asked.site.diversion
    return msgspec.structs.replace(
        dial,
        ring_ms=ring_ms,
        on_busy=None,
        on_no_answer=None,
        busy_as_no_answer=True,
        diverted_by=number,
        ask=not options.always_accept,
        ask_name=options.record_name,
    )


def _together(asked: Asked, number: str, follow: FollowMe, way: Way) -> Resolution | None:
    """All that can be called ring at once; of a department, its members."""
    targets: dict[ToExtension | ToLines | ToTrunk, None] = {}
    trail: tuple[Step, ...] = ()
    first: Dial | None = None
    for entry in follow.steps:
        if leads_back(asked, number, entry.to, way):
            continue
        came = _sent_on(asked, number, entry.to, way, plain=True)
        trail = (*trail, Step("follow-me", "taken", f"follow.{number}", entry.to), *came.trail)
        if isinstance(came.decision, Dial):
            first = first or came.decision
            targets |= dict.fromkeys(_single(came.decision.to))
    if first is None:
        return None
    patience = max(entry.ring_ms for entry in follow.steps)
    dial = _followed(asked, number, first, patience)
    return Resolution(msgspec.structs.replace(dial, to=ToSeveral(tuple(targets))), trail)


def _single(target: Target) -> tuple[ToExtension | ToLines | ToTrunk, ...]:
    match target:
        case ToGroup(members=members):
            return tuple(ToExtension(member) for member in members)
        case ToSeveral(targets):
            return targets
        case _:
            return (target,)


# -- several ---------------------------------------------------------------------------------------
def _attendants(asked: Asked, first: str, way: Way) -> Resolution:
    """The first position, and the second when that one is busy or wants no calls (ATT-09)."""
    came = ring(asked, first, way)
    second = asked.site.second_attendant
    if first != asked.site.attendant or second not in asked.site.extensions or second == first:
        return came
    step = Step("attendant-second", "taken", f"extensions.{second}")
    then = after((step,), ring(asked, second, way))
    match came.decision:
        case Reject():  # DND, or marked busy
            return after(came.trail, then)
        case Dial(to=ToExtension(number), on_busy=None) as dial if number == first:
            return Resolution(msgspec.structs.replace(dial, on_busy=then), came.trail)
        case _:
            return came


def _group(asked: Asked, match: Match, dial: Dial, group: ToGroup, way: Way) -> Resolution:
    """The members who may ring now; then where the department sends what nobody takes (DEP-03)."""
    steps: tuple[Step, ...] = ()
    members: tuple[str, ...] = ()
    for member in group.members:
        step = stays_out(asked, member)
        steps = (*steps, step) if step else steps
        if step is None and member in asked.site.extensions and member != asked.caller.number:
            members = (*members, member)
    onward = _no_answer(asked, match.subject, way)
    if not members:
        none = onward or no(Step("group-empty", "refused", match.subject), (), causes.NO_ANSWER)
        return after(steps, none)
    ringing = msgspec.structs.replace(
        dial,
        type=way.type,
        called=way.called,
        to=msgspec.structs.replace(group, members=members),
        on_no_answer=onward,
        busy_as_no_answer=True,
        withheld=way.withheld,
        diverted_by=way.hops[-1] if way.hops else "",
    )
    return Resolution(ringing, steps)


def _no_answer(asked: Asked, subject: str, way: Way) -> Resolution | None:
    """The administrator chose this number, so nobody's rights are asked."""
    kind, _, name = subject.partition(".")
    found = asked.directory.departments_by_name.get(name) if kind == "departments" else None
    target = found.no_answer if found else ""
    if not target or subject in way.hops or len(way.hops) >= HOPS:
        return None
    match = decide(msgspec.structs.replace(asked, caller=Caller("")), target)
    if match is None or isinstance(match.outcome, RunFeature):
        return None
    on = msgspec.structs.replace(way, by="", hops=(*way.hops, subject), unchecked=True)
    step = Step("department-no-answer", "taken", subject, target)
    return after((step,), arrive(asked, match, on))
