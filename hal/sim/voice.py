"""A mouth and an ear at the end of a line: what a person there says and hears.

The mouth is a queue of utterances, one frame of which is spoken for each frame of the card's clock;
an empty queue is silence.  An utterance without end (a test tone) gives way to the next one.  The
ear remembers the last minute.  Time is counted in frames; nothing here waits.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from hal.sim.sound import SILENCE

EAR_FRAMES = 3000  # one minute


class Utterance:
    """Something being said: `frames` over and over until `count` have been spoken."""

    __slots__ = ("began", "count", "cut", "frames", "spoken")

    def __init__(self, frames: tuple[bytes, ...], count: int | None) -> None:
        self.frames, self.count = frames, count
        self.spoken = 0
        self.began = 0  # monotonic ns of its first frame
        self.cut = False  # hung up, or taken back, before its end

    @property
    def over(self) -> bool:
        return self.cut or self.spoken == self.count

    def stop(self) -> None:
        self.cut = True

    def next(self) -> bytes:
        self.began = self.began or time.monotonic_ns()
        frame = self.frames[self.spoken % len(self.frames)]
        self.spoken += 1
        return frame


class Live:
    """Somebody at a microphone: speaks when nothing else is being said, and hears all at once.

    Waits for `AHEAD` frames before it begins, and again when it has run dry: a microphone's clock
    is not the line's.  What lies longer than `MOST` frames is old and thrown away.
    """

    AHEAD = 2
    MOST = 6

    def __init__(self, hear: Callable[[bytes], None]) -> None:
        self.hear = hear
        self._frames: deque[bytes] = deque(maxlen=self.MOST)
        self._flows = False

    def put(self, frame: bytes) -> None:
        self._frames.append(frame)
        self._flows = self._flows or len(self._frames) >= self.AHEAD

    def next(self) -> bytes:
        if self._flows and self._frames:
            return self._frames.popleft()
        self._flows = False
        return SILENCE


class Voice:
    def __init__(self) -> None:
        self.ticks = 0  # frames of the line's life: how anyone sees that the box takes audio
        self.heard = 0
        self._ear: deque[bytes] = deque(maxlen=EAR_FRAMES)
        self._times: deque[int] = deque(maxlen=EAR_FRAMES)  # monotonic ns of each
        self._mouth: deque[Utterance] = deque()
        self.live: Live | None = None

    def say(self, frames: tuple[bytes, ...]) -> Utterance:
        return self._queue(Utterance(frames, len(frames)))

    def hum(self, tone: tuple[bytes, ...], count: int | None) -> Utterance:
        """Speak the frames of a tone again and again, `count` frames or without end."""
        return self._queue(Utterance(tone, count))

    def hush(self) -> None:
        """Stop in the middle of the word."""
        for utterance in self._mouth:
            utterance.cut = True
        self._mouth.clear()

    def interrupt(self, frames: tuple[bytes, ...]) -> None:
        """Before all else; what was being said goes on afterwards."""
        self._mouth.appendleft(Utterance(frames, len(frames)))

    def speak(self) -> bytes:
        while self._mouth and self._mouth[0].over:
            self._mouth.popleft()
        if self._mouth:
            return self._mouth[0].next()
        return self.live.next() if self.live else SILENCE

    def hear(self, frame: bytes) -> None:
        self.heard += 1
        self._ear.append(frame)
        self._times.append(time.monotonic_ns())
        if self.live:
            self.live.hear(frame)

    def last(self, count: int) -> bytes:
        """The newest `count` frames the ear remembers."""
        return b"".join(list(self._ear)[-count:]) if count else b""

    def since(self, count: int) -> int:
        """When the first of the newest `count` frames came."""
        return self._times[-count] if 0 < count <= len(self._times) else 0

    def _queue(self, utterance: Utterance) -> Utterance:
        if self._mouth and self._mouth[-1].count is None:
            self._mouth[-1].cut = True
        self._mouth.append(utterance)
        return utterance
