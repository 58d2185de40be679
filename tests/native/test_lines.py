"""Lines: what goes in at one far end comes out where it should, and nothing else does."""

from __future__ import annotations

import os
import socket
import tty

import pytest
from hookswitch_engine import native

from firmware.native import rig

KINDS = [socket.SOCK_SEQPACKET, socket.SOCK_STREAM]


def running() -> rig.Bench:
    bench = rig.Bench(udp=False)
    native.clock_start(20)
    return bench


def heard_between(bench: rig.Bench, one: rig.FarEnd, two: rig.FarEnd) -> list[int]:
    """A second of what `two` hears once the connection stands."""
    native.connect(one.slot, two.slot)
    bench.frames(two, 10)
    bench.frames(two, 50)
    return two.samples(50)


@pytest.mark.parametrize("kind", KINDS)
def test_tone_crosses_two_lines_unbroken(kind: socket.SocketKind) -> None:
    bench = running()
    (one, two), listener = bench.back_to_back(1, 2, kind), bench.line(3)
    native.connect(two, listener.slot)
    native.tone_start(one, [(1000, 0, 1000, 0)])
    bench.frames(listener, 10)
    bench.frames(listener, 100)
    assert min(rig.levels(listener.samples(100), 1000)) > 5000
    assert max(abs(s) for s in listener.samples(100)) < 5200  # no torn sample
    stats = native.line_stats(two)
    assert (stats["underruns"], stats["slips"], stats["bad"]) == (0, 0, 0)


def test_other_direction_and_other_lines_stay_silent() -> None:
    bench = running()
    one, two, three = (bench.line(tag) for tag in (1, 2, 3))
    one.play(rig.sine(1000))
    heard_between(bench, one, two)
    assert set(one.samples(50)) == {0}
    assert set(three.samples(50)) == {0}


def test_a_line_delays_by_three_frames_at_most() -> None:
    bench = running()
    (one, two), (three, four) = bench.back_to_back(1, 2), bench.back_to_back(3, 4)
    early, late = bench.line(5), bench.line(6)
    for source, sink in ((two, early.slot), (two, three), (four, late.slot)):
        native.connect(source, sink)
    bench.frames(late, 20)
    native.tone_start(one, [(1000, 0, 1000, 0)])
    bench.frames(late, 20)
    native.clock_stop()  # the last frame each has heard is of the same tick
    for _ in range(20):
        bench.pump()
    sounding = [sum(frame != rig.SILENCE for frame in far.heard) for far in (early, late)]
    assert 1 <= sounding[0] - sounding[1] <= 3


def test_far_end_in_a_hurry_slips_and_stays_within_sixty_ms() -> None:
    bench = running()
    one, two = bench.line(1), bench.line(2)
    heard_between(bench, one, two)
    for _ in range(100):
        one.socket.send(next(rig.sine(1000)))
        bench.frames(two, 1)  # one more than the paced one: twice the speed
    stats = native.line_stats(one.slot)
    assert stats["slips"] > 10
    one.play([])
    bench.frames(two, 50)
    assert set(two.samples(5)) == {0}


def test_silent_far_end_counts_underruns_and_recovers() -> None:
    bench = running()
    one, two = bench.line(1), bench.line(2)
    one.play(rig.sine(1000))
    heard_between(bench, one, two)
    bench.far_ends.remove(one)
    bench.frames(two, 10)
    assert native.line_stats(one.slot)["underruns"] > 5
    bench.far_ends.append(one)
    bench.frames(two, 60)
    assert max(rig.levels(two.samples(50), 1000)) > 7900


def test_odd_packets_are_counted_and_harm_nothing() -> None:
    bench = running()
    one, two = bench.line(1), bench.line(2)
    one.play(rig.sine(1000))
    heard_between(bench, one, two)
    for packet in (b"x", b"x" * 321, b"x" * 5000):
        one.socket.send(packet)
        bench.frames(two, 3)
    assert native.line_stats(one.slot)["bad"] == 3
    bench.frames(two, 50)
    assert max(rig.levels(two.samples(50), 1000)) > 7900
    assert max(abs(s) for s in two.samples(60)) < 8200


