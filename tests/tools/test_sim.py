"""`hookswitch sim`, against the real simulated box: what it does, says and returns."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from firmware.tools import cli
from firmware.tools.sim_words import WORDS
from hal.api import Flash, LineEvent, OffHook, Pulse, Ring
from hal.board import load_board
from hal.sim.dtmf import Decoder, press
from hal.sim.messages import REFUSALS, Answered, FromCard, LampChanged, NumberDialed, SimNews
from hal.sim.sound import frames, silence, sine_second, tone_level, write_wav
from tests.hal.simbox import PATIENCE, Box, Driver, Wire, running_box

Sim = Callable[..., tuple[int, str, str]]


@pytest.fixture
def box() -> Iterator[Box]:
    with running_box() as box:
        yield box


@pytest.fixture
def sim(box: Box, capsys: pytest.CaptureFixture[str]) -> Sim:
    """`hookswitch sim ...`: exit code, output, complaints."""

    def run(*words: str) -> tuple[int, str, str]:
        try:
            code = cli.main(["sim", *words, "--state", str(box.state)])
        except SystemExit as stop:
            code = int(str(stop.code))
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


@pytest.fixture
def driver(box: Box) -> Iterator[Driver]:
    driver = Driver(load_board("sim8"), box.run).ready()
    driver.lines.events()
    yield driver
    driver.close()


class Clock(threading.Thread):
    """The box's clock on one line: sends a tone for ever, keeps what came back."""

    def __init__(self, wire: Wire, hz: int) -> None:
        super().__init__(daemon=True)
        self._wire, self._tone = wire, frames(sine_second(hz))
        self._end = threading.Event()
        self.heard = bytearray()
        self.start()

    def run(self) -> None:
        while not self._end.is_set():
            for frame in self._tone:
                self.heard += self._wire.tick(frame)

    def stop(self) -> bytes:
        self._end.set()
        self.join()
        self._wire.close()
        return bytes(self.heard)


@pytest.fixture
def talk(sim: Sim, driver: Driver) -> Iterator[Clock]:
    """Handset 1 is lifted and hears 1000 Hz."""
    sim("lift", "1")
    clock = Clock(driver.audio(1), 1000)
    yield clock
    clock.stop()


def test_lift_flash_and_pulses_reach_the_box(sim: Sim, driver: Driver) -> None:
    assert sim("lift", "1", "--lang", "en") == (0, "done\n", "")
    assert sim("flash", "1")[0] == 0
    assert sim("dial", "1", "30", "--pulse")[0] == 0
    wanted: list[LineEvent] = [OffHook(1), Flash(1), Pulse(1, "3"), Pulse(1, "0")]
    assert driver.until(wanted[-1]) == wanted


def test_dial_returns_when_the_last_digit_has_gone(sim: Sim, talk: Clock) -> None:
    assert sim("dial", "1", "102#a")[0] == 0
    decoder = Decoder()
    heard = talk.stop() + silence(100)
    assert "".join(decoder.hear(frame) for frame in frames(heard)) == "102#A"


def test_say_a_file(sim: Sim, talk: Clock, tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", sine_second(440) * 2)
    code, out, _ = sim("say", "1", str(tmp_path / "a.wav"), "--json")
    assert (code, json.loads(out)) == (0, {"ok": True, "seconds": 2.0})
    assert sine_second(440) * 2 in talk.stop()


def test_a_tone_with_and_without_end(sim: Sim, talk: Clock) -> None:
    assert sim("tone", "1", "440", "--seconds", "1")[0] == 0
    assert sine_second(440) in talk.stop()
    assert sim("tone", "1", "620")[0] == 0


@pytest.mark.usefixtures("talk")
def test_hear_writes_a_file_and_measures(sim: Sim, tmp_path: Path) -> None:
    path = tmp_path / "b.wav"
    code, out, _ = sim("hear", "1", str(path), "--seconds", "2", "--json")
    heard = json.loads(out)
    assert (code, heard["seconds"], heard["digits"]) == (0, 2.0, "")
    assert heard["tones"]["1000"] == pytest.approx(-10, abs=0.3)
    assert heard["tones"]["440"] < -40
    assert path.stat().st_size > 32_000
    code, out, _ = sim("hear", "1", str(path), "--seconds", "1", "--lang", "en")
    assert out.startswith(f"1.0 s written to {path}, level -10")


def test_an_outside_call_by_shell(sim: Sim, box: Box, driver: Driver) -> None:
    sim("answer", "5", "--after", "0.1")
    with box.eyes() as eyes:
        driver.lines.hook(5, True)
        wire = driver.audio(5)
        wire.talk(frames(b"".join(map(press, "110#"))) + frames(silence(200)))
        eyes.wait(NumberDialed(5, "110"))
        eyes.wait(Answered(5))
    sim("tone", "5", "1000")
    assert tone_level(wire.listen(500), 1000) == pytest.approx(-10, abs=0.1)
    assert "110" in sim("show")[1]
    assert sim("drop", "5")[0] == 0
    assert sim("answer", "5", "--after", "never")[0] == 0


def test_a_call_comes_in_with_its_number(sim: Sim, driver: Driver) -> None:
    assert sim("ring-in", "5", "--cid", "075583587106")[0] == 0
    assert driver.until(Ring(5, "075583587106"))
    assert "075583587106" in sim("show")[1]
    assert sim("stop-ring", "5")[0] == 0


def test_cut_and_mend(sim: Sim) -> None:
    assert sim("cut", "5")[0] == 0
    assert sim("ring-in", "5")[0] == 1
    assert sim("mend", "5")[0] == 0
    assert sim("ring-in", "5")[0] == 0


def test_lamps(sim: Sim, box: Box, driver: Driver) -> None:
    with box.eyes() as eyes:
        driver.lines.light(2, "blink")
        eyes.wait(LampChanged(2, "blink"))
    lamps = json.loads(sim("lamps", "--json")[1])["lamps"]
    ports = {str(line): "blink" if line == 2 else "off" for line in range(1, 9)}
    assert lamps == {**ports, "status": "off", "alarm": "off"}
    assert "  2  blinks" in sim("lamps", "--lang", "en")[1].splitlines()
    assert "  2  闪烁" in sim("lamps", "--lang", "zh")[1].splitlines()


def test_show_as_json(sim: Sim) -> None:
    shown = json.loads(sim("show", "--json")[1])
    assert shown["board"] == "sim8"
    assert [port["kind"] for port in shown["ports"]] == ["fxs"] * 4 + ["fxo"] * 4


def test_watch_prints_how_it_is_and_what_happens(sim: Sim, box: Box) -> None:
    command = [sys.executable, "-m", "firmware.tools.cli", "sim", "watch", "--seconds", "30"]
    options = ["--lang", "en", "--state", str(box.state)]
    with subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True) as watcher:
        assert watcher.stdout
        assert "handset" in watcher.stdout.readline()
        while not watcher.stdout.readline().startswith("  8  outside line"):
            pass
        sim("cut", "6")
        assert "  6  cable cut" in watcher.stdout.readline()
        assert "  6  reported to the box  LineDown" in watcher.stdout.readline()
        watcher.terminate()
        assert "done" in watcher.stdout.read()
        assert watcher.wait(PATIENCE) == 0


