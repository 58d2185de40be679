"""Carrying out a `Dial`: the state `calling` of `dialing.TABLE`, and what comes next where it
fails.

The decision carries its own continuation (`on_busy`, `on_no_answer`): forwards, follow-me, the
second attendant and the return of a failed transfer are all the same chain here.
"""

from __future__ import annotations

from firmware.core import causes, charging, naming, phones, refusal, ringing
from firmware.core.decision import (
    Dial,
    Reject,
    Resolution,
    RunFeature,
    ToExtension,
    ToGroup,
    ToLines,
    ToSeveral,
)
from firmware.core.effects import AnswerRefer, Effects
from firmware.core.events import (
    DigitHeard,
    LegAlerting,
    LegAnswered,
    LegRedirected,
    LineReversed,
    NumberSent,
    PromptEnded,
    RecordingEnded,
    TimerFired,
)
from firmware.core.model import Bridge, Call, Dialing, Left, Leg
from firmware.core.returning import give_back, returning
from firmware.core.sessions import start_session
from firmware.core.switchboard import Switchboard

ACCEPT_MS = 20_000  # to hear who calls, and press a key
HOPS = 10  # the resolver breaks loops of forwards; this bounds whatever else sends calls on


def call(board: Switchboard, dialing: Dialing, call: Call, decision: Dial) -> Effects:
    """Ring whoever the decision names, after telling the caller what he has to be told."""
    dialing.decision, dialing.cause = decision, ""
    caller = board.tables.legs[dialing.caller]
    if decision.emergency:
        board.ledger.mark(caller, "emergency")
    if decision.diverted_by:
        board.ledger.mark(caller, "forwarded")
    if decision.ask_name and not call.spoken and not dialing.named:
        return naming.begin(board, dialing, caller)
    if decision.tell_caller and caller.kind != "fxo":
        dialing.state, dialing.alerted = "telling", False
        return naming.open_ear(board, caller) + board.say(caller, *decision.tell_caller)
    return _ring(board, dialing, call, decision)


def named(board: Switchboard, dialing: Dialing, event: RecordingEnded | TimerFired) -> Effects:
    """He has said his name, or nothing that could be kept."""
    caller = board.tables.legs[dialing.caller]
    call_ = board.tables.calls[caller.call]
    stopped = board.stop_timer(dialing.id, "name") + board.stop_timer(dialing.id, "closing")
    if isinstance(event, RecordingEnded):
        naming.keep(call_, event.name, event.ms, event.why)
    else:
        stopped += board.drop_recordings(caller)
    assert dialing.decision
    return stopped + call(board, dialing, call_, dialing.decision)


def told(board: Switchboard, dialing: Dialing, _: PromptEnded) -> Effects:
    caller = board.tables.legs[dialing.caller]
    assert dialing.decision
    return _ring(board, dialing, board.tables.calls[caller.call], dialing.decision)


def _ring(board: Switchboard, dialing: Dialing, call: Call, decision: Dial) -> Effects:
    dialing.state = "calling"
    effects, cause = ringing.ring(board, dialing, call, decision)
    if not callees(board, dialing) and not dialing.knocked:
        return effects + fail(board, dialing, cause)
    inside = isinstance(decision.to, ToExtension | ToGroup)
    usual = board.timing.ring if inside else board.timing.outside_ring
    effects += ringing.alert(board, dialing) if dialing.knocked else []
    return effects + board.start_timer(dialing.id, "answer", decision.ring_ms or usual)


def callees(board: Switchboard, dialing: Dialing) -> list[Leg]:
    asking = (dialing.caller, dialing.referrer)
    return [leg for leg in board.legs_of(dialing.id) if leg.id not in asking]


# -- somebody answers ------------------------------------------------------------------------------
def alerting(board: Switchboard, dialing: Dialing, event: LegAlerting) -> Effects:
    if dialing.referrer:
        return [AnswerRefer(dialing.referrer, 180), *ringing.alert(board, dialing)]
    if dialing.decision and dialing.decision.emergency:  # help is being rung: nobody hangs up on it
        return board.stop_timer(dialing.id, "answer") + _rings(board, dialing, event)
    return _rings(board, dialing, event)


