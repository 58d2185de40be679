"""Service classes: what an extension may dial outside, and who may call it (COS).

A class is a name (`international`, `national`, `local`, `internal`), two digits of the exchange
table ("23": outgoing 2, incoming 3), or one that the administrator has made.  Emergency calls never
come here.  Order (COS-17): white list, black list, permission group, service class.
"""

from __future__ import annotations

import re

from firmware.core.record import Step
from firmware.core.site import Extension, Restrictions, ServiceClass
from firmware.routing import lists
from firmware.routing.clock import day_or_night
from firmware.routing.numbering import Asked

CONSOLE = {  # COS-12: the console's levels are those of the table without the premium block
    "international": ServiceClass(1),
    "national": ServiceClass(2),
    "local": ServiceClass(4),
    "internal": ServiceClass(6),
}
TWO_DIGITS = re.compile(r"[1-6][1-4]")
OPEN = ServiceClass()


def class_of(asked: Asked, extension: Extension) -> tuple[str, ServiceClass]:
    """The class that counts now (COS-18); an unknown name is the most careful one we have."""
    name = extension.day_class
    if extension.night_class and day_or_night(asked.site, asked.state, asked.at) == "night":
        name = extension.night_class
    if name in asked.site.classes:
        return name, asked.site.classes[name]
    if TWO_DIGITS.fullmatch(name):
        return name, ServiceClass(int(name[0]), int(name[1]), premium=False)
    return name, CONSOLE.get(name.lower(), CONSOLE["local"])


def may_dial(asked: Asked, extension: Extension, number: str) -> Step:
    """May this extension call this outside number?  `number` is without the prefix (COS-09)."""
    listed = lists.listed(asked.state, extension.number, "out", number)
    if listed:
        return listed
    name, kind = class_of(asked, extension)
    by_rule = _by_rules(kind, "out", number)
    allowed = by_rule if by_rule is not None else _level_allows(kind, number, asked)
    return Step("class", "passed" if allowed else "refused", f"classes.{name}", number)


def may_ring(asked: Asked, extension: Extension) -> Step | None:
    """May this caller ring this extension?  None: nothing speaks against it."""
    caller = asked.caller
    listed = lists.listed(asked.state, extension.number, "in", caller.number)
    if listed:
        return listed
    blocked = lists.blocked(asked.state, caller.number) if caller.outside else None
    if blocked:
        return blocked
    name, kind = class_of(asked, extension)
    shut = (2, 4) if caller.outside else (3, 4)
    by_rule = _by_rules(kind, "in" if caller.outside else "internal", caller.number)
    refused = not by_rule if by_rule is not None else kind.incoming in shut
    return Step("incoming-class", "refused", f"classes.{name}") if refused else None


def may_use(asked: Asked, extension: Extension, row: str) -> Step | None:
    """A class may be without some feature codes."""
    name, kind = class_of(asked, extension)
    return Step("class", "refused", f"classes.{name}", row) if row in kind.refused_codes else None


def _by_rules(kind: ServiceClass, calls: str, number: str) -> bool | None:
    """What the permission group says (COS-16); None: nothing fits."""
    fitting = [rule for rule in kind.rules if rule.calls == calls]
    fitting = [rule for rule in fitting if number.startswith(rule.prefix)]
    return max(fitting, key=lambda rule: len(rule.prefix)).allow if fitting else None


def _level_allows(kind: ServiceClass, number: str, asked: Asked) -> bool:
    restrictions: Restrictions = asked.site.restrictions
    if not kind.premium and kind.outgoing > 1 and number.startswith(restrictions.premium):
        return False
    match kind.outgoing:
        case 1:
            return True
        case 2:
            return not number.startswith(restrictions.national)
        case 3:
            opened = number.startswith(restrictions.opened)
            return opened or not number.startswith(restrictions.local)
        case 4:
            return not number.startswith((*restrictions.local, *restrictions.national))
        case _:
            return False
