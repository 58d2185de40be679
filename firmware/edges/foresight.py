"""A resolution as the answer to a dry run: what would happen, and what next where that fails."""

from __future__ import annotations

from firmware.api.callproc import DryRunView
from firmware.core.decision import (
    Dial,
    Reject,
    Resolution,
    RunFeature,
    ToExtension,
    ToGroup,
    ToLines,
    ToSeveral,
    ToTrunk,
)
from firmware.core.record import Step


def foresee(resolution: Resolution) -> DryRunView:
    trail = resolution.trail
    match resolution.decision:
        case Dial() as dial:
            return _dial(dial, trail)
        case RunFeature(feature, argument):
            return DryRunView("feature", feature, (), trail, argument)
        case Reject(cause):
            return DryRunView("reject", cause, (), trail)
        case _:
            return DryRunView("more", "", (), trail)


def _dial(dial: Dial, trail: tuple[Step, ...]) -> DryRunView:
    more: dict[str, object] = {
        "seconds": dial.ring_ms / 1000,
        "busy": foresee(dial.on_busy) if dial.on_busy else None,
        "no_answer": foresee(dial.on_no_answer) if dial.on_no_answer else None,
        "busy_as_no_answer": dial.busy_as_no_answer,
    }
    match dial.to:
        case ToExtension(number):
            return DryRunView("dial", number, (), trail, **more)  # type: ignore[arg-type]
        case ToGroup(_, members, strategy):
            called = ", ".join(members)
            return DryRunView("group", called, (), trail, strategy, **more)  # type: ignore[arg-type]
        case ToLines(lines, number):
            return DryRunView("outside", number, lines, trail, **more)  # type: ignore[arg-type]
        case ToSeveral(targets):
            called = ", ".join(_name(target) for target in targets)
            return DryRunView("group", called, (), trail, "all", **more)  # type: ignore[arg-type]
        case ToTrunk(trunk, number):
            return DryRunView("trunk", number, (), trail, trunk, **more)  # type: ignore[arg-type]


def _name(target: ToExtension | ToLines | ToTrunk) -> str:
    return target.number if isinstance(target, ToExtension) else target.digits
