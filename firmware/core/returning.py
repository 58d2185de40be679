"""The way back of a transferred party, as a chain of `Dial`s (XFR-02, XFR-06).

Whoever transferred somebody gets him back when nobody takes him, and the attendant when he does not
answer either.  That is added to what the resolver decided, where that would end in a refusal.
"""

from __future__ import annotations

import msgspec

from firmware.core.decision import Dial, Resolution, RunFeature, ToExtension
from firmware.core.model import Call
from firmware.core.record import Step
from firmware.core.switchboard import Switchboard


def give_back(board: Switchboard, call: Call, number: str) -> Resolution | None:
    """Ring `number` with a party of this call, then the attendant; None if there is neither."""
    last = None
    attendant = board.site.attendant
    for target in (attendant, number):
        if target not in board.site.extensions or (target == attendant == number and last):
            continue
        step = Step("return", "taken", f"extensions.{target}")
        dial = Dial(call.type, call.called, ToExtension(target), on_busy=last, on_no_answer=last)
        last = Resolution(dial, (step,))
    return last


def returning(dial: Dial, back: Resolution | None, ring_ms: int) -> Dial:
    """The same decision, but whoever is refused at its ends is given back."""
    busy, silent = (
        Resolution(returning(then.decision, back, 0), then.trail)
        if then and isinstance(then.decision, Dial)
        else (then if then and isinstance(then.decision, RunFeature) else back)
        for then in (dial.on_busy, dial.on_no_answer)
    )
    ring = dial.ring_ms or ring_ms
    return msgspec.structs.replace(dial, on_busy=busy, on_no_answer=silent, ring_ms=ring)
