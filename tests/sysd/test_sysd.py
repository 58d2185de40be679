"""sysd over its socket: show, plan, apply, history, rollback, passwords, and how it starts."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import msgspec
import pytest

from firmware.api import sysd as api
from firmware.store import applied
from firmware.store.applied import Applied
from firmware.store.database import StoreError
from firmware.store.secrets import Secrets
from firmware.sysd.process import Sysd
from firmware.wire.client import Remote
from firmware.wire.frames import Ask, News, Refused
from firmware.wire.loop import Loop
from tests.store.samples import GROUND, SMALL
from tests.wire.driving import Box, answer_of, drive

R = TypeVar("R")
RENAMED = SMALL.replace('name = "Workshop"', 'name = "Garage"')
MORE = SMALL + '\n[[extension]]\nnumber = "203"\nsip = true\npassword = "typed-Word-7"\n'


class Desk:
    """sysd on a loop of ours, and an administrator who asks it."""

    def __init__(self, state: Path, config: Path | None = None, factory: str = SMALL) -> None:
        (state / "run").mkdir(parents=True, exist_ok=True)
        self.state = state
        self.loop = Loop()
        self.sysd = Sysd(self.loop, state, GROUND.ports, factory, config)
        self.news: Box[News] = Box()
        self.remote = Remote(self.loop, state / "run" / "sysd.sock", on_news=self.news)
        drive(self.loop, lambda: self.news.all)

    def ask(self, question: Ask[R]) -> R:
        answer: R | Refused = answer_of(self.loop, lambda then: self.remote.ask(question, then))
        if isinstance(answer, Refused):
            raise answer
        return answer

    def apply(self, text: str) -> api.ApplyView:
        return self.ask(api.ApplyConfig(text, "ann", "because"))

    def in_force(self) -> Applied:
        return applied.read_current(self.state / "applied")

    def announced(self) -> list[int]:
        return [
            msgspec.json.decode(news.body, type=api.SiteApplied).version for news in self.news.all
        ]

    def words(self, changes: tuple[api.ChangeView, ...]) -> list[str]:
        return [change.words for change in changes]


@contextmanager
def running(state: Path, config: Path | None = None) -> Iterator[Desk]:
    desk = Desk(state, config)
    yield desk
    desk.remote.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with running(tmp_path) as desk:
        yield desk


def sha(number: str, password: str) -> str:
    return hashlib.sha256(f"{number}:hookswitch:{password}".encode()).hexdigest()


# -- start -----------------------------------------------------------------------------------------
def test_an_empty_box_begins_with_the_factory_text(desk: Desk) -> None:
    assert desk.announced() == [1]
    assert set(desk.in_force().site.extensions) == {"101", "102", "201", "202"}
    assert desk.in_force().credentials == ()  # no default password
    history = desk.ask(api.ConfigHistory())
    assert [(version.who, version.why) for version in history] == [("factory", "first start")]


def test_started_again_it_goes_on_where_it_was(tmp_path: Path) -> None:
    with running(tmp_path) as desk:
        desk.apply(RENAMED)
    with running(tmp_path) as desk:
        assert desk.announced() == [2]
        assert desk.in_force().site.extensions["102"].name == "Garage"


def test_a_file_counts_once(tmp_path: Path) -> None:
    file = tmp_path / "house.toml"
    file.write_text(RENAMED)
    with running(tmp_path, file) as desk:
        assert desk.in_force().site.extensions["102"].name == "Garage"
        desk.apply(SMALL)  # an administrator decides otherwise
    with running(tmp_path, file) as desk:
        assert desk.in_force().site.extensions["102"].name == "Workshop"
    file.write_text(RENAMED + "# a new thought\n")
    with running(tmp_path, file) as desk:
        assert desk.in_force().site.extensions["102"].name == "Garage"
        assert desk.ask(api.ConfigHistory())[0].who == "file"


@pytest.mark.parametrize("content", ["rubbish", "[site]\nattendant = '999'\n", "\x00"])
def test_a_file_with_mistakes_changes_nothing(tmp_path: Path, content: str) -> None:
    file = tmp_path / "house.toml"
    file.write_text(content)
    with running(tmp_path, file) as desk:
        assert desk.announced() == [1]
    with running(tmp_path, tmp_path / "nowhere.toml") as desk:
        assert desk.announced() == [1]


def test_a_typed_password_does_not_lie_about(tmp_path: Path) -> None:
    file = tmp_path / "house.toml"
    file.write_text(MORE)
    with running(tmp_path, file) as desk:
        assert desk.in_force().credentials[0][2] == sha("203", "typed-Word-7")
        assert "(kept)" in desk.ask(api.ShowConfig()).text
        desk.ask(api.SetPassword("203", "other-Word-8", "ann"))
    file.unlink()
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or b"typed-Word" not in path.read_bytes(), path


@pytest.mark.parametrize("harm", [lambda path: path.unlink(), lambda path: path.write_bytes(b"x")])
def test_a_lost_applied_file_is_written_again(tmp_path: Path, harm: Callable[[Path], None]) -> None:
    with running(tmp_path) as desk:
        desk.apply(MORE)
        before = desk.in_force()
    harm(tmp_path / "applied" / "site-2.msgpack")
    with running(tmp_path) as desk:
        assert desk.in_force() == before


def test_a_factory_text_that_does_not_fit_the_board_stops_it(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no port 99"):
        Desk(tmp_path, factory='[[extension]]\nnumber = "101"\nport = 99\n')


# -- show and plan ---------------------------------------------------------------------------------
def test_the_text_shown_can_be_applied_as_it_is(desk: Desk) -> None:
    desk.ask(api.SetPassword("201", None, "ann"))
    shown = desk.ask(api.ShowConfig())
    assert shown.version == 2
    plan = desk.ask(api.PlanConfig(shown.text))
    assert (plan.mistakes, plan.changes) == ((), ())
    assert desk.apply(shown.text).version == 2  # nothing changed: no new version


def test_old_versions_and_other_languages(desk: Desk) -> None:
    desk.apply(RENAMED)
    assert "Workshop" in desk.ask(api.ShowConfig(version=1)).text
    assert "外线" in desk.ask(api.ShowConfig(lang="zh")).text
    with pytest.raises(Refused, match="no version 7"):
        desk.ask(api.ShowConfig(version=7))


def test_a_plan_tells_and_does_nothing(desk: Desk) -> None:
    plan = desk.ask(api.PlanConfig(RENAMED))
    assert desk.words(plan.changes) == ["extension 102: name changes from Workshop to Garage"]
    plan = desk.ask(api.PlanConfig(RENAMED, "zh"))
    assert desk.words(plan.changes) == ["extension 102：name 由 Workshop 改为 Garage"]
    plan = desk.ask(api.PlanConfig("[site]\nnmae = 1\n[[line]]\nport = 1\n"))
    assert [mistake.line for mistake in plan.mistakes] == [2]
    assert desk.announced() == [1]


# -- apply -----------------------------------------------------------------------------------------
def test_apply_is_written_announced_and_in_the_history(desk: Desk) -> None:
    view = desk.apply(MORE)
    assert (view.version, view.mistakes) == (2, ())
    words = ["extension 203 is added", "extension 203 gets a new password"]
    assert desk.words(view.changes) == words
    drive(desk.loop, lambda: desk.announced() == [1, 2])
    assert desk.in_force().site.version == 2
    newest = desk.ask(api.ConfigHistory(limit=1))[0]
    assert (newest.version, newest.who, newest.why) == (2, "ann", "because")
    assert desk.words(newest.changes) == words


def test_mistakes_change_nothing(desk: Desk) -> None:
    before = desk.in_force()
    view = desk.apply(SMALL.replace('number = "101"', 'number = "110"'))
    assert [mistake.code for mistake in view.mistakes] == ["not-there", "emergency"]
    assert view.version == 1
    assert desk.in_force() == before
    assert len(desk.ask(api.ConfigHistory())) == 1


def test_a_disk_that_is_full_changes_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    before = desk.in_force()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(applied.os, "fsync", full)  # type: ignore[attr-defined]
    with pytest.raises(Refused) as refused:
        desk.apply(MORE)
    assert refused.value.code == "not-saved"
    monkeypatch.undo()
    assert desk.in_force() == before
    assert desk.ask(api.ShowConfig()).version == 1
    with pytest.raises(Refused, match="no version"):
        desk.ask(api.ShowConfig(version=2))
    assert desk.apply(MORE).version == 2


def test_rollback_is_a_new_version_with_the_old_text(desk: Desk) -> None:
    first = desk.ask(api.ShowConfig()).text
    desk.apply(MORE)
    view = desk.ask(api.RollbackConfig(1, "bob"))
    assert view.version == 3
    assert desk.words(view.changes) == ["extension 203 is removed"]
    assert desk.ask(api.ShowConfig()).text == first
    assert desk.in_force().credentials == ()
    again = desk.ask(api.RollbackConfig(2, "bob"))  # the password is found again
    assert again.version == 4
    assert desk.in_force().credentials[0][2] == sha("203", "typed-Word-7")


# -- passwords -------------------------------------------------------------------------------------
def test_a_password_is_made_up_and_told_once(desk: Desk) -> None:
    view = desk.ask(api.SetPassword("201", None, "ann"))
    assert view.password
    assert desk.in_force().credentials == (
        (
            "201",
            hashlib.md5(f"201:hookswitch:{view.password}".encode()).hexdigest(),
            sha("201", view.password),
        ),
    )
    drive(desk.loop, lambda: desk.announced() == [1, 2])
    again = desk.ask(api.SetPassword("201", None, "ann"))
    assert again.password != view.password
    assert again.version == 3


def test_a_password_may_be_chosen(desk: Desk) -> None:
    view = desk.ask(api.SetPassword("202", "chosen-Word-9", "ann"))
    assert view.password is None
    assert desk.in_force().credentials[0][2] == sha("202", "chosen-Word-9")


@pytest.mark.parametrize(
    ("number", "password", "code"),
    [
        ("999", None, "no-such-extension"),
        ("101", None, "not-sip"),
        ("201", "short", "weak-password"),
        ("201", "", "weak-password"),
        ("201", "(kept)", "weak-password"),
        ("201", "ab-201-x", "weak-password"),
        ("201", "密码密码密码密码1a", "weak-password"),
    ],
)
def test_fail__password(desk: Desk, number: str, password: str | None, code: str) -> None:
    with pytest.raises(Refused) as refused:
        desk.ask(api.SetPassword(number, password, "ann"))
    assert refused.value.code == code
    assert desk.ask(api.ShowConfig()).version == 1


# -- the set-up code -------------------------------------------------------------------------------
def test_the_set_up_code_is_for_root_and_survives_a_restart(tmp_path: Path) -> None:
    with running(tmp_path):
        path = tmp_path / "run" / "setup-code"
        code = path.read_text().strip()
        assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    with running(tmp_path):
        assert path.read_text().strip() == code
    assert Secrets(tmp_path / "secrets.db").is_code("set-up", code)
    path.unlink()  # a power cut
    with running(tmp_path):
        fresh = path.read_text().strip()
    assert fresh != code
    assert not Secrets(tmp_path / "secrets.db").is_code("set-up", code)