def _rings(board: Switchboard, dialing: Dialing, event: LegAlerting) -> Effects:
    if event.audio and len(callees(board, dialing)) == 1:
        return _hear_far_end(board, dialing, board.tables.legs[event.leg])
    return ringing.alert(board, dialing)


def _hear_far_end(board: Switchboard, dialing: Dialing, callee: Leg) -> Effects:
    """A phone or carrier has something to say before it answers."""
    caller = board.tables.legs[dialing.caller]
    if caller.kind == "fxo" and not caller.answered:
        return []  # his own exchange lets him hear nothing before we answer
    dialing.alerted = True
    return board.let_hear(dialing, callee) + naming.open_ear(board, caller)


def answered(board: Switchboard, dialing: Dialing, event: LegAnswered) -> Effects:
    """The first to answer gets the caller."""
    if event.leg in (dialing.caller, dialing.referrer):
        return []
    callee = board.tables.legs[event.leg]
    effects = phones.answered(board, callee)
    if _must_accept(board, dialing, callee) or _name_for(board, dialing):
        patience = board.start_timer(dialing.id, "answer", ACCEPT_MS)
        return effects + patience + _ask_whether(board, dialing, callee)
    return connect(board, dialing, callee, effects)


def connect(
    board: Switchboard, dialing: Dialing, callee: Leg, first: Effects | None = None
) -> Effects:
    """The caller and this leg, whoever owned it until now, talk; nobody else rings on."""
    caller = board.tables.legs[dialing.caller]
    effects = drop_callees(board, dialing, causes.ELSEWHERE, besides=callee) + (first or [])
    effects += board.stop_knocking(dialing)
    board.note_answer(callee)
    _note_way(board, dialing, callee)
    effects += charging.begin(board, callee)
    effects += _end_refer(board, dialing)
    three = board.held_for(caller) if dialing.purpose == "three" else None
    effects += board.answer(caller, callee.id)
    if three:
        board.ledger.mark(caller, "conference")
        return effects + board.bridge("conference", [caller, callee, *board.legs_of(three.id)])
    bridge = Bridge(board.next_owner(), "talk")
    if dialing.auto_answer == "listen":
        bridge.mode, bridge.ears = "listen", {callee.id: 0}
    return effects + board.move([caller, callee], bridge)


def _note_way(board: Switchboard, dialing: Dialing, callee: Leg) -> None:
    """Of several ways that were tried together, the record names the one that was taken."""
    call = board.tables.calls.get(callee.call)
    if call is None or not dialing.decision or not isinstance(dialing.decision.to, ToSeveral):
        return
    caller = board.tables.legs[dialing.caller]
    used = callee if callee.kind == "fxo" or callee.trunk else caller
    call.line = used.line if used.kind == "fxo" else None
    call.trunk = used.trunk or board.name_of(call.line)


def number_sent(board: Switchboard, dialing: Dialing, event: NumberSent) -> Effects:
    """The caller may listen to the outside line now; it counts as answered later (FXO-08)."""
    caller, callee = board.tables.legs[dialing.caller], board.tables.legs[event.leg]
    if callee is caller:
        return []
    if _must_accept(board, dialing, callee):
        return ringing.alert(board, dialing) + _ask_whether(board, dialing, callee)
    effects = drop_callees(board, dialing, causes.ELSEWHERE, besides=callee)
    effects += board.stop_knocking(dialing)
    board.set_state(callee, "early")
    if caller.kind == "fxo" and not caller.answered:
        return effects + _wait_for_answer(board, dialing)
    if not caller.answered:
        effects += naming.open_ear(board, caller)
        board.set_state(caller, "early")
    effects += _end_refer(board, dialing)
    effects += board.bridge("talk", [caller, callee])
    return effects + charging.wait(board, callee)


def _wait_for_answer(board: Switchboard, dialing: Dialing) -> Effects:
    """A line that still rings is answered when the far end is, and hears nothing before."""
    stopped = board.stop_timer(dialing.id, "answer")
    return stopped + board.start_timer(dialing.id, "charge", board.timing.charge_delay)


def counts_as_answered(
    board: Switchboard, dialing: Dialing, _: TimerFired | LineReversed
) -> Effects:
    """FXO-07 and FXO-08, for a caller who waits on a ringing line."""
    sent = [leg for leg in callees(board, dialing) if leg.state == "early"]
    return connect(board, dialing, sent[0]) if sent else []


