"""The small questions on a call's way to somebody: what `arrival` asks, none of them of each other.

A `Way` is how the call came to where it stands; the questions are asked of it, the site and what
users have set.
"""

from __future__ import annotations

import msgspec

from firmware.core import causes
from firmware.core.decision import Dial, Reject, Resolution, ToExtension, ToGroup
from firmware.core.record import CallType, Step
from firmware.core.site import Extension
from firmware.routing import permission
from firmware.routing.clock import in_window, minute_of_day
from firmware.routing.numbering import Asked

HOPS = 5  # FWD-14
REFUSED = ("call-refused",)
NOT_ALLOWED = ("not-allowed",)
DND_ON = ("dnd-notice",)
AGENT_BUSY = ("agent-busy-notice",)
BEING_FORWARDED = ("forwarding",)


class Way(msgspec.Struct, frozen=True):
    """How the call came here.  `by` is the extension whose rights count for the way out."""

    type: CallType
    called: str
    by: str
    hops: tuple[str, ...] = ()
    withheld: bool = False
    unchecked: bool = False
    plain: bool = False  # a step of follow-me: nobody's forwards count
    depth: int = 0  # how many numbers have stood for others (a speed dial may name itself)


def to_phone(number: str, way: Way) -> Dial:
    diverted_by = way.hops[-1] if way.hops else ""
    to = ToExtension(number)
    return Dial(way.type, way.called, to, diverted_by=diverted_by, withheld=way.withheld)


def only_attendant(asked: Asked, way: Way) -> bool:
    """COS-06, for calls that somebody dials himself."""
    extension = asked.site.extensions.get(way.by)
    return bool(extension and extension.only_attendant and not way.hops and not way.unchecked)


def dnd(asked: Asked, extension: Extension) -> Step | None:
    """Does its user refuse this call?  Only what the administrator lets him refuse (FXS-14)."""
    entry = asked.state.dnd.get(extension.number)
    kind = "external" if asked.caller.outside else "internal"
    if entry is None or entry.calls not in (kind, "both") or extension.dnd not in (kind, "both"):
        return None
    step = Step("dnd", "refused", f"dnd.{extension.number}", entry.calls)
    now = minute_of_day(asked.site, asked.at)
    if entry.since is not None and entry.until is not None:
        return step if in_window(now, entry.since, entry.until) else None
    return step


def leads_back(asked: Asked, number: str, to: str, way: Way) -> bool:
    """To itself, to where the call has been, or to the caller."""
    target = to.rstrip("#")
    return target in (number, *way.hops) or (
        target == asked.caller.number and not asked.caller.outside
    )


def told(asked: Asked, dial: Dial, by: str) -> Dial:
    """The global options of forwarding (FWD-06, FWD-07)."""
    options = asked.site.diversion
    outside = not isinstance(dial.to, ToExtension | ToGroup)
    return msgspec.structs.replace(
        dial,
        diverted_by=dial.diverted_by or by,
        caller_id=asked.caller.number if options.pass_caller and outside else dial.caller_id,
        tell_caller=BEING_FORWARDED if options.tell_caller else (),
    )


def stays_out(asked: Asked, member: str) -> Step | None:
    """A member who wants no calls now."""
    extension = asked.site.extensions.get(member)
    if extension is None:
        return None
    check = permission.may_ring(asked, extension)
    step = check if check and check.verdict == "refused" else dnd(asked, extension)
    if step is None and member in asked.state.busy:
        step = Step("agent-busy", "refused", f"busy.{member}")
    return msgspec.structs.replace(step, verdict="passed") if step else None


def after(steps: tuple[Step, ...], came: Resolution) -> Resolution:
    return Resolution(came.decision, (*steps, *came.trail))


def no(step: Step, words: tuple[str, ...], cause: str = causes.NOT_ALLOWED) -> Resolution:
    return Resolution(Reject(cause, words), (step,))
