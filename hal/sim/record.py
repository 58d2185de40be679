"""What happened at the simulator, noted to become a test: `hookswitch sim record`.

Noted is what the box is told, in the box's own words: hooks, rings, polarity and lines as the card
reports them, and the digits that people dial.  Who lifted the handset, a hand, a script or a page,
makes no difference.  The text that it becomes is made by whoever asks (`firmware/tools`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from hal.api import (
    Flash,
    LineDown,
    LineEvent,
    LineUp,
    OffHook,
    OnHook,
    Polarity,
    Pulse,
    Ring,
    RingEnd,
)
from hal.sim.card import Card, Handlers
from hal.sim.deeds import Dial, Noted, RecordDeeds
from hal.sim.news import FromCard, NumberDialed, SimNews
from hal.sim.port import now_ms

MOST = 5000  # deeds; whoever forgets to end it keeps the newest

SAID: dict[type[LineEvent], str] = {
    OffHook: "lifts",
    OnHook: "hangs up",
    Flash: "flashes",
    Ring: "rings",
    RingEnd: "stops ringing",
    LineUp: "comes up",
    LineDown: "goes down",
}


class Recorder:
    def __init__(self, card: Card) -> None:
        self._card = card
        self._on = False
        self._noted: deque[Noted] = deque(maxlen=MOST)
        card.watchers.append(self._see)

    def handlers(self, people: Handlers) -> Handlers:
        """Its own, and that of dialing as it is noted."""
        return {RecordDeeds: self._record, Dial: self._dial(people[Dial])}

    def _record(self, ask: RecordDeeds) -> tuple[Noted, ...]:
        noted = tuple(self._noted)
        if ask.on != self._on:
            self._noted.clear()
        self._on = ask.on
        return noted

    def _note(self, line: int, deed: str, what: str = "") -> None:
        if self._on:
            self._noted.append(Noted(now_ms(), deed, line, what))

    def _dial(self, dial: Callable[[Dial], object]) -> Callable[[Dial], object]:
        def noted(ask: Dial) -> object:
            answer = dial(ask)
            if not ask.pulse:  # pulses are reported by the card
                self._note(ask.line, "dials", ask.digits)
            return answer

        return noted

    def _see(self, news: SimNews) -> None:
        if isinstance(news, NumberDialed):
            self._note(news.line, "has sent")
        elif isinstance(news, FromCard):
            self._report(news.event)

    def _report(self, event: LineEvent) -> None:
        if isinstance(event, Pulse):
            self._note(event.line, "dials", event.digit)
        elif isinstance(event, Polarity) and event.reversed:
            self._note(event.line, "reverses")
        elif type(event) in SAID:
            what = event.caller if isinstance(event, Ring) else ""
            self._note(event.line, SAID[type(event)], what)