def test_stream_cut_anywhere_keeps_its_samples_whole() -> None:
    bench = running()
    one, two = bench.line(1, socket.SOCK_STREAM), bench.line(2)
    native.connect(one.slot, two.slot)
    data = b"".join(next(tone) for tone in [rig.sine(1000)] for _ in range(60))
    bench.far_ends.remove(one)
    for start in range(0, len(data), 321):  # odd cuts
        one.socket.send(data[start : start + 321])
        bench.frames(two, 1)
    assert max(rig.levels(two.samples(40), 1000)) > 7900
    assert max(abs(s) for s in two.samples(40)) < 8200


def test_device_that_is_no_socket_works_too() -> None:
    bench = running()
    near, far = os.openpty()
    tty.setraw(near)
    slot, two = native.line_open(near, 9), bench.line(2)
    native.connect(slot, two.slot)
    tone = rig.sine(1000)
    for _ in range(30):
        os.write(far, next(tone))
        bench.frames(two, 1)
    assert max(rig.levels(two.samples(15), 1000)) > 7900
    assert os.read(far, 320) == rig.SILENCE


@pytest.mark.parametrize("kind", KINDS)
def test_end_of_the_far_end_is_told_once(kind: socket.SocketKind) -> None:
    bench = running()
    one, two = bench.line(1, kind), bench.line(2, kind)
    one.play(rig.sine(1000))
    heard_between(bench, one, two)
    one.socket.close()
    bench.until(lambda: bool(bench.events))
    bench.frames(two, 20)
    assert bench.events == [("closed", 1)]
    assert set(two.samples(5)) == {0}
    assert native.line_stats(one.slot)["closed"] == 1
    native.line_close(one.slot)


def test_far_end_that_does_not_read_is_counted_not_waited_for() -> None:
    bench = running()
    one, two = bench.line(1), bench.line(2)
    bench.far_ends.remove(one)
    bench.until(lambda: native.line_stats(one.slot)["unsent"] > 20, seconds=20)
    assert native.clock_stats()["missed"] == 0
    assert len(two.heard) > 20


def test_line_close_closes_the_descriptor_and_frees_the_slot() -> None:
    bench = running()
    one = bench.line(1)
    native.line_close(one.slot)
    bench.far_ends.remove(one)
    one.socket.setblocking(True)
    while one.socket.recv(4096):
        pass  # ends only because the near end is closed
    with pytest.raises(KeyError):
        native.line_close(one.slot)
    with pytest.raises(KeyError):
        native.line_stats(one.slot)
    assert native.line_open(socket.socketpair()[0].fileno(), 2) == one.slot


def test_fail__bad_descriptor() -> None:
    running()
    with pytest.raises(OSError, match="Bad file"):
        native.line_open(9999, 1)


def test_lines_come_and_go_by_thousands_while_the_clock_runs() -> None:
    bench = running()
    (source, steady), other = bench.back_to_back(1, 5), bench.line(2)
    native.tone_start(source, [(1000, 0, 1000, 0)])
    native.connect(steady, other.slot)
    for turn in range(4000):
        near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        slot = native.line_open(near.fileno(), 3)
        near.close()
        native.connect(slot, other.slot)
        native.connect(other.slot, slot)
        native.tone_start(slot, [(350, 440, 100, 0)])
        if turn % 3 == 0:
            far.close()
        if turn % 7 == 0:
            bench.pump()  # some live for a tick, most do not
        native.line_close(slot)
        far.close()
    native.disconnect(steady, other.slot)
    native.connect(steady, other.slot)
    bench.frames(other, 60)
    assert min(rig.levels(other.samples(40), 1000)) > 5000
    assert native.line_open(socket.socketpair()[0].fileno(), 4) < 50  # slots came back
    bench.close()
