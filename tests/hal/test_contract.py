"""What every member of the HAL promises; the names of these tests are the report per member."""

from __future__ import annotations

import os
import select
from collections.abc import Callable, Iterator

import pytest

from hal.api import (
    Button,
    Chassis,
    ChassisError,
    LineDown,
    LineError,
    Lines,
    OffHook,
    OnHook,
    Port,
    Storage,
)
from hal.sim.sound import FRAME_BYTES
from tests.hal.members import MEMBERS, Bench
from tests.hal.simbox import Wire

CADENCE = (1000, 4000)
FXS_CALLS: list[Callable[[Lines, int], object]] = [
    lambda lines, n: lines.ring(n, CADENCE),
    lambda lines, n: lines.cut(n, 300),
    lambda lines, n: lines.reverse(n, True),
]
FXO_CALLS: list[Callable[[Lines, int], object]] = [
    lambda lines, n: lines.hook(n, True),
    lambda lines, n: lines.flash(n),
]
ALL_CALLS: list[Callable[[Lines, int], object]] = [
    *FXS_CALLS,
    *FXO_CALLS,
    lambda lines, n: lines.light(n, "on"),
    lambda lines, n: lines.audio(n),
]


@pytest.fixture(params=MEMBERS)
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    with MEMBERS[request.param]() as bench:
        yield bench


@pytest.fixture
def lines(bench: Bench) -> Lines:
    return bench.driver.lines


def ports(lines: Lines, kind: str) -> list[Port]:
    return [port for port in lines.describe() if port.kind == kind]


@pytest.fixture
def chassis(bench: Bench) -> Chassis:
    return bench.keeper.chassis


def readable(part: Lines | Chassis) -> bool:
    return bool(select.select([part.fileno()], [], [], 0)[0])


def test_ports_are_numbered_from_one_upward(lines: Lines) -> None:
    numbers = [port.line for port in lines.describe()]
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_quiet_card_is_up_on_hook_and_says_nothing(lines: Lines) -> None:
    assert all(port.up and not port.off_hook for port in lines.describe())
    assert not readable(lines)
    assert lines.events() == []


def test_the_file_descriptor_tells_of_events_and_stays_the_same(bench: Bench, lines: Lines) -> None:
    fd = lines.fileno()
    for port in ports(lines, "fxs"):
        bench.lift(port.line)
        bench.driver.wait(lambda: readable(lines))
        assert lines.events() == [OffHook(port.line)]
        assert not readable(lines)
        assert lines.events() == []
        bench.hang(port.line)
        bench.driver.until(OnHook(port.line))
    assert lines.fileno() == fd


def test_a_handset_is_described_as_it_was_reported(bench: Bench, lines: Lines) -> None:
    for port in ports(lines, "fxs"):
        bench.lift(port.line)
        bench.driver.until(OffHook(port.line))
        assert lines.describe()[port.line - 1].off_hook
        bench.hang(port.line)
        bench.driver.until(OnHook(port.line))
        assert not lines.describe()[port.line - 1].off_hook


def test_an_outside_line_is_described_as_it_was_set(lines: Lines) -> None:
    for port in ports(lines, "fxo"):
        lines.hook(port.line, True)
        assert lines.describe()[port.line - 1].off_hook
        lines.hook(port.line, True)  # once more is no error
        lines.hook(port.line, False)
        assert not lines.describe()[port.line - 1].off_hook


def test_every_port_takes_the_calls_of_its_kind(lines: Lines) -> None:
    for port in lines.describe():
        for call in FXS_CALLS if port.kind == "fxs" else FXO_CALLS:
            call(lines, port.line)
        lines.light(port.line, "blink")


@pytest.mark.parametrize("call", ALL_CALLS)
@pytest.mark.parametrize("line", [0, -1, 999])
def test_a_port_that_is_not_there_is_an_error(
    lines: Lines, call: Callable[[Lines, int], object], line: int
) -> None:
    with pytest.raises(LineError):
        call(lines, line)


def test_a_call_of_the_wrong_kind_is_an_error(lines: Lines) -> None:
    for port in lines.describe():
        for call in FXO_CALLS if port.kind == "fxs" else FXS_CALLS:
            with pytest.raises(LineError):
                call(lines, port.line)


def test_audio_is_frames_both_ways_and_does_not_block(lines: Lines) -> None:
    for port in lines.describe():
        fd = lines.audio(port.line)
        assert not os.get_blocking(fd)
        wire = Wire(fd)
        assert [len(wire.tick()) for _ in range(5)] == [FRAME_BYTES] * 5
        wire.close()


