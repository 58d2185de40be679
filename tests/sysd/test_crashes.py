"""The disk under sysd fails at every write point: what was confirmed is in force, and whole."""

from __future__ import annotations

import shutil
from pathlib import Path

import apsw
import pytest

from firmware.api.noticeboard import Notices
from firmware.store import applied
from firmware.store.database import NOT_SAVED
from firmware.store.secrets import digest
from firmware.store.settings import Config
from firmware.sysd.configuration import Configuration
from tests.doubles.faults import Disk, Fault, Say, at_every_point
from tests.store.samples import GROUND, SMALL

LETHAL: list[Fault] = ["kill", "torn", "power"]
FAILING: list[Fault] = ["full", "error", "read-only"]


def text(number: int) -> str:
    """Configuration `number`: its name and its password tell which one it is."""
    named = SMALL.replace("Workshop", f"Number {number}")
    return named.replace('number = "201"', f'number = "201"\npassword = "word-number-{number}"')


def begin(state: Path) -> tuple[Configuration, Notices]:
    notices = Notices(lambda _: None)
    configuration = Configuration(state, GROUND.ports, notices)
    configuration.settle(SMALL, None)
    return configuration, notices


def change(configuration: Configuration, number: int, confirm_within: int = 0) -> None:
    config = configuration.read(text(number))
    assert isinstance(config, Config)
    configuration.apply(config, "ann", "", confirm_within)


def administrate(state: Path, say: Say) -> None:
    configuration, _ = begin(state)
    say("0")
    for number in (1, 2):
        change(configuration, number)
        say(str(number))
    change(configuration, 3, confirm_within=60)
    say("3")
    configuration.undo()
    say("2 again")


def number_in_force(state: Path) -> int:
    """Which configuration callproc would start with; its parts must belong together."""
    current = applied.read_current(state / "applied")
    name = current.site.extensions["102"].name
    number = int(name.removeprefix("Number ")) if name.startswith("Number") else 0
    word = (digest("201", f"word-number-{number}"),) if number else ()
    assert current.credentials == word
    return number


@pytest.mark.parametrize("fault", LETHAL)
def test_what_was_confirmed_is_in_force_after_a_crash(tmp_path: Path, fault: Fault) -> None:
    points = 0
    for at, state, said in at_every_point(administrate, fault, tmp_path):
        points = at
        confirmed = [0, 1, 2, 3, 2][len(said) - 1] if said else None
        if confirmed is not None:
            number_in_force(state)  # callproc can start before sysd is back
        begin(state)
        found = number_in_force(state)
        following = [0, 1, 2, 3, 2, 2][len(said)]
        assert found in (confirmed, following), f"at point {at}: {said}"
        shutil.rmtree(state)
    assert points > 60


@pytest.mark.parametrize("fault", FAILING)
def test_a_disk_that_fails_changes_nothing_and_is_noticed(tmp_path: Path, fault: Fault) -> None:
    """At every write point of one change: refused or done, never half, and calls go on."""
    at, refused, complete = 0, 0, False
    while not complete:
        at += 1
        state = tmp_path / f"{at}"
        configuration, notices = begin(state)
        change(configuration, 1)
        disk = Disk(at, fault, root=state).install()
        try:
            change(configuration, 2)
            complete = disk.points < at
            assert complete or number_in_force(state) in (1, 2)
        except NOT_SAVED:
            refused += 1
            assert number_in_force(state) == 1
            assert configuration.version == 2
            codes = {notice.code for notice in notices.now()}
            assert codes & {"disk-full", "read-only", "disk-error"}
        finally:
            disk.heal()
            disk.remove()
        configuration.apply_again()
        assert number_in_force(state) in (1, 2)
        change(configuration, 3)
        assert number_in_force(state) == 3
        assert notices.now() == ()
        shutil.rmtree(state)
    assert refused > 5


def test_config_db_fails_right_after_secrets_db_was_committed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configuration, notices = begin(tmp_path)
    change(configuration, 1)

    def fail(*_: object) -> None:
        raise apsw.FullError("database or disk is full")

    monkeypatch.setattr(configuration.store, "add", fail)
    with pytest.raises(apsw.FullError):
        change(configuration, 2)
    monkeypatch.undo()
    assert [notice.code for notice in notices.now()] == ["disk-full"]
    assert number_in_force(tmp_path) == 1
    for each in (configuration, begin(tmp_path)[0]):  # as it is, and after a restart
        each.apply_again()
        assert number_in_force(tmp_path) == 1
    config = configuration.read(text(1).replace("Number 1", "Number 1 "))
    assert isinstance(config, Config)
    configuration.apply(config, "ann", "the same password typed again, another name")
    assert applied.read_current(tmp_path / "applied").credentials == (
        digest("201", "word-number-1"),
    )


@pytest.mark.parametrize("harm", [b"", b"garbage" * 1000])
def test_a_damaged_config_db_goes_on_from_the_applied_text(tmp_path: Path, harm: bytes) -> None:
    change(begin(tmp_path)[0], 1)
    for suffix in ("-wal", "-shm"):
        (tmp_path / f"config.db{suffix}").unlink(missing_ok=True)
    (tmp_path / "config.db").write_bytes(harm or b"SQLite format 3\0" + bytes(2000))
    configuration, notices = begin(tmp_path)
    assert [(notice.code, notice.about) for notice in notices.now()] == [("damaged", "config.db")]
    assert number_in_force(tmp_path) == 1
    assert configuration.version == 3
    assert list(tmp_path.glob("config.db.damaged-*"))


def test_a_damaged_secrets_db_goes_on_from_what_is_in_force(tmp_path: Path) -> None:
    change(begin(tmp_path)[0], 1)
    for suffix in ("-wal", "-shm"):
        (tmp_path / f"secrets.db{suffix}").unlink(missing_ok=True)
    (tmp_path / "secrets.db").write_bytes(b"garbage" * 1000)
    configuration, notices = begin(tmp_path)
    assert [(notice.code, notice.about) for notice in notices.now()] == [("damaged", "secrets.db")]
    assert number_in_force(tmp_path) == 1
    change(configuration, 2)
    assert number_in_force(tmp_path) == 2
