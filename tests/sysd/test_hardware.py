"""Ports number themselves, disks mount themselves, and the watchdog is petted for a live callproc.

sysd and the simulated hardware are the real ones; callproc's place is taken by its hardware member
behind its socket, so that it can be silent when a test wants it to be.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import msgspec
import pytest

from firmware.api import hardware as api
from firmware.api import sysd as sysd_api
from firmware.api.hardware import PortView, ShowPorts
from firmware.store import applied, ports
from firmware.sysd import hardware
from firmware.sysd.process import Sysd, factory_text
from firmware.wire.client import Remote
from firmware.wire.feed import Feed
from firmware.wire.frames import Ask, News, Refused
from firmware.wire.loop import Loop
from firmware.wire.server import Handlers, Server
from hal.board import load_board
from hal.open import open_lines
from hal.sim.messages import (
    Driver,
    Module,
    PlugDisk,
    PowerCut,
    PressButton,
    PullDisk,
    WatchdogBit,
)
from tests.hal.simbox import PATIENCE, Box, running_box
from tests.wire.driving import answer_of

R = TypeVar("R")
BOARD = load_board("sim8")


class House:
    """sysd, and a callproc that does nothing but own the ports, on one loop."""

    def __init__(self, box: Box, factory: str = factory_text("any")) -> None:
        self.loop, self.state, self.box = Loop(), box.state, box
        self.loop.longest_sleep = lambda: 0.2
        self.lines = open_lines(BOARD, self.loop, box.run)
        self.answers = True
        handlers: Handlers = {ShowPorts: self._ports}
        self.feed = Feed("life", lambda: api.HardwareView((), (), (), ()))
        Server(self.loop, box.run / "callproc.sock", handlers, self.feed)
        Sysd(self.loop, box.state, BOARD.kinds(), factory, None, board=BOARD)
        self.news: list[bytes] = []
        self.remote = Remote(self.loop, box.run / "sysd.sock", on_news=self._keep)

    def _keep(self, news: News) -> None:
        self.news.append(bytes(news.body))

    def _ports(self, _: ShowPorts) -> tuple[PortView, ...]:
        if not self.answers:
            raise Refused("hung", "callproc does not answer")
        return tuple(
            PortView(port.line, port.kind, port.found, port.up) for port in self.lines.describe()
        )

    def until(self, condition: Callable[[], object]) -> None:
        end = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < end, "it never happened"
            self.loop.run_once()

    def ask(self, question: Ask[R]) -> R:
        self.until(lambda: self.remote.up)
        answer: R | Refused = answer_of(self.loop, lambda then: self.remote.ask(question, then))
        if isinstance(answer, Refused):
            raise answer
        return answer

    def look(self) -> api.HardwareView:
        return self.ask(api.ShowHardware())

    def notices(self) -> set[tuple[str, str]]:
        return {(notice.code, notice.about) for notice in self.look().notices}

    def extensions(self) -> dict[int, str]:
        site = applied.read_current(self.state / "applied").site
        return {entry.line: entry.number for entry in site.extensions.values() if entry.line}

    def close(self) -> None:
        self.remote.close()
        self.lines.close()


@pytest.fixture
def box() -> Iterator[Box]:
    with running_box() as box:
        yield box


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hardware, "LOOK", 0.1)


@pytest.fixture
def house(box: Box) -> Iterator[House]:
    house = House(box)
    yield house
    house.close()


@pytest.mark.req("HWD-02", "EXT-45")
def test_ports_get_numbers_from_8001_without_any_configuration(house: House) -> None:
    house.until(house.extensions)
    assert house.extensions() == {1: "8001", 2: "8002", 3: "8003", 4: "8004"}
    site = applied.read_current(house.state / "applied").site
    assert sorted(site.lines) == [5, 6, 7, 8]
    history = house.ask(sysd_api.ConfigHistory())
    assert (history[0].who, history[0].why) == ("hardware", "ports found at the first start")
    house.until(lambda: any(b'"version":2' in news for news in house.news))


@pytest.mark.req("EXT-45")
def test_used_numbers_are_skipped_and_the_start_is_settable(box: Box) -> None:
    text = (
        '[site]\nfirst_number = "305"\n[[extension]]\nnumber = "305"\n'
        '[[department]]\nname = "Sales"\nnumber = "307"\n'
        '[[extension]]\nnumber = "900"\nport = 2\n'
    )
    house = House(box, text)
    house.until(lambda: len(house.extensions()) == 4)
    assert house.extensions() == {1: "306", 2: "900", 3: "308", 4: "309"}
    house.close()


@pytest.mark.req("HWD-03")
def test_without_a_change_nothing_is_asked_or_done(house: House) -> None:
    house.until(house.extensions)
    house.close()
    again = House(house.box)
    again.until(lambda: any(port.found for port in again.look().ports))
    view = again.look()
    assert (view.differences, view.notices) == ((), ())
    assert len(again.ask(sysd_api.ConfigHistory())) == 2
    again.close()


@pytest.mark.req("HWD-03")
def test_a_changed_port_waits_until_somebody_agrees(house: House) -> None:
    house.until(house.extensions)
    house.box.ask(Module(4, "fxo"))
    house.until(lambda: house.look().differences)
    assert house.look().differences == (api.PortDifference(4, "fxs", "fxo"),)
    assert house.notices() == {("port-changed", "port 4")}
    assert house.extensions()[4] == "8004", "nothing is done by itself"
    taken = house.ask(api.TakeOverPorts("ann"))
    assert taken == (api.PortDifference(4, "fxs", "fxo"),)
    assert 4 not in house.extensions()
    assert 4 in applied.read_current(house.state / "applied").site.lines
    assert house.notices() == set()
    assert ports.load(house.state) == {
        **dict.fromkeys((1, 2, 3), "fxs"),
        **dict.fromkeys(range(4, 9), "fxo"),
    }
    with pytest.raises(Refused, match="stored"):
        house.ask(api.TakeOverPorts("ann"))


@pytest.mark.req("HWD-02")
def test_a_module_that_is_found_later_is_numbered_then(box: Box) -> None:
    box.ask(Module(3, "none"))
    house = House(box)
    house.until(house.extensions)
    assert house.extensions() == {1: "8001", 2: "8002", 4: "8003"}
    box.ask(Module(3, "fxs"))
    house.until(lambda: 3 in house.extensions())
    assert house.extensions()[3] == "8004"
    house.close()


def test_what_is_configured_for_a_port_that_is_away_is_kept(box: Box) -> None:
    box.ask(Module(3, "none"))
    house = House(box, '[[extension]]\nnumber = "303"\nport = 3\n[[line]]\nport = 6\n')
    house.until(lambda: len(house.extensions()) == 4)
    assert house.extensions()[3] == "303"
    box.ask(Module(3, "fxs"))
    house.until(lambda: house.look().ports[2].found)
    assert house.extensions()[3] == "303"
    house.close()


@pytest.mark.req("HWD-04")
def test_hardware_that_does_not_answer_is_a_notice_until_it_does(house: House) -> None:
    house.until(house.extensions)
    house.box.ask(Driver("go"))
    house.until(lambda: house.notices() == {("no-line-hardware", "lines")})
    house.box.ask(Driver("come", (5, 6)))
    missing = {("port-missing", "port 5"), ("port-missing", "port 6")}
    house.until(lambda: house.notices() == missing)
    house.box.ask(Driver("come"))
    house.until(lambda: not house.notices())
    assert house.extensions() == {1: "8001", 2: "8002", 3: "8003", 4: "8004"}


@pytest.mark.req("HWD-04")
def test_a_dead_simulator_is_no_line_hardware(house: House) -> None:
    house.until(house.extensions)
    house.box.kill()
    house.until(lambda: house.notices() == {("no-line-hardware", "lines")})
    house.box.start()
    house.until(lambda: not house.notices())


def test_a_torn_table_is_a_first_start(tmp_path: Path) -> None:
    (tmp_path / ports.FILE).write_text('{"1":')
    assert ports.load(tmp_path) is None
    ports.save(tmp_path, {1: "fxs"})
    assert ports.load(tmp_path) == {1: "fxs"}


# -- disks and buttons -----------------------------------------------------------------------------
@pytest.mark.req("HWD-05", "STA-05")
def test_a_disk_mounts_itself(house: House, tmp_path: Path) -> None:
    house.until(house.extensions)
    (tmp_path / "bill.csv").write_text("1;2;3")
    house.box.ask(PlugDisk("usb1", str(tmp_path), label="BILLS"))
    house.until(lambda: [disk.state for disk in house.look().disks] == ["mounted"])
    (disk,) = house.look().disks
    assert (disk.label, disk.filesystem) == ("BILLS", "vfat")
    assert 0 < disk.free <= disk.size
    assert (Path(disk.path) / "bill.csv").read_text() == "1;2;3"
    house.ask(api.EjectDisk("usb1"))
    house.until(lambda: [disk.state for disk in house.look().disks] == ["found"])
    house.box.ask(PullDisk("usb1"))
    house.until(lambda: not house.look().disks)
    assert house.notices() == set()


@pytest.mark.req("HWD-05")
def test_a_disk_pulled_out_in_use_is_a_notice(house: House, tmp_path: Path) -> None:
    house.box.ask(PlugDisk("usb1", str(tmp_path)))
    house.until(lambda: [disk.state for disk in house.look().disks] == ["mounted"])
    house.box.ask(PullDisk("usb1"))
    house.until(lambda: ("disk-gone", "usb1") in house.notices())
    house.box.ask(PlugDisk("usb1", str(tmp_path)))
    house.until(lambda: ("disk-gone", "usb1") not in house.notices())


@pytest.mark.parametrize(
    ("state", "field", "value"),
    [("full", "free", 0), ("read-only", "read_only", True), ("broken", "state", "unusable")],
)
def test_a_disk_that_is_no_use_says_so(
    house: House, tmp_path: Path, state: str, field: str, value: object
) -> None:
    told = {"type": "PlugDisk", "name": "usb1", "folder": str(tmp_path), "state": state}
    stick = msgspec.convert(told, PlugDisk)
    house.box.ask(stick)
    house.until(lambda: any(disk.state != "found" for disk in house.look().disks))
    assert getattr(house.look().disks[0], field) == value


def test_a_button_tells_how_long_it_was_held(house: House) -> None:
    house.until(house.extensions)
    house.box.ask(PressButton("reset", 400))
    house.until(lambda: any(b'"button"' in news for news in house.news))
    (news,) = [news for news in house.news if b'"button"' in news]
    assert msgspec.json.decode(news, type=api.ButtonNews).ms >= 390


# -- watchdog --------------------------------------------------------------------------------------
def test_the_watchdog_is_petted_for_a_callproc_that_answers(house: House) -> None:
    house.until(lambda: house.box.ask_front().watchdog)


def test_a_callproc_that_hangs_is_bitten(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hardware, "LOOK", 0.1)
    house = House(box)
    house.until(lambda: box.ask_front().watchdog)
    house.answers = False
    with box.eyes(2 * BOARD.chassis.watchdog) as eyes:
        bite = eyes.wait(lambda news: isinstance(news, WatchdogBit))
        assert bite == WatchdogBit()
        assert isinstance(eyes.wait(lambda news: isinstance(news, PowerCut)), PowerCut)
    house.close()
