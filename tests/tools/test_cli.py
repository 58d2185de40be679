"""`hookswitch`: what it prints, for people in two languages and for programs; exit codes."""

from __future__ import annotations

import io
import json
from argparse import Namespace
from pathlib import Path

import pytest

from firmware.core.exchange import Exchange
from firmware.core.journal import Journal
from firmware.features import catalog
from firmware.routing.resolve import resolve
from firmware.tools.terminal import Terminal
from tests.sites import SMALL as SITE
from tests.store.samples import SMALL
from tests.tools.conftest import Hookswitch

COMMANDS_THAT_ASK = [
    ("status",),
    ("calls",),
    ("lines",),
    ("extensions",),
    ("extensions", "password", "201"),
    ("records",),
    ("state", "list"),
    ("state", "set", "dnd.101", "{}"),
    ("explain", "life-1"),
    ("dryrun", "101", "102"),
    ("journal", "save"),
    ("config", "show"),
    ("config", "history"),
    ("config", "rollback", "1"),
]


# -- exit codes and errors -------------------------------------------------------------------------
@pytest.mark.parametrize("command", COMMANDS_THAT_ASK, ids=" ".join)
def test_a_box_that_does_not_run_is_code_3(
    hookswitch: Hookswitch, command: tuple[str, ...]
) -> None:
    code, out, err = hookswitch(*command, "--lang", "en")
    assert (code, out) == (3, "")
    assert "hookswitch run" in err
    assert hookswitch(*command, "--lang", "zh")[2].endswith("请用 hookswitch run 启动\n")


@pytest.mark.parametrize(
    "words", [(), ("frobnicate",), ("config",), ("dryrun",), ("lines", "--bogus"), ("config", "p")]
)
def test_wrong_usage_is_code_2(hookswitch: Hookswitch, words: tuple[str, ...]) -> None:
    code, out, err = hookswitch(*words)
    assert (code, out) == (2, "")
    assert "--help" in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_help_needs_no_box(hookswitch: Hookswitch, lang: str) -> None:
    code, out, _ = hookswitch("--lang", lang, "--help")
    assert code == 0
    assert ("配置" in out) == (lang == "zh")


# -- config ----------------------------------------------------------------------------------------
@pytest.mark.usefixtures("sysd")
def test_plan_apply_history_rollback(hookswitch: Hookswitch, tmp_path: Path) -> None:
    file = tmp_path / "house.toml"
    file.write_text(SMALL.replace("Workshop", "Garage"))
    words = "  extension 102: name changes from Workshop to Garage\n"
    assert hookswitch("config", "plan", str(file), "--lang", "en") == (
        0,
        "It would change:\n" + words,
        "",
    )
    code, out, _ = hookswitch("config", "apply", str(file), "--why", "moved", "--lang", "en")
    assert (code, out) == (0, "Version 2 is in force:\n" + words)
    assert 'name = "Garage"' in hookswitch("config", "show")[1]
    assert 'name = "Workshop"' in hookswitch("config", "show", "1")[1]
    versions = json.loads(hookswitch("config", "history", "--json")[1])
    assert [(each["version"], each["why"]) for each in versions] == [
        (2, "moved"),
        (1, "first start"),
    ]
    assert "moved" in hookswitch("config", "history")[1]
    assert hookswitch("config", "rollback", "1", "--lang", "zh")[1].startswith("版本 3 已生效")
    code, _, err = hookswitch("config", "rollback", "9", "--lang", "zh")
    assert (code, err) == (1, "没有这个版本。请看：hookswitch config history\n")


@pytest.mark.usefixtures("sysd")
def test_mistakes_are_code_1_and_named(hookswitch: Hookswitch, tmp_path: Path) -> None:
    file = tmp_path / "house.toml"
    file.write_text("[site]\nnmae = 'x'\nattendant = '1'\n")
    for verb in ("plan", "apply"):
        code, out, err = hookswitch("config", verb, str(file), "--lang", "en")
        assert (code, out) == (1, "")
        assert "line 2, site" in err
        assert "line 3, site" in err
    code, out, _ = hookswitch("config", "plan", str(file), "--json")
    assert code == 1
    assert [each["line"] for each in json.loads(out)["mistakes"]] == [2, 3]


@pytest.mark.usefixtures("sysd")
def test_standard_input_is_a_file_too(
    hookswitch: Hookswitch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(SMALL))
    code, out, _ = hookswitch("config", "plan", "-", "--lang", "en")
    assert (code, out) == (0, "This text says what is in force already.\n")


def test_a_file_that_is_not_there(hookswitch: Hookswitch) -> None:
    code, _, err = hookswitch("config", "plan", "/nowhere/x.toml", "--lang", "en")
    assert (code, err) == (1, "/nowhere/x.toml cannot be read: No such file or directory.\n")


