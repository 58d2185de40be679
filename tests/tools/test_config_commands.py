"""The commands around the configuration, and the manual that is made from the declarations."""

from __future__ import annotations

import io
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware.store.checks import Ground
from firmware.store.settings import Config
from firmware.store.site_text import read, read_old
from firmware.store.users import is_password
from firmware.sysd.process import Sysd
from firmware.tools import manual
from firmware.tools.cli import build_parser
from firmware.tools.completion import tree
from firmware.wire.loop import Loop
from firmware.wire.server import Handlers
from tests.store.samples import GROUND, SMALL
from tests.tools.conftest import Hookswitch
from tests.wire.driving import serving

DOCS = Path(__file__).resolve().parents[2] / "docs"
RENAMED = SMALL.replace("Workshop", "Garage")


@pytest.fixture(autouse=True)
def sysd(state: Path) -> Iterator[None]:
    def build(loop: Loop) -> tuple[Handlers, None]:
        return Sysd(loop, state, GROUND.ports, SMALL, None).handlers(), None

    with serving(state / "run" / "sysd.sock", build):
        yield


@pytest.fixture
def house(tmp_path: Path) -> str:
    file = tmp_path / "house.toml"
    file.write_text(RENAMED)
    return str(file)


# -- confirm within, rollback ----------------------------------------------------------------------
def test_apply_to_be_confirmed(hookswitch: Hookswitch, house: str) -> None:
    code, out, _ = hookswitch("config", "apply", house, "--confirm-within", "5m", "--lang", "en")
    assert code == 0
    assert "in 300 seconds" in out
    assert hookswitch("config", "confirm", "--lang", "zh") == (0, "版本 2 已确认保留。\n", "")
    code, _, err = hookswitch("config", "confirm", "--lang", "en")
    assert (code, err) == (1, "Nothing waits to be confirmed.\n")


@pytest.mark.parametrize("span", ["5", "m", "0s", "-1m", "5 m", "five"])
def test_fail__period(hookswitch: Hookswitch, house: str, span: str) -> None:
    code, _, err = hookswitch("config", "apply", house, f"--confirm-within={span}", "--lang", "en")
    assert code == 1
    assert "90s, 5m or 2h" in err


def test_back_by_version_and_date(hookswitch: Hookswitch, house: str) -> None:
    hookswitch("config", "apply", house)
    assert hookswitch("config", "rollback", "1", "--lang", "en")[1].startswith("Version 3")
    code, _, err = hookswitch("config", "rollback", "2001-01-01T00:00", "--lang", "en")
    assert (code, err) == (1, "There is no such version.  See: hookswitch config history\n")
    assert "2026-05-01" in hookswitch("config", "rollback", "yesterday", "--lang", "en")[2]


def test_a_plan_as_a_diff(hookswitch: Hookswitch, house: str) -> None:
    code, out, _ = hookswitch("config", "plan", house, "--diff")
    assert code == 0
    assert '\n-name = "Workshop"\n+name = "Garage"\n' in out
    assert json.loads(hookswitch("config", "plan", house, "--diff", "--json")[1])["diff"]


def test_an_empty_draft(hookswitch: Hookswitch) -> None:
    assert hookswitch("config", "draft", "show", "--lang", "en") == (0, "The draft is empty.\n", "")
    assert hookswitch("config", "draft", "discard", "7")[0] == 1
    assert hookswitch("config", "draft", "apply")[0] == 0


# -- many extensions -------------------------------------------------------------------------------
@pytest.mark.req("EXT-37")
def test_many_extensions(hookswitch: Hookswitch) -> None:
    code, out, _ = hookswitch("extensions", "add", "201", "--count", "4", "--lang", "en")
    assert code == 0
    assert out.startswith("Added: 203, 204.  Skipped, as they exist: 201, 202.\n")
    assert len(re.findall(r"^  extension 20[34]  \S{19}$", out, re.MULTILINE)) == 2


