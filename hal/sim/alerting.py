"""How a call announces itself on an outside line: rings, reversals and caller ID, as a timetable.

Pure.  A step is what the company does to the wires at a time in ms; what comes after the last step
is the cadence again and again.  The sounds are the real ones: whoever listens on the hook hears the
modem.  What the orders of signals are called (`OutsideSettings.caller_id_when`):

    between      a ring, caller ID in the pause after it            Bellcore, China
    reversal     polarity turns, alerting tones, caller ID, rings   Britain; in DTMF: Denmark
    ring-pulse   a quarter second of ringing, caller ID, rings      France and many with ETSI
    first        caller ID straight away, then rings                older Chinese exchanges, in DTMF
"""

from __future__ import annotations

import functools
from array import array
from operator import add
from typing import Literal

import msgspec

from hal.sim import caller_id, countries, dtmf, fsk
from hal.sim.caller_id import Caller
from hal.sim.settings import OutsideSettings
from hal.sim.sound import silence, sine_second

PULSE = 250  # ms of the ring that says: caller ID follows
AFTER_RING, AFTER_PULSE, AFTER_TURN, BEFORE_RING = 500, 600, 120, 250  # ms
ALERT_TONES = (2130, 2750)  # Hz; on the hook for 100 ms, in a call for 80 ms
ALERT_LEVEL = -15.0
KEY_MS = 70

Deed = Literal["ring", "quiet", "turn", "return", "sound"]


class Step(msgspec.Struct, frozen=True):
    at: int
    deed: Deed
    sound: bytes = b""


class Timetable(msgspec.Struct, frozen=True):
    steps: tuple[Step, ...]
    again_at: int  # when the cadence begins again
    cadence: tuple[int, ...]


def timetable(company: OutsideSettings, caller: Caller) -> Timetable:
    cadence = company.ringing or countries.ring_cadence(company.country)
    sound = announcement(company, caller)
    if not sound:
        return Timetable((), 0, cadence)
    lead, sound_at, back = _lead(company, cadence)
    end = sound_at + len(sound) // 16 + BEFORE_RING
    if company.caller_id_damage == "cut-by-ring":
        end = sound_at + len(sound) // 32
    first = company.caller_id_when == "between"
    again = max(end, sum(cadence)) if first else end
    steps = (*lead, Step(sound_at, "sound", sound), *(Step(end, deed) for deed in back))
    return Timetable(steps, again, cadence)


def _lead(
    company: OutsideSettings, cadence: tuple[int, ...]
) -> tuple[tuple[Step, ...], int, tuple[Deed, ...]]:
    """What comes before the sound, when the sound begins, and what is undone after it."""
    match company.caller_id_when:
        case "between":
            return (*ring_steps(cadence, 0),), sum(cadence[:-1]) + AFTER_RING, ()
        case "ring-pulse":
            return (Step(0, "ring"), Step(PULSE, "quiet")), PULSE + AFTER_PULSE, ()
        case "reversal":
            return (Step(0, "turn"),), AFTER_TURN, ("return",)
    return (), AFTER_TURN, ()


def ring_steps(cadence: tuple[int, ...], start: int) -> list[Step]:
    """One turn of the cadence."""
    steps, at = [], start
    for place, ms in enumerate(cadence):
        steps.append(Step(at, "quiet" if place % 2 else "ring"))
        at += ms
    return steps


def announcement(company: OutsideSettings, caller: Caller) -> bytes:
    """The sound of the caller ID, damaged as wanted."""
    if company.caller_id == "none":
        return b""
    if company.caller_id == "dtmf":
        keys = (dtmf.press(key, KEY_MS, KEY_MS) for key in caller_id.keys(caller))
        sound = b"".join(keys)
    else:
        sound = _fsk(company, caller, on_hook=True)
        if company.caller_id_when == "reversal":
            sound = alert(100) + silence(60) + sound
    if company.caller_id_damage == "truncated":
        return sound[: len(sound) * 3 // 4 // 320 * 320]
    return sound


def waiting(company: OutsideSettings) -> bytes:
    """In a call: the beep for people, then the alerting tones for the telephone."""
    beep = b"".join(countries.tone(company.country, "call_waiting"))[: 16 * 300]
    return beep + silence(40) + alert(80)


def waiting_caller(company: OutsideSettings, caller: Caller) -> bytes:
    """After the telephone's answer: caller ID without a seizure of the channel."""
    return _fsk(company, caller, on_hook=False)


@functools.lru_cache(maxsize=4)
def alert(ms: int) -> bytes:
    low, high = (array("h", sine_second(hz, ALERT_LEVEL)) for hz in ALERT_TONES)
    return array("h", map(add, low[: 8 * ms], high[: 8 * ms])).tobytes()


def _fsk(company: OutsideSettings, caller: Caller, *, on_hook: bool) -> bytes:
    data = caller_id.message(caller)
    if company.caller_id_damage == "checksum":
        data = data[:-1] + bytes([data[-1] ^ 1])
    lead = fsk.bits_of(caller_id.SEIZURE) if on_hook else []
    marks = caller_id.MARKS_ON_HOOK if on_hook else caller_id.MARKS_OFF_HOOK
    bits = [*lead, *[True] * marks, *fsk.bits_of(data), *[True] * 10]
    return fsk.modulate(bits, "v23" if company.caller_id == "fsk-etsi" else "bell202")