def _end_refer(board: Switchboard, dialing: Dialing) -> Effects:
    if not dialing.referrer:
        return []
    referrer = board.tables.legs[dialing.referrer]
    return [AnswerRefer(referrer.id, 200), *board.hang_up(referrer, causes.TRANSFERRED)]


def _must_accept(board: Switchboard, dialing: Dialing, callee: Leg) -> bool:
    """Has he to press a key?  An outside line does not say whether anybody has answered there."""
    decision = dialing.decision
    if decision is None:
        return False
    unsure = isinstance(decision.to, ToSeveral) or bool(_name_for(board, dialing))
    return decision.ask or (unsure and callee.kind == "fxo")


def _name_for(board: Switchboard, dialing: Dialing) -> tuple[str, ...]:
    """What the caller has said who he is, for whom it is meant."""
    call = board.tables.calls.get(board.tables.legs[dialing.caller].call)
    if call and call.spoken and dialing.decision and dialing.decision.ask_name:
        return ("call-from", f"recording:{call.spoken}")
    return ()


def _ask_whether(board: Switchboard, dialing: Dialing, callee: Leg) -> Effects:
    if callee.id not in dialing.asked:
        dialing.asked.append(callee.id)
    question = ("follow-me-accept",) if _must_accept(board, dialing, callee) else ()
    return board.say(callee, *_name_for(board, dialing), *question)


def asked_again(board: Switchboard, dialing: Dialing, event: PromptEnded) -> Effects:
    """Until he decides or the time is over: on an outside line nobody may have listened yet."""
    if event.leg not in dialing.asked:
        return []
    callee = board.tables.legs[event.leg]
    if not _must_accept(board, dialing, callee):  # he knows now who calls
        return connect(board, dialing, callee)
    return _ask_whether(board, dialing, callee)


def key_of_asked(board: Switchboard, dialing: Dialing, event: DigitHeard) -> Effects:
    """FOL-05: 1 takes the call, anything else leaves it to the next."""
    if event.leg not in dialing.asked:
        return []
    callee = board.tables.legs[event.leg]
    dialing.asked.remove(callee.id)
    if event.digit == "1":
        return connect(board, dialing, callee)
    return refusal.release(board, callee, causes.REFUSED) + _one_less(
        board, dialing, causes.REFUSED
    )


# -- nobody does -----------------------------------------------------------------------------------
def no_answer(board: Switchboard, dialing: Dialing, _: TimerFired) -> Effects:
    effects = drop_callees(board, dialing, causes.NO_ANSWER) + board.stop_knocking(dialing)
    if dialing.queue:
        return effects + _next_member(board, dialing)
    return effects + fail(board, dialing, causes.NO_ANSWER)


def left(board: Switchboard, dialing: Dialing, event: Left) -> Effects:
    """The caller gave up, or a callee refused; the most telling refusal is the caller's answer."""
    if event.leg.id == dialing.referrer:
        return _referrer_left(board, dialing, event.leg)
    if event.leg.id == dialing.caller:
        return drop_callees(board, dialing, causes.CANCELED) + _drop_referrer(board, dialing)
    if event.leg.id in dialing.asked:
        dialing.asked.remove(event.leg.id)
    if event.leg.id == dialing.heard:
        dialing.heard, dialing.alerted = 0, False
    if event.leg.kind == "fxo" and event.leg.line is not None:
        dialing.tried.append(event.leg.line)
        one = dialing.decision and isinstance(dialing.decision.to, ToLines)
        if event.cause == causes.UNREACHABLE and dialing.decision and one:
            call = board.tables.calls[board.tables.legs[dialing.caller].call]
            return _ring(board, dialing, call, dialing.decision)
    return _one_less(board, dialing, event.cause)


def _drop_referrer(board: Switchboard, dialing: Dialing) -> Effects:
    """Its party has given up."""
    if not dialing.referrer:
        return []
    referrer = board.tables.legs[dialing.referrer]
    told = AnswerRefer(referrer.id, refusal.REFER_CODES[causes.NO_ANSWER])
    return [told, *refusal.release(board, referrer, causes.NORMAL)]


