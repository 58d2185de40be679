"""Recordings: which legs are written down under which name.

Two legs are two channels, the first one left; any other number is one channel of all together.
The file is `<name>.wav` below the folder given; the engine makes it, refuses names that lead
elsewhere, and never writes over another.  Each recording ends with one `RecordingEnded`.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path

import msgspec
from hookswitch_engine import native

from firmware.core import effects, events, naming
from firmware.edges.inbox import Inbox

log = logging.getLogger("media")


class Recording(msgspec.Struct, frozen=True):
    name: str
    legs: tuple[int, ...]
    slots: tuple[int, ...]

    def slot_of(self, leg: int) -> int:
        return self.slots[self.legs.index(leg) % len(self.slots)]


class Recordings:
    def __init__(self, inbox: Inbox, folder: Path) -> None:
        self._inbox, self._folder = inbox, folder
        self._going: dict[int, Recording] = {}  # by the engine's tag
        self._unwanted: set[str] = set()
        self._last = 0
        folder.mkdir(mode=0o750, parents=True, exist_ok=True)  # the engine makes those below it
        for left_over in (folder / naming.FOLDER).glob("*.wav"):
            left_over.unlink(missing_ok=True)  # of calls that died with the process before

    def start(self, effect: effects.Record) -> None:
        """What cannot even be begun ends at once: whoever waits for it is told like any other."""
        self._last += 1
        channels = 2 if len(effect.legs) == 2 else 1
        try:
            if any(going.name == effect.name for going in self._going.values()):
                raise OSError("it is being recorded already")
            name = f"{effect.name}.wav"
            slots = native.record_start(str(self._folder), name, channels, self._last)
        except (OSError, ValueError) as error:
            log.warning("recording %.64r failed: %s", effect.name, error)
            self._inbox.post(events.RecordingEnded, effect.name, 0, str(error))
            return
        self._going[self._last] = Recording(effect.name, effect.legs, slots)

    def stop(self, effect: effects.StopRecord) -> None:
        for tag, recording in self._going.items():
            if recording.name == effect.name:
                native.record_stop(tag)

    def drop(self, name: str) -> None:
        """Away with it; one that is being made goes when it is complete."""
        for tag, recording in self._going.items():
            if recording.name == name:
                self._unwanted.add(name)
                native.record_stop(tag)
                return
        (self._folder / f"{name}.wav").unlink(missing_ok=True)

    def ended(self, tag: int, ms: int, error: int) -> None:
        """News of the engine; after an error it waits to be let go."""
        recording = self._going.pop(tag, None)
        if recording is None:
            return
        native.record_stop(tag)
        why = os.strerror(error) if error else ""
        if why:
            log.warning("recording %s broke off: %s", recording.name, why)
        if recording.name in self._unwanted:
            self._unwanted.remove(recording.name)
            self.drop(recording.name)
        self._inbox.post(events.RecordingEnded, recording.name, ms, why)

    def ears_on(self, leg: int) -> list[int]:
        """The slots that write down what this leg says."""
        return [going.slot_of(leg) for going in self._going.values() if leg in going.legs]

    def slots(self) -> set[int]:
        return {slot for going in self._going.values() for slot in going.slots}

    def legs_of(self, tag: int) -> tuple[int, ...]:
        return self._going[tag].legs if tag in self._going else ()

    def legs(self) -> set[int]:
        return {leg for going in self._going.values() for leg in going.legs}
