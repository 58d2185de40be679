"""Feature codes: digits dialed off-hook, and keys pressed in a call.

Off-hook the longest code wins (FCR-06), so an exact code beats one with a parameter (FCR-07).  In a
call the same table counts, but its own rows only (FCR-04), and `#` is a key like any other: after a
complete star code it is swallowed (FCR-08), which is why the exchange waits one gap for it.
"""

from __future__ import annotations

import msgspec

from firmware.core import causes
from firmware.core.decision import NeedMore, Reject, Resolution, RunFeature
from firmware.core.record import Step
from firmware.core.site import Code
from firmware.routing import permission
from firmware.routing.numbering import Asked, Match

TIME_DIGITS = 8  # MMDDhhmm
BAD_CODE = ("bad-code",)
NOT_ALLOWED = ("not-allowed",)


def feature_code(asked: Asked, digits: str) -> Match | None:
    listing = asked.directory.codes
    more = listing.begins(digits)
    best: Match | None = None
    for code in listing.within(digits):
        argument, longer = _argument(asked, code, digits[len(code.digits) :])
        more = more or longer
        if argument is not None and best is None:
            run = RunFeature(code.feature, argument)
            best = Match("code", f"codes.{code.digits}", run, detail=code.row, code=code)
    if best is None:
        return Match("code", "codes", more=True) if more else None
    return msgspec.structs.replace(best, more=more)


def _argument(asked: Asked, code: Code, rest: str) -> tuple[str | None, bool]:
    """What the feature gets of the digits after the code (None: unusable), and: may more come?"""
    match code.takes:
        case "":
            return (code.argument if not rest else None), False
        case "extension":
            known = rest in asked.site.extensions
            return (rest if known else None), not rest or rest in asked.site.beginnings
        case "time":
            complete = len(rest) == TIME_DIGITS and rest.isdecimal()
            return (rest if complete else None), len(rest) < TIME_DIGITS
        case _:
            enough = bool(rest) or code.takes == "optional"
            return (rest if enough else None), True


def may_use(asked: Asked, code: Code) -> tuple[Reject, Step] | None:
    """Codes for the attendant, and codes that a class is without."""
    site, caller = asked.site, asked.caller
    subject = f"codes.{code.digits}"
    positions = (site.attendant, site.second_attendant, site.night_attendant)
    if code.attendant and caller.number not in positions:
        return Reject(causes.NOT_ALLOWED, NOT_ALLOWED), Step("only-attendants", "refused", subject)
    extension = site.extensions.get(caller.number)
    step = permission.may_use(asked, extension, code.row) if extension else None
    return (Reject(causes.NOT_ALLOWED, NOT_ALLOWED), step) if step else None


def in_call(asked: Asked, keys: str) -> Resolution:
    """Keys pressed in a call or a conference: a code, the beginning of one, or nothing of ours."""
    extension = asked.site.extensions.get(asked.caller.number)
    if extension is None or not extension.may_transfer:
        return Resolution(Reject(causes.NOT_ALLOWED), ())
    listing = asked.directory.in_call[asked.caller.context]
    swallowed = keys.startswith("*") and keys.endswith("#") and listing.get(keys) is None
    code = listing.get(keys[:-1] if swallowed else keys)
    more = listing.begins(keys)
    if code is None:
        return Resolution(NeedMore() if more else Reject(causes.NO_SUCH_NUMBER), ())
    refused = may_use(asked, code)
    if refused:
        return Resolution(refused[0], (refused[1],))
    run = RunFeature(code.feature, code.argument)
    taken = (Step("code", "taken", f"codes.{code.digits}", code.row),)
    waits = more or (keys.startswith("*") and not swallowed)
    return Resolution(NeedMore(then=run) if waits else run, taken)
