"""What users set: what may be stored, and that nothing else is believed."""

from __future__ import annotations

import msgspec
import pytest

from firmware.core import userstate as us

GOOD: list[tuple[str, us.Value]] = [
    ("forward.101", us.Forwards(always=us.Forward("985337106"), busy=us.Forward("102", on=False))),
    ("follow.101", us.FollowMe((us.FollowStep("102"), us.FollowStep("913800001111", 5_000)))),
    ("dnd.101", us.Dnd("external", 22 * 60, 7 * 60)),
    ("busy.101", us.AgentBusy("lunch")),
    ("lists.101", us.Lists((us.ListRule("black", "in", "0755.|13[89]."),))),
    ("blocked.13800001111", us.Blocked("code", "101")),
    ("marks.101", us.Marks(("13800001111",))),
    ("last.101", us.Last("102", "13800001111", "9110")),
    ("waiting.201", us.CallWaiting(False)),
    ("speed.101", us.SpeedDials({"12": "913800001111"})),
    ("day.box", us.DayNight("night")),
]

BAD = [
    ("forward.101", '{"always": {"to": "abc"}}'),
    ("forward.101", '{"sometimes": {"to": "102"}}'),
    ("forward.101", '{"always": {"to": ""}}'),
    ("forward.101", "{"),
    ("forward.101", "[]"),
    ("follow.101", '{"steps": [{"to": "102", "ring_ms": 0}]}'),
    ("dnd.101", '{"since": 60}'),
    ("dnd.101", '{"since": 60, "until": 1440}'),
    ("dnd.101", '{"calls": "some"}'),
    ("lists.101", '{"rules": [{"list": "grey", "direction": "in", "numbers": "1"}]}'),
    ("lists.101", '{"rules": [{"list": "black", "direction": "in", "numbers": "a b"}]}'),
    ("marks.101", '{"numbers": [' + ",".join(['"1"'] * 21) + "]}"),
    ("day.box", "{}"),
    ("colour.101", "{}"),
    ("dnd.", "{}"),
    ("dnd", "{}"),
    ("dnd.\n", "{}"),
    ("dnd." + "1" * 65, "{}"),
]


def test_every_kind_is_among_the_samples() -> None:
    assert {key.partition(".")[0] for key, _ in GOOD} == set(us.KINDS)


@pytest.mark.parametrize(("key", "value"), GOOD)
def test_ok__entry(key: str, value: us.Value) -> None:
    assert us.checked(key, us.encoded(value)) == value
    state = us.UserState()
    state.put(key, us.encoded(value))
    kind, _, subject = key.partition(".")
    assert getattr(state, kind) == {subject: value}
    again = msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=us.UserState)
    assert again == state, "a snapshot carries it"
    state.put(key, "")
    assert state == us.UserState()


@pytest.mark.parametrize(("key", "text"), BAD)
def test_fail__entry(key: str, text: str) -> None:
    assert us.checked(key, text) is None
    state = us.UserState(dnd={"101": us.Dnd()})
    state.put(key, text)
    assert state == us.UserState(dnd={"101": us.Dnd()})
