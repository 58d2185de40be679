"""Databases: safe settings, numbered migrations, and what they refuse."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

import apsw
import pytest

from firmware.store.config import ConfigStore, Version
from firmware.store.database import SCHEMAS, StoreError, open_database, transaction
from firmware.store.secrets import Secrets, digest, make_code, make_password


def schemas(folder: Path, *steps: str) -> Path:
    folder.mkdir(exist_ok=True)
    for number, step in enumerate(steps, start=1):
        (folder / f"things-{number:04d}.sql").write_text(step)
    return folder


ONE = "CREATE TABLE things (name TEXT NOT NULL) STRICT;"
TWO = "ALTER TABLE things ADD COLUMN price INTEGER NOT NULL DEFAULT 7;"


# -- safety ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", ["config", "secrets", "calls"])
def test_every_database_is_safe_from_power_cuts(tmp_path: Path, kind: str) -> None:
    database = open_database(tmp_path / "x.db", kind)
    assert database.pragma("journal_mode") == "wal"
    assert database.pragma("synchronous") == 2  # FULL
    assert database.pragma("foreign_keys") == 1
    assert database.pragma("user_version") == len(list(SCHEMAS.glob(f"{kind}-*.sql")))


def test_only_its_owner_can_read_it(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        store = Secrets(tmp_path / "secrets.db")
        store.keep({"201": "some-word-1"})
    finally:
        os.umask(before)
    for path in tmp_path.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name
    store.close()


# -- migrations ------------------------------------------------------------------------------------
def test_a_database_is_brought_up_to_date_once(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    old = open_database(path, "things", schemas(tmp_path / "s", ONE))
    old.execute("INSERT INTO things VALUES ('lamp')")
    old.close()
    for _ in range(2):
        new = open_database(path, "things", schemas(tmp_path / "s", ONE, TWO))
        assert new.execute("SELECT * FROM things").fetchall() == [("lamp", 7)]
        assert new.pragma("user_version") == 2
        new.close()


def test_a_step_that_fails_leaves_everything_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    open_database(path, "things", schemas(tmp_path / "s", ONE)).close()
    broken = "ALTER TABLE things ADD COLUMN color TEXT; SELECT no_such_function();"
    with pytest.raises(apsw.SQLError):
        open_database(path, "things", schemas(tmp_path / "s", ONE, broken))
    again = open_database(path, "things", schemas(tmp_path / "t", ONE))
    assert again.pragma("user_version") == 1
    with pytest.raises(apsw.SQLError):
        again.execute("SELECT color FROM things")


def test_a_database_of_newer_firmware_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    open_database(path, "things", schemas(tmp_path / "s", ONE, TWO)).close()
    with pytest.raises(StoreError, match="newer firmware"):
        open_database(path, "things", schemas(tmp_path / "t", ONE))


def test_a_missing_step_is_noticed(tmp_path: Path) -> None:
    folder = schemas(tmp_path / "s", ONE, TWO)
    (folder / "things-0002.sql").rename(folder / "things-0003.sql")
    with pytest.raises(StoreError, match="not in order"):
        open_database(tmp_path / "x.db", "things", folder)


def test_a_transaction_is_all_or_nothing(tmp_path: Path) -> None:
    database = open_database(tmp_path / "x.db", "things", schemas(tmp_path / "s", ONE))

    def half_way() -> None:
        with transaction(database):
            database.execute("INSERT INTO things VALUES ('lamp')")
            raise KeyError("the other half")

    with pytest.raises(KeyError):
        half_way()
    assert database.execute("SELECT count(*) FROM things").get == 0
    assert not database.in_transaction


# -- config.db -------------------------------------------------------------------------------------
def test_versions_are_kept_with_who_and_why(tmp_path: Path) -> None:
    store = ConfigStore(tmp_path / "config.db")
    assert store.current() is None
    versions = [Version(n, 1000 * n, "ann", f"reason {n}", f"text {n}") for n in (1, 2, 3)]
    for version in versions:
        store.add(version)
    store.close()
    store = ConfigStore(tmp_path / "config.db")
    assert store.current() == versions[2]
    assert store.version(1) == versions[0]
    assert store.version(4) is None
    assert store.history(2) == [versions[2], versions[1]]


def test_a_version_is_never_written_over(tmp_path: Path) -> None:
    store = ConfigStore(tmp_path / "config.db")
    store.add(Version(1, 0, "ann", "", "text"))
    with pytest.raises(apsw.ConstraintError):
        store.add(Version(1, 0, "eve", "", "other"), b"mark")
    assert store.current() == Version(1, 0, "ann", "", "text")
    assert store.supplied() == b""


# -- secrets.db ------------------------------------------------------------------------------------
def test_a_password_is_kept_as_both_digests_and_never_itself(tmp_path: Path) -> None:
    store = Secrets(tmp_path / "secrets.db")
    store.keep({"201": "open-Sesame7"})
    clear = b"201:hookswitch:open-Sesame7"
    expected = ("201", hashlib.md5(clear).hexdigest(), hashlib.sha256(clear).hexdigest())
    assert store.kept() == {"201": expected}
    assert digest("201", "open-Sesame7") == expected
    store.close()
    assert all(b"open-Sesame7" not in path.read_bytes() for path in tmp_path.iterdir())


def test_a_code_is_known_by_its_hash_alone(tmp_path: Path) -> None:
    store = Secrets(tmp_path / "secrets.db")
    code = make_code()
    store.keep_code("set-up", code)
    assert store.is_code("set-up", code)
    assert store.is_code("set-up", f" {code.lower()} ")
    assert not store.is_code("set-up", make_code())
    assert not store.is_code("other", code)
    store.close()
    assert all(code.encode() not in path.read_bytes() for path in tmp_path.iterdir())


def test_marks_recognize_a_text_and_belong_to_one_box(tmp_path: Path) -> None:
    one, other = Secrets(tmp_path / "one.db"), Secrets(tmp_path / "other.db")
    assert one.mark("text") == one.mark("text")
    assert one.mark("text") != one.mark("text2")
    assert one.mark("text") != other.mark("text")


def test_passwords_that_are_made_up_are_strong_and_unlike() -> None:
    made = {make_password() for _ in range(200)}
    assert len(made) == 200
    for password in made:
        assert len(password) == 19
        assert any(map(str.isdigit, password))
        assert any(map(str.isalpha, password))
        assert any(letter in "-_$+!@#%.*" for letter in password)
