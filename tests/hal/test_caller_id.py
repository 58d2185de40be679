"""Caller ID as sound: what an exchange sends, a telephone shows; damaged, it shows nothing."""

from __future__ import annotations

import random
from array import array
from collections.abc import Iterator

import pytest

from hal.sim import alerting, fsk
from hal.sim.alerting import Timetable, timetable
from hal.sim.caller_id import MDMF, SEIZURE, Caller, Reader, keys, message
from hal.sim.display import Display
from hal.sim.fsk import Modem, Receiver, bits_of, modulate
from hal.sim.settings import HandsetSettings, OutsideSettings
from hal.sim.sound import LOUDEST, amplitude, frames, silence
from tests.hal.test_dtmf import vowels

CALLER = Caller("075583587106", "张三 Ltd", "11211336")


def noisy(sound: bytes, level: float, seed: int = 1) -> bytes:
    draw = random.Random(seed)
    spread = amplitude(level) / 2**0.5
    values = (round(value + draw.gauss(0, spread)) for value in array("h", sound))
    return array("h", (max(-LOUDEST, min(LOUDEST, value)) for value in values)).tobytes()


def received(sound: bytes, modem: Modem = "bell202") -> bytes:
    receiver = Receiver(modem)
    return b"".join(receiver.hear(frame) for frame in frames(sound + silence(60)))


def shown(sound: bytes, standard: str = "fsk") -> list[Caller]:
    display = Display(HandsetSettings(display=standard))  # type: ignore[arg-type]
    return [caller for frame in frames(sound + silence(400)) for caller in display.on_hook(frame)]


def sent(**settings: object) -> bytes:
    return alerting.announcement(OutsideSettings(**settings), CALLER)  # type: ignore[arg-type]


@pytest.mark.parametrize("modem", ["bell202", "v23"])
def test_every_byte_goes_through_the_modem(modem: Modem) -> None:
    data = bytes(range(256))
    sound = modulate([True] * 40 + bits_of(data) + [True] * 10, modem)
    assert received(sound, modem) == data


@pytest.mark.parametrize("modem", ["bell202", "v23"])
@pytest.mark.parametrize("shift", [0, 2, 54, 318])
@pytest.mark.parametrize("level", [fsk.LEVEL, -30.0])
def test_where_a_frame_begins_and_how_loud_it_is_does_not_matter(
    modem: Modem, shift: int, level: float
) -> None:
    sound = modulate(bits_of(SEIZURE) + [True] * 180 + bits_of(message(CALLER)), modem, level)
    found = Reader().take(received(bytes(shift) + sound, modem))
    assert found == [CALLER]


@pytest.mark.parametrize("modem", ["bell202", "v23"])
def test_it_is_read_in_noise(modem: Modem) -> None:
    """Signal 13.5 dB below 0 dBm0, noise 15 dB below that."""
    sound = modulate(bits_of(SEIZURE) + [True] * 180 + bits_of(message(CALLER)), modem)
    for seed in range(5):
        assert Reader().take(received(noisy(sound, -28.5, seed), modem)) == [CALLER]


def test_speech_is_no_caller_id() -> None:
    assert Reader().take(received(vowels(20, seed=5))) == []


@pytest.mark.parametrize(("caller", "with_name"), [(CALLER, True), (Caller("110"), True)])
def test_messages_are_read_as_they_were_made(caller: Caller, with_name: bool) -> None:
    assert Reader().take(message(caller, with_name=with_name)) == [caller]


def test_the_plain_message_has_no_name() -> None:
    (found,) = Reader().take(message(CALLER, with_name=False))
    assert (found.number, found.name, found.date) == (CALLER.number, "", CALLER.date)


def test_why_there_is_no_number() -> None:
    (found,) = Reader().take(message(Caller("P", "", "11211336")))
    assert found.number == "P"


@pytest.mark.parametrize(
    "bad",
    [
        message(CALLER)[:-1] + b"\0",
        bytes([MDMF, 3, 2, 9, 0x31]) + bytes([-(MDMF + 3 + 2 + 9 + 0x31) % 256]),
        b"\x04\x00\xfc",
    ],
)
def test_a_wrong_message_shows_nothing(bad: bytes) -> None:
    reader = Reader()
    assert reader.take(bad) == []
    assert reader.damaged == 1
    assert reader.take(message(CALLER)) == [CALLER]


def test_what_is_shown_has_no_control_characters() -> None:
    (found,) = Reader().take(message(Caller("1\x1b[31m", "a\x00\x07b")))
    assert (found.number, found.name) == ("1[31m", "ab")


