"""callproc's member against the real process `sim`: orders, events, audio, death and return."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from hal.api import Flash, LineDown, LineError, LineUp, OffHook, OnHook, Pulse, Ring, RingEnd
from hal.board import load_board
from hal.sim.dtmf import press
from hal.sim.messages import (
    Answer,
    Answered,
    AudioClosed,
    AudioOpened,
    BellRings,
    BellStops,
    Cut,
    Dial,
    DigitArrived,
    Drop,
    HookTapped,
    Hum,
    LampChanged,
    Lift,
    Mend,
    NumberDialed,
    Released,
    RingIn,
    Seized,
    StopRing,
    Tap,
)
from hal.sim.sound import frames, loudness, tone_frames, tone_level
from tests.hal.simbox import Box, Driver, Eyes, running_box

CADENCE = (1000, 4000)
LINES = range(1, 9)


def test_a_ringing_handset_is_answered(box: Box, driver: Driver, eyes: Eyes) -> None:
    driver.lines.ring(2, CADENCE)
    eyes.wait(BellRings(2, CADENCE))
    box.ask(Lift(2))
    eyes.wait(BellStops(2))
    assert driver.until(OffHook(2)) == [OffHook(2)]
    assert box.port(2).state == "off-hook"


def test_ringing_stops_when_told(driver: Driver, eyes: Eyes) -> None:
    driver.lines.ring(2, CADENCE)
    driver.lines.ring(2, ())
    eyes.wait(BellRings(2, CADENCE))
    eyes.wait(BellStops(2))


def test_a_flash_goes_through_the_hookswitch(box: Box, driver: Driver) -> None:
    box.ask(Lift(1))
    box.ask(Tap(1))
    assert driver.until(Flash(1)) == [OffHook(1), Flash(1)]


def test_pulse_dialing_goes_through_the_hookswitch(box: Box, driver: Driver) -> None:
    box.ask(Lift(1))
    box.ask(Dial(1, "102", pulse=True))
    digits = [Pulse(1, "1"), Pulse(1, "0"), Pulse(1, "2")]
    assert driver.until(digits[-1]) == [OffHook(1), *digits]


@pytest.mark.req("HWD-X1")
def test_an_outside_call_with_audio_both_ways(box: Box, driver: Driver, eyes: Eyes) -> None:
    driver.lines.hook(5, True)
    eyes.wait(Seized(5))
    wire = driver.audio(5)
    assert tone_level(wire.listen(500), 450) == pytest.approx(-10, abs=0.2)
    wire.talk(frames(b"".join(press(key) for key in "110#")))
    assert [news for news in eyes.until(NumberDialed(5, "110")) if isinstance(news, DigitArrived)]
    box.ask(Answer(5))
    box.ask(Hum(5, 1000))
    assert tone_level(wire.talk(tone_frames(440)), 1000) == pytest.approx(-10, abs=0.1)
    box.ask(Drop(5))
    assert driver.until(OnHook(5)) == [OnHook(5)]
    driver.lines.hook(5, False)
    eyes.wait(Released(5))


def test_a_call_comes_in(box: Box, driver: Driver, eyes: Eyes) -> None:
    box.ask(RingIn(6, "075583587106"))
    assert driver.until(Ring(6, "075583587106"))
    driver.lines.hook(6, True)
    eyes.wait(Answered(6))
    driver.lines.flash(6)
    eyes.wait(HookTapped(6))


def test_a_call_comes_in_and_gives_up(box: Box, driver: Driver) -> None:
    box.ask(RingIn(6))
    assert driver.until(Ring(6)) == [Ring(6)]
    box.ask(StopRing(6))
    assert driver.until(RingEnd(6)) == [RingEnd(6)]


def test_a_cut_line_is_down_until_mended(box: Box, driver: Driver) -> None:
    box.ask(Cut(7))
    (down,) = driver.until(LineDown(7, "no battery: is it plugged in?"))
    assert down.line == 7
    assert not driver.lines.describe()[6].up
    for call in (lambda: driver.lines.hook(7, True), lambda: driver.lines.audio(7)):
        with pytest.raises(LineError, match="down"):
            call()
    box.ask(Mend(7))
    assert driver.until(LineUp(7)) == [LineUp(7)]
    driver.lines.hook(7, True)


def test_lamps(box: Box, driver: Driver, eyes: Eyes) -> None:
    driver.lines.light(3, "blink")
    eyes.wait(LampChanged(3, "blink"))
    assert box.port(3).lamp == "blink"
    driver.lines.light(3, "off")
    eyes.wait(LampChanged(3, "off"))


def test_a_lamp_is_the_cards_and_not_the_lines(box: Box, driver: Driver, eyes: Eyes) -> None:
    driver.lines.light(7, "on")
    eyes.wait(LampChanged(7, "on"))
    box.ask(Cut(7))
    driver.until(LineDown(7, "no battery: is it plugged in?"))
    driver.lines.light(7, "off")
    eyes.wait(LampChanged(7, "off"))


def test_a_card_that_comes_back_gets_its_lamps(box: Box, driver: Driver) -> None:
    driver.lines.light(3, "blink")
    driver.lines.light(7, "on")
    box.kill()
    driver.until(*(LineDown(line, "the simulated hardware does not answer") for line in LINES))
    with pytest.raises(LineError, match="does not answer"):
        driver.lines.light(7, "off")  # refused, and wanted nevertheless
    box.start()
    driver.until(*map(LineUp, LINES))
    assert [box.port(line).lamp for line in (3, 7)] == ["blink", "off"]


# -- audio ---------------------------------------------------------------------------------------
def test_a_handset_speaks_and_hears(box: Box, driver: Driver) -> None:
    box.ask(Lift(1))
    driver.until(OffHook(1))
    wire = driver.audio(1)
    box.ask(Hum(1, 440))
    assert tone_level(wire.listen(1000), 440) == pytest.approx(-10, abs=0.1)


def test_a_handset_on_its_hook_is_silent(driver: Driver) -> None:
    wire = driver.audio(1)
    assert loudness(wire.talk(tone_frames(1000))) < -80


def test_a_second_opener_replaces_the_first(driver: Driver, eyes: Eyes) -> None:
    first = driver.audio(1)
    first.tick()
    second = driver.audio(1)
    second.tick()
    assert first.sock.recv(400) == b""
    eyes.wait(AudioOpened(1))
    eyes.wait(AudioClosed(1))
    eyes.wait(AudioOpened(1))
    second.tick()
    second.close()
    eyes.wait(AudioClosed(1))


def test_frames_that_piled_up_are_all_answered(driver: Driver) -> None:
    wire = driver.audio(1)
    for _ in range(20):
        wire.sock.send(bytes(320))
    assert [len(wire.sock.recv(400)) for _ in range(20)] == [320] * 20


# -- death and return ------------------------------------------------------------------------------
def test_the_simulator_dies_and_comes_back(box: Box, driver: Driver) -> None:
    wire = driver.audio(1)
    wire.tick()
    fd = driver.lines.fileno()
    box.kill()
    gone = [LineDown(line, "the simulated hardware does not answer") for line in LINES]
    assert driver.until(*gone) == gone
    assert wire.sock.recv(400) == b""
    with pytest.raises(LineError):
        driver.lines.ring(1, CADENCE)
    box.start()
    assert driver.until(*map(LineUp, LINES)) == list(map(LineUp, LINES))
    assert driver.lines.fileno() == fd
    box.ask(Lift(1))
    assert driver.until(OffHook(1)) == [OffHook(1)]
    assert len(driver.audio(1).tick()) == 320


def test_a_frozen_simulator_delays_no_order(box: Box, driver: Driver, eyes: Eyes) -> None:
    os.kill(box.pid, signal.SIGSTOP)
    driver.lines.ring(1, CADENCE)
    fd = driver.lines.audio(1)
    os.kill(box.pid, signal.SIGCONT)
    eyes.wait(BellRings(1, CADENCE))
    eyes.wait(AudioOpened(1))
    os.close(fd)


def test_the_box_comes_back_to_a_card_in_the_middle_of_things(box: Box, driver: Driver) -> None:
    """A new callproc finds what a freshly opened card would report, and its orders undone."""
    driver.lines.ring(2, CADENCE)
    driver.lines.hook(5, True)
    driver.lines.light(5, "on")
    box.ask(Lift(1))
    driver.until(OffHook(1))
    box.ask(RingIn(6, "110"))
    driver.until(Ring(6, "110"))
    box.ask(Cut(8))
    driver.until(LineDown(8, "no battery: is it plugged in?"))
    driver.close()
    again = Driver(load_board("sim8"), box.run)
    seen = again.until(Ring(6, "110"), LineUp(7))
    ups = [event for event in seen if isinstance(event, LineUp)]
    assert ups == list(map(LineUp, range(1, 8)))
    assert [event for event in seen if event not in ups] == [OffHook(1), Ring(6, "110")]
    assert not again.lines.describe()[7].up
    assert again.lines.describe()[0].off_hook
    assert box.port(2).state == "on-hook"
    assert (box.port(5).state, box.port(5).lamp) == ("idle", "off")
    again.close()


def test_sigterm_ends_it_cleanly() -> None:
    with running_box() as box:
        assert box.stop() == 0


def test_an_idle_simulator_sleeps(box: Box, driver: Driver) -> None:
    """Every wake-up is a voluntary context switch; those left from the questions are few."""
    box.port(1)
    before = switches(box.pid)
    driver.loop.after(1.0, driver.loop.stop)
    driver.loop.run()
    assert switches(box.pid) - before <= 3


def switches(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("\nvoluntary_ctxt_switches:")[1].split()[0])
