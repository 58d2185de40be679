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


PHONE = ("extension", "201", "password")
CARRIER = ("trunk", "Tel", "password")
ONE = "CREATE TABLE things (name TEXT NOT NULL) STRICT;"
TWO = "ALTER TABLE things ADD COLUMN price INTEGER NOT NULL DEFAULT 7;"


# -- safety ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", ["config", "secrets", "calls"])
def test_every_database_is_safe_from_power_cuts(tmp_path: Path, kind: str) -> None:
    database = open_database(tmp_path / "x.db", kind)
    assert database.pragma("journal_mode") == "wal"
    assert database.pragma("synchronous") == 2  # FULL
    assert database.pragma("foreign_keys") == 1
    assert database.pragma("user_version") == len(list(SCHEMAS.glob(f"{kind}-????.sql")))


def test_only_its_owner_can_read_it(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        store = Secrets(tmp_path / "secrets.db")
        store.keep({PHONE: "some-word-1"}, 1)
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
        store.add(Version(1, 0, "eve", "", "other"), (), b"mark")
    assert store.current() == Version(1, 0, "ann", "", "text")
    assert store.supplied() == b""


# -- secrets.db ------------------------------------------------------------------------------------
def test_a_password_is_kept_as_both_digests_and_never_itself(tmp_path: Path) -> None:
    store = Secrets(tmp_path / "secrets.db")
    store.keep({PHONE: "open-Sesame7"}, 1)
    clear = b"201:hookswitch:open-Sesame7"
    expected = ("201", hashlib.md5(clear).hexdigest(), hashlib.sha256(clear).hexdigest())
    assert store.credentials(1) == {"201": expected}
    assert digest("201", "open-Sesame7") == expected
    store.close()
    assert all(b"open-Sesame7" not in path.read_bytes() for path in tmp_path.iterdir())


def test_a_secret_counts_from_its_version_on(tmp_path: Path) -> None:
    store = Secrets(tmp_path / "secrets.db")
    store.keep({PHONE: "first-word-1"}, 1)
    store.keep({PHONE: "other-word-2"}, 2)
    assert store.credentials(1) == {"201": digest("201", "first-word-1")}
    assert store.credentials(2) == {"201": digest("201", "other-word-2")}
    store.keep({}, 2)  # version 2 never came about; another one takes its number
    assert store.credentials(2) == {"201": digest("201", "first-word-1")}
    assert store.names(0) == frozenset()


def test_an_apply_is_undone_with_its_secrets(tmp_path: Path) -> None:
    store = Secrets(tmp_path / "secrets.db")
    store.keep({PHONE: "first-word-1", CARRIER: "carrier word"}, 1)
    store.keep({PHONE: "other-word-2"}, 2)
    store.keep_again(1, 3)
    assert store.credentials(3) == {"201": digest("201", "first-word-1")}
    assert store.opened("trunk", 3) == {"Tel": "carrier word"}


def test_only_a_few_former_passwords_are_kept(tmp_path: Path) -> None:
    store = Secrets(tmp_path / "secrets.db")
    for version in range(1, 9):
        store.keep({PHONE: f"word-number-{version}"}, version)
    assert store.credentials(5) == {}
    assert store.credentials(6) == {"201": digest("201", "word-number-6")}


def test_what_a_carrier_wants_to_hear_is_sealed(tmp_path: Path) -> None:
    store = Secrets(tmp_path / "secrets.db")
    store.keep({CARRIER: "wörter 密码"}, 1)
    assert store.opened("trunk", 1) == {"Tel": "wörter 密码"}
    store.close()
    for path in tmp_path.iterdir():
        assert "wörter".encode() not in path.read_bytes()
    assert stat.S_IMODE((tmp_path / "secrets.key").stat().st_mode) == 0o600
    (tmp_path / "secrets.key").unlink()
    with pytest.raises(StoreError, match="another key"):
        Secrets(tmp_path / "secrets.db").opened("trunk", 1)


def test_passwords_of_the_first_form_are_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "secrets.db"
    old = schemas(tmp_path / "old")
    (old / "secrets-0001.sql").write_text((SCHEMAS / "secrets-0001.sql").read_text())
    database = open_database(path, "secrets", old)
    credential = digest("201", "open-Sesame7")
    database.execute("INSERT INTO digests VALUES (?, ?, ?)", credential)
    database.close()
    assert Secrets(path).credentials(1) == {"201": credential}
    back = open_database(path, "secrets", old)  # the older firmware again
    assert list(back.execute("SELECT * FROM digests")) == [credential]
    assert back.pragma("user_version") == 1
    back.close()
    assert Secrets(path).credentials(1) == {"201": credential}


def test_versions_of_the_first_form_are_taken_over_and_carried_back(tmp_path: Path) -> None:
    path = tmp_path / "config.db"
    old = schemas(tmp_path / "old")
    (old / "config-0001.sql").write_text((SCHEMAS / "config-0001.sql").read_text())
    database = open_database(path, "config", old)
    database.execute("INSERT INTO versions VALUES (1, 5, 'ann', 'why', 'text 1')")
    database.close()
    store = ConfigStore(path)
    assert store.current() == Version(1, 5, "ann", "why", "text 1")
    for number in range(2, 15):
        store.add(Version(number, 5, "bob", "", f"text {number}"))
    assert [each.text for each in store.history(20)] == [f"text {n}" for n in range(14, 0, -1)]
    store.close()
    back = open_database(path, "config", old)
    rows = list(back.execute("SELECT id, text FROM versions ORDER BY id DESC"))
    assert rows[0] == (14, "text 14")
    assert len(rows) == 10
    back.close()


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