def test_a_number_in_dtmf() -> None:
    assert keys(CALLER) == "D075583587106C"
    assert shown(sent(caller_id="dtmf"), "dtmf") == [Caller(CALLER.number)]


@pytest.mark.req("FXO-02")
@pytest.mark.parametrize("standard", ["fsk", "fsk-etsi"])
def test_a_telephone_shows_what_its_exchange_sends(standard: str) -> None:
    assert shown(sent(caller_id=standard), standard) == [CALLER]


@pytest.mark.parametrize(("sends", "understands"), [("fsk", "dtmf"), ("dtmf", "fsk")])
def test_a_telephone_of_another_standard_shows_nothing(sends: str, understands: str) -> None:
    assert shown(sent(caller_id=sends), understands) == []


@pytest.mark.parametrize("damage", ["truncated", "checksum"])
def test_a_damaged_message_shows_nothing_and_is_counted(damage: str) -> None:
    display = Display(HandsetSettings())
    for frame in frames(sent(caller_id_damage=damage) + silence(400)):
        assert display.on_hook(frame) == []
    assert display.damaged == 1
    for frame in frames(sent()):
        display.on_hook(frame)
    assert display.damaged == 1, "the next message is read as if nothing had been"


# -- call waiting ----------------------------------------------------------------------------------
def test_the_telephone_answers_the_alerting_tones_and_reads_who_waits() -> None:
    display = Display(HandsetSettings())
    for frame in frames(alerting.waiting(OutsideSettings())):
        display.in_call(frame)
    assert display.listening
    told = frames(silence(100) + alerting.waiting_caller(OutsideSettings(), CALLER))
    assert [found for frame in told for found in display.in_call(frame)] == [CALLER]
    assert not display.listening


def test_speech_is_no_alerting_tone() -> None:
    display = Display(HandsetSettings())
    for frame in frames(vowels(30, seed=7)):
        display.in_call(frame)
        assert not display.listening


def test_a_telephone_without_call_waiting_does_not_answer() -> None:
    display = Display(HandsetSettings(call_waiting=False))
    for frame in frames(alerting.waiting(OutsideSettings())):
        display.in_call(frame)
    assert not display.listening


# -- timetables ------------------------------------------------------------------------------------
def rings(table: Timetable) -> Iterator[tuple[int, int]]:
    """When the ringing voltage is there, of the steps before the cadence goes on by itself."""
    began = 0
    for step in table.steps:
        if step.deed == "ring":
            began = step.at
        elif step.deed == "quiet":
            yield began, step.at


def sound_of(table: Timetable) -> tuple[int, int]:
    (step,) = [step for step in table.steps if step.deed == "sound"]
    return step.at, step.at + len(step.sound) // 16


def test_without_caller_id_the_cadence_begins_at_once() -> None:
    assert timetable(OutsideSettings(caller_id="none"), CALLER) == Timetable((), 0, (1000, 4000))


@pytest.mark.parametrize("country", ["cn", "us"])
def test_between_two_rings(country: str) -> None:
    table = timetable(OutsideSettings(country=country), CALLER)
    begins, ends = sound_of(table)
    assert list(rings(table)) == [(0, table.cadence[0])]
    assert table.cadence[0] + 300 <= begins
    assert ends + 200 <= table.again_at


def test_after_a_reversal() -> None:
    company = OutsideSettings(country="gb", caller_id="fsk-etsi", caller_id_when="reversal")
    table = timetable(company, CALLER)
    assert [step.deed for step in table.steps] == ["turn", "sound", "return"]
    assert sound_of(table)[1] < table.again_at
    assert shown(table.steps[1].sound, "fsk-etsi") == [CALLER]


def test_after_a_short_ring() -> None:
    table = timetable(OutsideSettings(caller_id_when="ring-pulse"), CALLER)
    assert list(rings(table)) == [(0, alerting.PULSE)]
    assert sound_of(table)[0] >= alerting.PULSE + 500


def test_the_second_ring_may_fall_into_it() -> None:
    table = timetable(OutsideSettings(caller_id_damage="cut-by-ring", ringing=(500, 500)), CALLER)
    begins, ends = sound_of(table)
    assert begins < table.again_at < ends


def test_a_distinctive_ring() -> None:
    table = timetable(OutsideSettings(ringing=(400, 200, 400, 4000)), CALLER)
    assert list(rings(table)) == [(0, 400), (600, 1000)]
