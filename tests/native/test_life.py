"""Start, stop and misuse: each in the right order, none of it fatal."""

from __future__ import annotations

import ast
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from hookswitch_engine import native
from hookswitch_engine import pjsua2 as pj

from firmware.native import rawsip, rig

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "call",
    [
        lambda: native.start("hookswitch", "/nowhere"),
        lambda: native.clock_start(20),
        lambda: native.line_open(0, 1),
        lambda: native.tone_start(1, [(425, 0, 100, 0)]),
        lambda: native.connect(0, 1),
        native.ioqueue_fd,
        native.next_timer_ms,
    ],
)
def test_fail__before_init(call: object) -> None:
    with pytest.raises(RuntimeError):
        call()  # type: ignore[operator]


def test_harmless_before_init() -> None:
    assert native.events() == []
    assert native.contacts("101") == []
    assert native.authenticated() is None
    native.set_accounts([rawsip.account("101", "secret")])
    native.clock_stop()
    native.stop()
    native.trim()


def test_start_and_stop_again_and_again(tmp_path: Path) -> None:
    bench = rig.Bench(udp=False)
    for _ in range(5):
        native.start("hookswitch", str(tmp_path / "bindings"))
        with pytest.raises(RuntimeError):
            native.start("hookswitch", str(tmp_path / "other"))
        native.clock_start()
        with pytest.raises(RuntimeError):
            native.clock_start()
        bench.frames(bench.line(1), 3)
        native.stop()
        bench.far_ends.clear()
    bench.close()


@pytest.mark.parametrize("realm", ['a"b', "a\r\nb", "x" * 200])
def test_fail__realm(tmp_path: Path, realm: str) -> None:
    rig.Bench(udp=False)
    with pytest.raises(ValueError, match="realm"):
        native.start(realm, str(tmp_path / "bindings"))


def test_fail__tick_other_than_the_bridge() -> None:
    rig.Bench(udp=False)
    with pytest.raises(ValueError, match="20 ms"):
        native.clock_start(10)


def test_clock_counts_its_ticks() -> None:
    bench = rig.Bench(udp=False)
    native.clock_start()
    bench.frames(bench.line(1), 20)
    stats = native.clock_stats()
    assert stats["ticks"] >= 20
    assert set(stats) == {"ticks", "late", "missed", "max_us"}
    native.clock_stop()
    stopped = native.clock_stats()["ticks"]
    assert native.clock_stats()["ticks"] == stopped


def test_lines_end_while_the_clock_stands() -> None:
    bench = rig.Bench(udp=False)
    left, right = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    slot = native.line_open(left.fileno(), 1)
    left.close()
    native.tone_start(slot, [(425, 0, 100, 0)])
    native.line_close(slot)
    assert right.recv(320) == b""
    bench.close()


def test_program_that_dies_of_an_exception_dies_of_nothing_else() -> None:
    program = (
        "from firmware.native import rig; from hookswitch_engine import native\n"
        "bench = rig.Bench(); native.clock_start(); bench.line(1); raise SystemExit(7)"
    )
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 7


def test_register_over_tcp(tmp_path: Path) -> None:
    bench = rig.Bench(str(tmp_path / "bindings"))
    native.set_accounts([rawsip.account("101", "secret")])
    port = bench.listen(pj.PJSIP_TRANSPORT_TCP)
    account = pj.Account()
    settings = pj.AccountConfig()
    settings.idUri = "sip:101@127.0.0.1"
    settings.regConfig.registrarUri = f"sip:127.0.0.1:{port};transport=tcp"
    settings.sipConfig.authCreds.append(pj.AuthCredInfo("digest", "*", "101", 0, "secret"))
    account.create(settings)
    bench.until(lambda: bool(native.contacts("101")))
    assert native.contacts("101")[0][1].endswith(";tcp")
    bench.until(lambda: account.getInfo().regStatus == 200)


def names_in(body: list[ast.stmt]) -> list[str]:
    plain = [node.name for node in body if isinstance(node, ast.ClassDef | ast.FunctionDef)]
    typed = [node.target for node in body if isinstance(node, ast.AnnAssign)]
    return plain + [target.id for target in typed if isinstance(target, ast.Name)]


@pytest.mark.parametrize(("name", "module"), [("native", native), ("pjsua2", pj)])
def test_stub_names_only_what_is_there(name: str, module: object) -> None:
    body = ast.parse((ROOT / f"firmware/native/hookswitch_engine/{name}.pyi").read_text()).body
    body = [node for node in body if not (isinstance(node, ast.ClassDef) and node.name == "Vector")]
    assert len(names_in(body)) > 20
    assert [n for n in names_in(body) if not hasattr(module, n)] == []
    for node in body:
        if isinstance(node, ast.ClassDef):
            there = getattr(module, node.name)
            assert [n for n in names_in(node.body) if not hasattr(there, n)] == [], node.name


def test_import_is_quick_to_load() -> None:
    """No clock: what makes an import slow is what it loads."""
    program = (
        "import hookswitch_engine.native, sys; print('hookswitch_engine.pjsua2' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"
    assert os.path.exists(native.__file__)
