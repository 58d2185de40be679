"""The analog lines: hardware events in, ringing, seizing and audio out.

A leg on a line has audio while the line is in use: from the lifted handset, or from the seizure
of an outside line, until the core hangs it up.  The hardware decides nothing here and the core
sees no hardware: this is the translation, both ways.
"""

from __future__ import annotations

import logging
import os

from hookswitch_engine import native

from firmware.api.hardware import PortView
from firmware.core import effects, events
from firmware.edges.inbox import Inbox
from firmware.edges.media import Media
from firmware.wire.loop import Loop
from hal import api as hal

log = logging.getLogger("lines")

DIAL_TONE_WAIT = 1.0  # seconds from seizure to the first digit: the exchange needs to be listening
DIGIT_MS, PAUSE_MS = 80, 80


class Lines:
    def __init__(self, hardware: hal.Lines, media: Media, inbox: Inbox, loop: Loop) -> None:
        self._hardware, self._media = hardware, media
        self._inbox, self._loop = inbox, loop
        self._line_of: dict[int, int] = {}  # leg -> line, while the leg is on it
        self._slot_of: dict[int, int] = {}  # leg -> slot, while it has audio
        self._kind: dict[int, hal.Kind] = {}

    def start(self) -> None:
        """Tell the core what is fitted, then listen."""
        for port in self._hardware.describe():
            self._kind[port.line] = port.kind
            self._inbox.post(events.LineFound, port.line, port.kind, port.up)
            if port.kind == "fxs" and port.off_hook:
                self._inbox.post(events.HandsetLifted, port.line)
        self._loop.watch(self._hardware.fileno(), lambda _: self._listen())

    def has(self, leg: int) -> bool:
        return leg in self._line_of

    def _listen(self) -> None:
        for event in self._hardware.events():
            self._translate(event)

    def _translate(self, event: hal.LineEvent) -> None:
        post = self._inbox.post
        match event:
            case hal.OffHook(line):
                post(events.HandsetLifted, line)
            case hal.OnHook(line):
                post(events.LineReleased, line)
            case hal.Flash(line):
                post(events.HookFlashed, line)
            case hal.Pulse(line, digit):
                self._pulse(line, digit)
            case hal.Ring(line, caller):
                post(events.LineRang, line, caller)
            case hal.RingEnd(line):
                post(events.LineQuiet, line)
            case hal.Polarity(line, reversed_):
                post(events.LineReversed, line, reversed_)
            case hal.LineUp(line):
                self._came_up(line)
            case hal.LineDown(line, why):
                post(events.LineWentDown, line, why)
            case hal.Fault(line, why):
                log.warning("port=%d %s", line, why or "is well again")

    def ports(self) -> tuple[PortView, ...]:
        """What the hardware has, for whoever numbers it."""
        return tuple(
            PortView(port.line, port.kind, port.found, port.up)
            for port in self._hardware.describe()
        )

    def _came_up(self, line: int) -> None:
        """A card that was changed may have another module there than before."""
        kind = next(port.kind for port in self._hardware.describe() if port.line == line)
        if kind != self._kind[line]:
            self._kind[line] = kind
            self._inbox.post(events.LineFound, line, kind, False)
        self._inbox.post(events.LineCameUp, line)

    def _pulse(self, line: int, digit: str) -> None:
        for leg, on in self._line_of.items():
            if on == line:
                self._inbox.post(events.DigitHeard, leg, digit)

    # -- effects -----------------------------------------------------------------------------------
    def open(self, effect: effects.OpenLine) -> None:
        self._line_of[effect.leg] = effect.line
        self._open_audio(effect.leg, effect.line)

    def ring(self, effect: effects.RingLine) -> None:
        self._line_of[effect.leg] = effect.line
        self._hardware.ring(effect.line, effect.cadence)

    def stop_ringing(self, effect: effects.StopRinging) -> None:
        self._hardware.ring(effect.line, ())

    def seize(self, effect: effects.SeizeLine) -> None:
        self._line_of[effect.leg] = effect.line
        if effect.rest_ms:
            self._loop.after(effect.rest_ms / 1000, lambda: self._take(effect))
        else:
            self._go_off_hook(effect)

    def _take(self, effect: effects.SeizeLine) -> None:
        """After its rest; the caller may have given up meanwhile, or the line may be gone."""
        if effect.leg not in self._line_of:
            return
        try:
            self._go_off_hook(effect)
        except (hal.LineError, OSError) as error:
            self._inbox.post(events.EffectFailed, effect.leg, "SeizeLine", str(error))

    def _go_off_hook(self, effect: effects.SeizeLine) -> None:
        self._hardware.hook(effect.line, True)
        self._open_audio(effect.leg, effect.line)
        self._loop.after(DIAL_TONE_WAIT, lambda: self._send_number(effect))

    def answer(self, effect: effects.AnswerLine) -> None:
        self._line_of[effect.leg] = effect.line
        self._hardware.hook(effect.line, True)
        self._open_audio(effect.leg, effect.line)

    def light(self, effect: effects.Light) -> None:
        self._hardware.light(effect.line, effect.lamp)

    def hang_up(self, effect: effects.Hangup) -> None:
        line = self._line_of.pop(effect.leg)
        slot = self._slot_of.pop(effect.leg, None)
        self._media.forget(effect.leg)
        if slot is not None:
            native.line_close(slot)
        if self._kind[line] == "fxo":
            self._hardware.hook(line, False)

    # -- audio -------------------------------------------------------------------------------------
    def _open_audio(self, leg: int, line: int) -> None:
        descriptor = self._hardware.audio(line)
        try:
            slot = native.line_open(descriptor, leg)
        finally:
            os.close(descriptor)  # the engine keeps its own copy
        self._slot_of[leg] = slot
        self._media.attach(leg, slot)

    def _send_number(self, effect: effects.SeizeLine) -> None:
        slot = self._slot_of.get(effect.leg)  # the caller may have given up meanwhile
        if slot is None:
            return
        try:
            native.digits_send(slot, effect.digits, DIGIT_MS, PAUSE_MS, effect.leg)
        except (ValueError, OSError) as error:
            self._inbox.post(events.EffectFailed, effect.leg, "SeizeLine", str(error))