def _referrer_left(board: Switchboard, dialing: Dialing, referrer: Leg) -> Effects:
    """The phone trusts us with its party; if nobody takes him it gets him back."""
    dialing.referrer = 0
    call = board.tables.calls[board.tables.legs[dialing.caller].call]
    back = give_back(board, call, referrer.party)
    if dialing.decision:
        dialing.decision = returning(dialing.decision, back, 0)
    return []


def _one_less(board: Switchboard, dialing: Dialing, cause: str) -> Effects:
    dialing.cause = causes.more_telling(dialing.cause, cause)
    if callees(board, dialing) or dialing.knocked:
        return []
    stopped = board.stop_timer(dialing.id, "answer")
    if dialing.queue:
        return stopped + _next_member(board, dialing)
    return stopped + fail(board, dialing, dialing.cause)


def _next_member(board: Switchboard, dialing: Dialing) -> Effects:
    call = board.tables.calls[board.tables.legs[dialing.caller].call]
    effects, cause = ringing.next_member(board, dialing, call)
    if not callees(board, dialing) and not dialing.knocked:
        return effects + fail(board, dialing, cause)
    ring_ms = dialing.decision.ring_ms if dialing.decision else 0
    return effects + board.start_timer(dialing.id, "answer", ring_ms or board.timing.ring)


def fail(board: Switchboard, dialing: Dialing, cause: str) -> Effects:
    """Nobody took it: go on with what the decision says about that."""
    decision = dialing.decision
    then = _continuation(decision, cause) if decision else None
    helps = decision is not None and decision.emergency  # a finite list that is tried to its end
    if then is None or (dialing.hops >= HOPS and not helps):
        return refusal.refuse(board, dialing, cause)
    dialing.hops += 1
    return obey(board, dialing, then)


def _continuation(decision: Dial, cause: str) -> Resolution | None:
    if cause == causes.BUSY and not decision.busy_as_no_answer:
        return decision.on_busy
    return decision.on_no_answer


def obey(board: Switchboard, dialing: Dialing, resolution: Resolution) -> Effects:
    caller = board.tables.legs[dialing.caller]
    call_ = board.tables.calls[caller.call]
    call_.trail.extend(resolution.trail)
    match resolution.decision:
        case Dial():
            return call(board, dialing, call_, resolution.decision)
        case RunFeature(feature, argument):
            call_.final = feature
            return _end_refer(board, dialing) + start_session(board, feature, argument, caller)
        case Reject(cause, words):
            return refusal.refuse(board, dialing, cause, words)
        case _:
            return refusal.refuse(board, dialing, causes.NO_SUCH_NUMBER)


def redirected(board: Switchboard, dialing: Dialing, event: LegRedirected) -> Effects:
    """The called phone says: call this number instead; by the rights of its own extension."""
    callee = board.tables.legs[event.leg]
    if event.leg in (dialing.caller, dialing.referrer) or callee.trunk:
        return []
    effects = board.drop(callee, causes.REFUSED)
    resolution = board.ask(board.caller_of(callee), event.target.rstrip("#") + "#")
    others_ring = bool(callees(board, dialing) or dialing.knocked)
    if others_ring or dialing.hops >= HOPS or not isinstance(resolution.decision, Dial):
        return effects + _one_less(board, dialing, causes.REFUSED)
    dialing.hops += 1
    return effects + board.stop_timer(dialing.id, "answer") + obey(board, dialing, resolution)


def drop_callees(
    board: Switchboard, dialing: Dialing, cause: str, besides: Leg | None = None
) -> Effects:
    effects: Effects = []
    for leg in callees(board, dialing):
        if leg is not besides:
            effects += board.hang_up(leg, cause)
    dialing.asked = [leg for leg in dialing.asked if leg in board.tables.legs]
    return effects


def hung_up_with_knocker(board: Switchboard, dialing: Dialing, leg: Leg) -> Effects:
    """Who talked hangs up while somebody knocks: the telephone rings with him."""
    caller = board.tables.legs[dialing.caller]
    effects = board.stop_knocking(dialing)
    rung, cause = ringing.ring_number(board, dialing, board.tables.calls[caller.call], leg.party)
    return effects + rung + ([] if rung else _one_less(board, dialing, cause))
