"""The queue to Python: in order, bounded, and no digit is given up for anything else."""

from __future__ import annotations

import select
import socket

from hookswitch_engine import native

from firmware.native import rig

CAPACITY = 4096


def pass_ticks(count: int) -> None:
    """Lets the clock go on without taking events."""
    goal = native.clock_stats()["ticks"] + count
    while native.clock_stats()["ticks"] < goal:
        select.select([], [], [], 0.005)


def closed_lines(count: int, first_tag: int) -> None:
    """So many lines whose far end is gone: a ("closed", tag) of each, in the order of slots."""
    slots = []
    for tag in range(first_tag, first_tag + count):
        near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        far.close()
        with near:
            slots.append(native.line_open(near.fileno(), tag))
    while not all(native.line_stats(slot)["closed"] for slot in slots):
        pass_ticks(1)
    for slot in slots:
        native.line_close(slot)
    pass_ticks(30)  # the bridge does a hundred operations in a tick


def test_overflow_gives_up_the_oldest_but_never_a_digit() -> None:
    bench = rig.Bench(udp=False)
    native.clock_start(20)
    one, _two = bench.back_to_back(1, 2)
    native.digits_send(one, "42", 80, 80, 1)
    pass_ticks(25)
    for turn in range(6):
        closed_lines(800, 1000 * (turn + 1))
    events = native.events()
    assert events[0] == ("lost", 6 * 800 + 3 - CAPACITY)
    assert events[1:3] == [("digit", 2, "4"), ("digit", 2, "2")]
    assert len(events) == 1 + CAPACITY
    assert ("sent", 1) not in events  # it was the oldest that could go
    assert native.events() == []


def test_event_fd_wakes_once_and_sleeps_when_all_is_taken() -> None:
    bench = rig.Bench(udp=False)
    native.clock_start(20)
    slot = bench.line(1).slot

    def readable(seconds: float) -> bool:
        return bool(select.select([native.event_fd()], [], [], seconds)[0])

    assert not readable(0)
    native.digits_send(slot, "1", 40, 0, 5)
    assert readable(10)
    assert native.events() == [("sent", 5)]
    assert not readable(0)