def test_a_dead_card_is_reported_and_refuses(bench: Bench, lines: Lines) -> None:
    before = lines.describe()
    bench.break_card()
    bench.driver.wait(lambda: not any(port.up for port in lines.describe()))
    down = lines.events()
    assert [event.line for event in down] == [port.line for port in before]
    assert all(isinstance(event, LineDown) and event.why for event in down)
    for port in before:
        for call in ALL_CALLS:
            with pytest.raises(LineError):
                call(lines, port.line)


# -- the chassis -----------------------------------------------------------------------------------
def test_a_quiet_chassis_has_no_disk_and_says_nothing(chassis: Chassis) -> None:
    assert chassis.describe() == ()
    assert not readable(chassis)
    assert chassis.events() == []


def test_a_disk_is_found_mounted_ejected_and_gone(bench: Bench, chassis: Chassis) -> None:
    keeper = bench.keeper
    for name in bench.board.chassis.storage:
        bench.plug(name)
        keeper.until(lambda event: isinstance(event, Storage) and event.state == "found")
        assert [disk.name for disk in chassis.describe()] == [name]
        chassis.mount(name)
        keeper.until(lambda event: isinstance(event, Storage) and event.state == "mounted")
        (disk,) = chassis.describe()
        assert os.path.isdir(disk.path)
        assert 0 < disk.free <= disk.size
        chassis.eject(name)
        keeper.until(lambda event: isinstance(event, Storage) and event.state == "found")
        assert not os.path.exists(disk.path)
        bench.pull(name)
        (gone,) = keeper.until(lambda event: isinstance(event, Storage) and event.state == "gone")
        assert gone == Storage(name, "gone")
        assert chassis.describe() == ()


def test_a_disk_that_is_pulled_out_in_use_says_so(bench: Bench, chassis: Chassis) -> None:
    for name in bench.board.chassis.storage[:1]:
        bench.plug(name)
        bench.keeper.until(lambda event: isinstance(event, Storage))
        chassis.mount(name)
        bench.keeper.until(lambda event: isinstance(event, Storage) and event.state == "mounted")
        bench.pull(name)
        (gone,) = bench.keeper.until(
            lambda event: isinstance(event, Storage) and event.state == "gone"
        )
        assert isinstance(gone, Storage)
        assert gone.why


def test_a_button_is_pressed_and_let_go(bench: Bench) -> None:
    for name in bench.board.chassis.buttons:
        bench.press(name)
        seen = bench.keeper.until(lambda event: event == Button(name, False))  # noqa: B023
        assert seen == [Button(name, True), Button(name, False)]


def test_every_lamp_of_the_box_can_be_lit(bench: Bench, chassis: Chassis) -> None:
    for name in bench.board.chassis.lamps:
        chassis.light(name, "blink")


def test_a_part_that_is_not_there_is_an_error(chassis: Chassis) -> None:
    calls: list[Callable[[], None]] = [
        lambda: chassis.mount("usb9"),
        lambda: chassis.eject("usb9"),
        lambda: chassis.light("sun", "on"),
    ]
    for call in calls:
        with pytest.raises(ChassisError):
            call()


def test_an_empty_socket_is_an_error(bench: Bench, chassis: Chassis) -> None:
    for name in bench.board.chassis.storage:
        with pytest.raises(ChassisError):
            chassis.mount(name)


def test_petting_is_never_an_error(bench: Bench, chassis: Chassis) -> None:
    chassis.pet()
    bench.break_card()
    chassis.pet()


def test_a_dead_chassis_loses_its_disks_and_refuses(bench: Bench, chassis: Chassis) -> None:
    for name in bench.board.chassis.storage[:1]:
        bench.plug(name)
        bench.keeper.until(lambda event: isinstance(event, Storage))
        bench.break_card()
        (gone,) = bench.keeper.until(
            lambda event: isinstance(event, Storage) and event.state == "gone"
        )
        assert isinstance(gone, Storage)
        assert gone.why
        with pytest.raises(ChassisError):
            chassis.mount(name)


def test_closing_gives_the_file_descriptor_back_once(lines: Lines, chassis: Chassis) -> None:
    for part in (lines, chassis):
        fd = part.fileno()
        part.close()
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(fd)
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, fd)  # the number is somebody else's now
        part.close()
        os.fstat(fd)
        os.close(fd)
        if null != fd:
            os.close(null)