REFUSED = [
    (("lift", "9"), "there is no port 9", "没有端口 9"),
    (("hang", "1"), "lift it first", "请先摘机"),
    (("lift", "5"), "outside line", "外线"),
    (("answer", "5"), "idle", "状态"),
    (("dial", "1", "102"), "lift it first", "请先摘机"),
    (("dial", "1", "hello"), "digits", "参数不正确"),
    (("tone", "1", "99999"), "hz", "参数不正确"),
]


@pytest.mark.parametrize(("words", "english", "chinese"), REFUSED)
def test_refusals(sim: Sim, words: tuple[str, ...], english: str, chinese: str) -> None:
    code, out, err = sim(*words, "--lang", "en")
    assert (code, out) == (1, "")
    assert english in err
    assert chinese in sim(*words, "--lang", "zh")[2]
    code, out, err = sim(*words, "--json")
    answer = json.loads(out)
    assert (code, err, answer["ok"]) == (1, "", False)
    assert answer["code"] in (*REFUSALS, "bad-request")


@pytest.mark.parametrize(
    "words", [(), ("bogus",), ("lift",), ("lift", "x"), ("answer", "5", "--after", "soon")]
)
def test_wrong_usage(sim: Sim, words: tuple[str, ...]) -> None:
    assert sim(*words)[0] == 2


def test_a_file_that_does_not_fit(sim: Sim, tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"no sound")
    assert sim("say", "1", str(tmp_path / "a.wav"))[0] == 1
    write_wav(tmp_path / "long.wav", bytes(2 * 8000 * 181))
    code, _, err = sim("say", "1", str(tmp_path / "long.wav"))
    assert (code, "180 s" in err) == (1, True)


@pytest.mark.parametrize("words", [("lift", "1"), ("watch", "--seconds", "1"), ("show",)])
def test_a_box_that_does_not_run(sim: Sim, box: Box, words: tuple[str, ...]) -> None:
    box.kill()
    code, _, err = sim(*words, "--lang", "en")
    assert code == 3
    assert "make run" in err
    assert "make run" in sim(*words, "--lang", "zh")[2]
    assert json.loads(sim(*words, "--json")[1])["code"] == "not-running"


def test_a_box_that_stops_in_the_middle(sim: Sim, box: Box) -> None:
    with box.eyes() as eyes:
        sim("lift", "1")

        def kill() -> None:
            eyes.wait(FromCard(Pulse(1, "1")))
            box.kill()

        killer = threading.Thread(target=kill)
        killer.start()
        assert sim("dial", "1", "1" * 60, "--pulse", "--lang", "en")[0] == 3
        killer.join()


def test_every_word_has_both_languages() -> None:
    assert [key for key, (_, chinese) in WORDS.items() if not chinese] == []
    assert set(REFUSALS) <= set(WORDS)
    assert {kind.__name__ for kind in SimNews.__args__} <= set(WORDS)


def test_hostile_caller_numbers_do_not_reach_the_terminal_raw(sim: Sim) -> None:
    sim("ring-in", "5", "--cid", "\x1b[2J110")
    assert "\x1b" not in sim("show")[1]