# -- passwords -------------------------------------------------------------------------------------
@pytest.mark.usefixtures("sysd")
def test_passwords(hookswitch: Hookswitch, monkeypatch: pytest.MonkeyPatch) -> None:
    code, out, _ = hookswitch("extensions", "password", "201", "--json")
    assert code == 0
    assert len(json.loads(out)["password"]) == 19
    monkeypatch.setattr("sys.stdin", io.StringIO("chosen-Word-9\n"))
    code, out, _ = hookswitch("extensions", "password", "202", "--stdin", "--lang", "en")
    assert (code, out) == (0, "Extension 202 has a new password.\n")
    monkeypatch.setattr("sys.stdin", io.StringIO("weak\n"))
    assert hookswitch("extensions", "password", "202", "--stdin")[0] == 1
    code, _, err = hookswitch("extensions", "password", "101", "--lang", "zh")
    assert (code, err) == (1, "这是模拟分机，不需要密码。\n")


# -- records ---------------------------------------------------------------------------------------
@pytest.mark.usefixtures("jobs")
def test_records_and_why(hookswitch: Hookswitch) -> None:
    code, out, _ = hookswitch("records", "--lang", "en")
    assert code == 0
    head, *rows = out.splitlines()
    assert head.split()[:5] == ["Call", "Since", "Type", "Caller", "Called"]
    assert [row.split()[0] for row in rows] == ["life-2", "life-1", "life-0"]
    assert "hung up" in rows[0]
    first = hookswitch("records", "--limit", "2", "--lang", "en")[1].splitlines()[-1]
    before = first.removeprefix("Older ones: --before ")
    page = json.loads(hookswitch("records", "--before", before, "--json")[1])
    assert [call["call"] for call in page["calls"]] == ["life-0"]
    code, out, _ = hookswitch("explain", "life-1", "--lang", "zh")
    assert code == 0
    assert "102 是分机号码" in out
    assert hookswitch("explain", "life-9")[0] == 1
    assert hookswitch("records", "--before", "x")[0] == 1


# -- live ------------------------------------------------------------------------------------------
@pytest.mark.usefixtures("call_process")
@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("lines", ["FXS", "空闲", "101"]),
        ("extensions", ["办公室", "振铃", "2"]),
        ("calls", ["life-7", "通话", "呼出", "912345"]),
        ("status", ["0.1.0", "127.0.0.1:5060"]),
    ],
)
def test_tables_and_json(hookswitch: Hookswitch, command: str, words: list[str]) -> None:
    code, out, _ = hookswitch(command, "--lang", "zh")
    assert code == 0
    for word in words:
        assert word in out
    assert hookswitch("--json", command)[0] == 0
    assert json.loads(hookswitch(command, "--json")[1])


@pytest.mark.usefixtures("call_process")
def test_dry_run(hookswitch: Hookswitch) -> None:
    code, out, _ = hookswitch("dryrun", "line:5", "102", "--lang", "en")
    assert (code, out.splitlines()[0]) == (0, "It would ring line 5>102.")
    code, out, _ = hookswitch("dryrun", "101", "5", "--lang", "en")
    assert (code, out.splitlines()[0]) == (1, "It would be refused: no such number.")
    assert hookswitch("dryrun", "999", "5")[0] == 1
    view = json.loads(
        hookswitch("dryrun", "101", "2", "--at", "2026-05-01T09:30+08:00", "--json")[1]
    )
    assert view["trail"][0]["detail"] == "1777599000000"
    code, _, err = hookswitch("dryrun", "101", "2", "--at", "noon", "--lang", "en")
    assert code == 1
    assert "2026-05-01T09:30" in err


# -- journals --------------------------------------------------------------------------------------
def test_replay(hookswitch: Hookswitch, tmp_path: Path) -> None:
    journal = Journal(Exchange(SITE, resolve, catalog.FEATURES))
    path = tmp_path / "a.journal"
    path.write_bytes(journal.dump())
    code, out, _ = hookswitch("replay", str(path), "--json")
    assert (code, json.loads(out)) == (0, {"same": True, "events": 0, "segments": 1})
    path.write_bytes(b"\x93rubbish")
    code, _, err = hookswitch("replay", str(path), "--lang", "en")
    assert (code, err) == (1, f"{path} is not a journal of this firmware.\n")
    assert hookswitch("replay", str(tmp_path / "none"))[0] == 1


def test_hostile_names_do_not_reach_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    terminal = Terminal(Namespace(lang="en", json=False))
    terminal.table(("col-name",), [["\x1b[2Jevil\r\n\u202e"]])
    assert capsys.readouterr().out == "Name\n?[2Jevil???\n"