@pytest.mark.req("EXT-X3")
def test_csv_goes_out_and_comes_back(hookswitch: Hookswitch, tmp_path: Path) -> None:
    exported = hookswitch("extensions", "export")[1]
    assert exported.splitlines()[1].startswith("101,Reception,1,")
    file = tmp_path / "list.csv"
    file.write_text(exported.replace("Workshop", '"Garage, ""big"""') + "777,Newcomer\n")
    code, out, err = hookswitch("extensions", "import", str(file), "--lang", "en")
    assert (code, err) == (0, "")
    assert 'extension 102: name changes from Workshop to Garage, "big"' in out
    assert "extension 777  " in out
    assert "Garage" in hookswitch("extensions", "export")[1]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("number,nmae\n201,x\n", "no column nmae"),
        ("number,name\n,x\n", "line 2"),
        ("number,port\n101,99\n", "no port 99"),
    ],
)
def test_a_wrong_csv_changes_nothing(
    hookswitch: Hookswitch, tmp_path: Path, text: str, words: str
) -> None:
    file = tmp_path / "list.csv"
    file.write_text(text)
    code, _, err = hookswitch("extensions", "import", str(file), "--lang", "en")
    assert code == 1
    assert words in err
    assert json.loads(hookswitch("config", "history", "--json")[1])[0]["version"] == 1


# -- unattended installation -----------------------------------------------------------------------
def test_a_hash_makes_the_first_administrator(
    hookswitch: Hookswitch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("lantern-7-Quay\n"))
    code, out, _ = hookswitch("hash", "--stdin")
    assert code == 0
    assert is_password("lantern-7-Quay", out.strip())
    file = tmp_path / "house.toml"
    person = '\n[[administrator]]\naccount = "ann"\npassword = '
    file.write_text(SMALL + f'{person}"{out.strip()}"\n')
    assert hookswitch("config", "apply", str(file))[0] == 0
    assert "(kept)" in hookswitch("config", "show")[1]
    assert not (tmp_path / "run" / "setup-code").exists()
    file.write_text(SMALL + f'{person}"lantern-7-Quay"\n')
    code, _, err = hookswitch("config", "apply", str(file), "--lang", "en")
    assert code == 1
    assert "never the password itself" in err
    assert "lantern" not in err


def test_a_short_password_is_not_hashed(
    hookswitch: Hookswitch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    assert hookswitch("hash", "--stdin")[0] == 1


# -- completion ------------------------------------------------------------------------------------
def complete(script: str, *words: str) -> list[str]:
    line = " ".join(f"'{word}'" for word in words)
    ask = f"COMP_WORDS=({line}); COMP_CWORD={len(words) - 1}; _hookswitch; "
    run = ["bash", "-c", f'{script}\n{ask} printf "%s\\n" "${{COMPREPLY[@]}}"']
    return subprocess.run(run, capture_output=True, text=True, check=True).stdout.split()


def test_the_shell_completes_commands_and_options(hookswitch: Hookswitch) -> None:
    script = hookswitch("completion", "bash")[1]
    assert {"config", "calls", "codes"} <= set(complete(script, "hookswitch", "c"))
    assert complete(script, "hookswitch", "config", "roll") == ["rollback"]
    assert complete(script, "hookswitch", "config", "draft", "a") == ["apply"]
    assert "--confirm-within" in complete(script, "hookswitch", "config", "apply", "x.toml", "--c")
    assert complete(script, "hookswitch", "completion", "b") == ["bash"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_command_has_help(hookswitch: Hookswitch, lang: str) -> None:
    for path, _ in tree(build_parser("en")):
        code, out, _err = hookswitch(*path.split(), "--lang", lang, "--help")
        assert code == 0, path
        assert (max(out, key=lambda letter: "\u4e00" <= letter <= "\u9fff") >= "\u4e00") == (
            lang == "zh"
        ), path


# -- the manual ------------------------------------------------------------------------------------
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_chapter_on_settings_is_what_the_code_says(lang: str) -> None:
    text = (DOCS / f"settings.{lang}.md").read_text(encoding="utf-8")
    assert text == manual.chapter(lang), "run `make manual`"  # type: ignore[arg-type]


def test_the_example_is_what_the_code_says_and_is_taken() -> None:
    text = (DOCS / "example.toml").read_text(encoding="utf-8")
    assert text == manual.example(), "run `make manual`"
    config = read_old(text)
    assert config is not None
    ground = Ground(GROUND.ports, frozenset(config.secrets))
    assert isinstance(read(text, ground), Config)
