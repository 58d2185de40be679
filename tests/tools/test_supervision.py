"""What `hookswitch run` writes for the supervisor, and what it refuses before anything starts."""

from __future__ import annotations

import fcntl
import os
import shlex
from argparse import Namespace
from pathlib import Path

import pytest
from supervisor.options import ServerOptions  # type: ignore[import-untyped]

from firmware.tools.banner import tail, wait_for
from firmware.tools.listen import addresses
from firmware.tools.supervision import ROOT, Box, configuration, unusable
from firmware.tools.terminal import CannotDo, Terminal
from hal.board import load_board
from tests.tools.conftest import Hookswitch
from tests.wire.driving import serving

SIP = ("127.0.0.1:5070", "[::1]:5070")


def box(state: Path, board: str = "sim8") -> Box:
    return Box(state, board, load_board(board).simulated, state / "50%.toml", SIP)


@pytest.fixture
def terminal() -> Terminal:
    return Terminal(Namespace(lang="en", json=False))


def parsed(text: str, folder: Path) -> ServerOptions:
    """What supervisord itself makes of it."""
    path = folder / "supervisord.conf"
    path.write_text(text)
    options = ServerOptions()
    options.realize(["-c", str(path), "-n"])
    return options


@pytest.mark.parametrize("name", ["plain", "with blank", "it's", "数据"])
def test_supervisord_reads_what_was_meant(tmp_path: Path, name: str) -> None:
    state = tmp_path / name
    (state / "run").mkdir(parents=True)
    (state / "log").mkdir()
    options = parsed(configuration(box(state), 4711), tmp_path)
    programs = {group.name: group.process_configs[0] for group in options.process_group_configs}
    assert list(programs) == ["sim", "sysd", "jobs", "callproc"]
    words = shlex.split(programs["sysd"].command)
    assert words[1:4] == ["-m", "firmware.main", "sysd"]
    assert words[4:] == [
        "--state",
        str(state),
        "--board",
        "sim8",
        "--config",
        f"{state}/50%.toml",
    ]
    assert shlex.split(programs["callproc"].command)[-4:] == ["--sip", SIP[0], "--sip", SIP[1]]
    assert options.configroot.supervisord.environment["HOOKSWITCH_PARENT"] == "4711"
    for program in programs.values():
        assert program.autorestart is not False
        assert program.startretries > 100_000
        assert program.stopasgroup
        assert program.uid is None
        assert program.stdout_logfile_maxbytes == 1024 * 1024
        assert program.directory == str(ROOT)
        assert Path(program.stdout_logfile).parent == state / "log"


def test_a_real_board_has_no_simulator(tmp_path: Path) -> None:
    assert "sim" not in box(tmp_path, "sip-only").programs


@pytest.mark.parametrize(
    ("state", "problem"),
    [
        ("/tmp/var", ""),
        ("/" + "x" * 72, ""),
        ("/" + "x" * 100, "state-too-long"),
        ("/" + "号" * 30, "state-too-long"),
        ("/tmp/a;b", "state-odd"),
        ("/tmp/50%", "state-odd"),
        ('/tmp/a"b', "state-odd"),
        ("/tmp/a\nb", "state-odd"),
    ],
)
def test_unusable_folders(state: str, problem: str) -> None:
    assert unusable(Path(state)) == problem


# -- refusals of `hookswitch run`: it must come back before it becomes the supervisor --------------
def test_one_box_per_folder(hookswitch: Hookswitch, state: Path) -> None:
    holder = os.open(state / "run" / "lock", os.O_CREAT | os.O_RDWR)
    fcntl.flock(holder, fcntl.LOCK_EX)
    code, _, err = hookswitch("run", "--board", "sim8", "--lang", "en")
    os.close(holder)
    assert code == 1
    assert "Another box already runs" in err
    assert not (state / "supervisord.conf").exists()


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--board", "toaster", ["toaster", "sim8"]),
        ("--config", "/nowhere/x.toml", ["/nowhere/x.toml"]),
        ("--sip", "everywhere", ["everywhere", "lan"]),
        ("--sip", "127.0.0.1:0", ["127.0.0.1:0"]),
        ("--sip", "127.0.0.1", ["127.0.0.1"]),
    ],
)
def test_run_refuses(hookswitch: Hookswitch, option: str, value: str, words: list[str]) -> None:
    code, _, err = hookswitch("run", option, value, "--lang", "en")
    assert code == 1
    for word in words:
        assert word in err


def test_a_configuration_with_mistakes_is_refused_where_somebody_looks(
    hookswitch: Hookswitch, tmp_path: Path
) -> None:
    file = tmp_path / "house.toml"
    file.write_text("[site]\nattendant = '999'\n")
    code, _, err = hookswitch("run", "--config", str(file), "--lang", "en")
    assert code == 1
    assert "line 2, site: there is no extension 999" in err


# -- where SIP listens -----------------------------------------------------------------------------
def test_sip_stays_on_this_machine_by_itself(terminal: Terminal) -> None:
    assert addresses(terminal, "")[0] == "127.0.0.1:5060"
    assert set(addresses(terminal, "")) <= {"127.0.0.1:5060", "[::1]:5060"}
    assert set(addresses(terminal, "lan")) >= set(addresses(terminal, ""))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("192.0.2.7:5070", ("192.0.2.7:5070",)),
        ("[2001:db8::7]:5060, 192.0.2.7:5060", ("[2001:db8::7]:5060", "192.0.2.7:5060")),
    ],
)
def test_ok__sip(terminal: Terminal, text: str, expected: tuple[str, ...]) -> None:
    assert addresses(terminal, text) == expected


@pytest.mark.parametrize(
    "text", ["x", ":5060", "1.2.3:5060", "127.0.0.1:99999", "127.0.0.1:x", ","]
)
def test_fail__sip(terminal: Terminal, text: str) -> None:
    with pytest.raises(CannotDo):
        addresses(terminal, text)


# -- the greeting ----------------------------------------------------------------------------------
def test_the_greeting_waits_for_every_process_and_names_the_late_one(state: Path) -> None:
    some = box(state)
    assert wait_for(some, 0) == "sim"
    with (
        serving(state / "run" / "sim.sock", lambda _: ({}, None)),
        serving(state / "run" / "sysd.sock", lambda _: ({}, None)),
    ):
        assert wait_for(some, 0) == "jobs"
        with (
            serving(state / "run" / "jobs.sock", lambda _: ({}, None)),
            serving(state / "run" / "callproc.sock", lambda _: ({}, None)),
        ):
            assert wait_for(some, 5) == ""


def test_the_end_of_a_log(tmp_path: Path) -> None:
    log = tmp_path / "x.log"
    assert tail(log) == []
    log.write_bytes(b"\xff\n" + b"".join(b"line %d\n" % n for n in range(100)))
    assert tail(log)[-1] == "line 99"
    assert len(tail(log)) == 8
