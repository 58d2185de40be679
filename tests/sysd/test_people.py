"""Signing in over sysd's socket: set-up code, passwords, limits, sessions, users."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from firmware.api import users as api
from firmware.store.users import Users
from firmware.sysd import limits
from firmware.wire.frames import Ask, Refused
from tests.sysd.test_sysd import Desk, running

GOOD = "lantern-7-Quay"
HOME, AWAY = "192.0.2.10", "198.51.100.7"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with running(tmp_path) as desk:
        yield desk


def code(desk: Desk) -> str:
    return (desk.state / "run" / "setup-code").read_text().strip()


def set_up(desk: Desk, account: str = "admin") -> api.SignedIn:
    return desk.ask(api.SetUp(code(desk), account, GOOD, HOME))


def refusal(desk: Desk, question: Ask[Any]) -> Refused:
    with pytest.raises(Refused) as caught:
        desk.ask(question)
    return caught.value


def sign_in(account: str, password: str, address: str = HOME) -> api.SignIn:
    return api.SignIn(account, password, address)


# -- first start -----------------------------------------------------------------------------------
@pytest.mark.req("USR-01")
def test_the_set_up_code_makes_the_first_administrator_once(desk: Desk) -> None:
    assert desk.ask(api.ShowSetUp())
    clear = code(desk)
    signed = set_up(desk)
    assert (signed.session.account, signed.session.role) == ("admin", "administrator")
    assert not desk.ask(api.ShowSetUp())
    assert not (desk.state / "run" / "setup-code").exists()
    again = refusal(desk, api.SetUp(clear, "eve", GOOD, HOME))
    assert again.code == "done"


@pytest.mark.req("USR-01")
def test_no_factory_password_works_and_the_user_is_told(desk: Desk) -> None:
    set_up(desk)
    for password in ("123456", "admin"):
        told = refusal(desk, api.SignIn("admin", password, HOME, lang="zh"))
        assert told.code == "factory-password"
        assert f"admin / {password}" in told.text
        assert "出厂密码" in told.text


@pytest.mark.parametrize("password", ["123456", "admin", "short-7", "Admin", "aaaaaaaaaa", ""])
def test_a_weak_password_is_refused_at_set_up(desk: Desk, password: str) -> None:
    assert refusal(desk, api.SetUp(code(desk), "admin", password, HOME)).code == "weak-password"
    assert desk.ask(api.ShowSetUp())


def test_wrong_codes_have_to_pause(desk: Desk) -> None:
    for _ in range(limits.TRIES):
        assert refusal(desk, api.SetUp("AAAA-BBBB-CCCC", "eve", GOOD, AWAY)).code == "wrong-code"
    assert refusal(desk, api.SetUp(code(desk), "eve", GOOD, AWAY)).code == "paused"
    assert set_up(desk).session.account == "admin"  # who stands at the box is not held up


def test_a_code_survives_a_restart_while_there_is_no_administrator(tmp_path: Path) -> None:
    with running(tmp_path) as desk:
        before = code(desk)
    with running(tmp_path) as desk:
        assert code(desk) == before
        set_up(desk)
    with running(tmp_path) as desk:
        assert not (tmp_path / "run" / "setup-code").exists()
        assert desk.ask(sign_in("admin", GOOD)).session.account == "admin"


# -- signing in ------------------------------------------------------------------------------------
def test_a_session_lives_over_a_restart_and_ends_with_sign_out(tmp_path: Path) -> None:
    with running(tmp_path) as desk:
        token = set_up(desk).token
    with running(tmp_path) as desk:
        assert desk.ask(api.ShowSession(token)).account == "admin"
        desk.ask(api.SignOut(token))
        assert refusal(desk, api.ShowSession(token)).code == "no-session"


def test_the_file_opens_no_session(desk: Desk) -> None:
    token = set_up(desk).token
    stored = (desk.state / "users.db").read_bytes() + (desk.state / "users.db-wal").read_bytes()
    assert token.encode() not in stored
    assert GOOD.encode() not in stored


@pytest.mark.req("USR-X1")
def test_five_wrong_passwords_make_an_address_pause(desk: Desk) -> None:
    set_up(desk)
    left = [refusal(desk, sign_in("admin", f"wrong-{n}", AWAY)) for n in range(limits.TRIES)]
    assert [told.code for told in left] == ["wrong"] * limits.TRIES
    assert "4 tries left" in left[0].text
    assert refusal(desk, sign_in("admin", GOOD, AWAY)).code == "paused"
    assert desk.ask(sign_in("admin", GOOD, HOME))


def test_strangers_cannot_lock_the_operator_out(desk: Desk) -> None:
    set_up(desk)
    desk.ask(sign_in("admin", GOOD, HOME))
    for number in range(limits.STRANGERS):
        refusal(desk, sign_in("admin", "wrong", f"203.0.113.{number}"))
    assert refusal(desk, sign_in("admin", GOOD, "203.0.113.200")).code == "paused"
    assert desk.ask(sign_in("admin", GOOD, HOME)).session.account == "admin"


def test_the_sign_in_log_tells_who_tried(desk: Desk) -> None:
    token = set_up(desk).token
    refusal(desk, sign_in("admin", "wrong", AWAY))
    refusal(desk, sign_in("nobody", "wrong", AWAY))
    log = desk.ask(api.ShowSignIns(token))
    assert [(entry.account, entry.address, entry.outcome) for entry in log] == [
        ("nobody", AWAY, "wrong"),
        ("admin", AWAY, "wrong"),
        ("admin", HOME, "in"),
    ]


# -- users -----------------------------------------------------------------------------------------
def test_an_operator_may_not_do_what_an_administrator_may(desk: Desk) -> None:
    admin = set_up(desk).token
    desk.ask(api.AddUser(admin, "ann", GOOD, "operator", name="安"))
    ann = desk.ask(sign_in("ann", GOOD)).token
    forbidden: list[Ask[Any]] = [
        api.ShowUsers(ann),
        api.AddUser(ann, "eve", GOOD, "administrator"),
        api.ChangeUser(ann, "ann", role="administrator"),
        api.RemoveUser(ann, "admin"),
        api.ChangePassword(ann, "admin", "", GOOD),
        api.ShowSignIns(ann),
    ]
    assert {refusal(desk, question).code for question in forbidden} == {"forbidden"}
    assert [user.account for user in desk.ask(api.ShowUsers(admin))] == ["admin", "ann"]


def test_nobody_sees_or_ends_the_session_of_another(desk: Desk) -> None:
    admin = set_up(desk)
    desk.ask(api.AddUser(admin.token, "ann", GOOD, "operator"))
    ann = desk.ask(sign_in("ann", GOOD))
    assert [it.account for it in desk.ask(api.ShowSessions(ann.token))] == ["ann"]
    assert refusal(desk, api.EndSession(ann.token, admin.session.id)).code == "forbidden"
    seen = desk.ask(api.ShowSessions(admin.token))
    assert {it.account: bool(it.csrf) for it in seen} == {"admin": True, "ann": False}
    desk.ask(api.EndSession(admin.token, ann.session.id))
    assert refusal(desk, api.ShowSession(ann.token)).code == "no-session"


@pytest.mark.req("USR-08")
def test_a_disabled_user_is_out_at_once(desk: Desk) -> None:
    admin = set_up(desk).token
    desk.ask(api.AddUser(admin, "ann", GOOD, "operator"))
    ann = desk.ask(sign_in("ann", GOOD)).token
    desk.ask(api.ChangeUser(admin, "ann", enabled=False))
    assert refusal(desk, api.ShowSession(ann)).code == "no-session"
    assert refusal(desk, sign_in("ann", GOOD)).code == "wrong"
    desk.ask(api.ChangeUser(admin, "ann", enabled=True))
    assert desk.ask(sign_in("ann", GOOD))


@pytest.mark.req("ROL-04")
def test_there_is_always_an_administrator(desk: Desk) -> None:
    admin = set_up(desk).token
    questions: list[Ask[Any]] = [
        api.ChangeUser(admin, "admin", role="operator"),
        api.ChangeUser(admin, "admin", enabled=False),
        api.RemoveUser(admin, "admin"),
    ]
    assert {refusal(desk, it).code for it in questions} == {"last-administrator"}
    desk.ask(api.AddUser(admin, "bob", GOOD, "administrator"))
    desk.ask(api.RemoveUser(admin, "admin"))
    assert refusal(desk, api.ShowSession(admin)).code == "no-session"


@pytest.mark.req("USR-10")
def test_a_new_password_ends_all_other_sessions(desk: Desk) -> None:
    first = set_up(desk).token
    second = desk.ask(sign_in("admin", GOOD)).token
    wrong = refusal(desk, api.ChangePassword(second, "admin", "not-it-1", "harbour-9-Moon"))
    assert wrong.code == "wrong-old"
    desk.ask(api.ChangePassword(second, "admin", GOOD, "harbour-9-Moon"))
    assert desk.ask(api.ShowSession(second))
    assert refusal(desk, api.ShowSession(first)).code == "no-session"
    assert refusal(desk, sign_in("admin", GOOD)).code == "wrong"
    assert desk.ask(sign_in("admin", "harbour-9-Moon"))


def test_an_idle_session_is_over(tmp_path: Path) -> None:
    with running(tmp_path) as desk:
        token = set_up(desk).token
    users = Users(tmp_path / "users.db")
    users.touch(1, 0)
    users.close()
    with running(tmp_path) as desk:
        assert refusal(desk, api.ShowSession(token)).code == "no-session"


# -- the limits, pure ------------------------------------------------------------------------------
def test_pauses_grow_and_are_forgotten_after_an_hour() -> None:
    doors = limits.Limits()
    pauses = []
    now = 0.0
    for _ in range(limits.TRIES + 6):
        doors.wrong("admin", AWAY, now)
        pause = doors.pause("admin", AWAY, now)
        pauses.append(pause)
        now += pause
    assert pauses[: limits.TRIES - 1] == [0.0] * (limits.TRIES - 1)
    assert pauses[limits.TRIES - 1 :] == [30.0, 60.0, 120.0, 240.0, 480.0, 900.0, 900.0]
    now += limits.HOUR + 1
    assert doors.wrong("admin", AWAY, now) == limits.TRIES - 1


def test_the_memory_of_strangers_is_bounded() -> None:
    doors = limits.Limits()
    for number in range(3 * limits.REMEMBERED):
        doors.wrong(f"a{number}", f"b{number}", 0.0)
    assert len(doors._addresses) == len(doors._accounts) == limits.REMEMBERED
