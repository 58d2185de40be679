"""What must be true between any two events; tests check it after every step.

Not called on the running box: a broken table is a bug to be found before it ships.
"""

from __future__ import annotations

from collections import Counter

from firmware.core.model import Bridge, Dialing, Session, Tables


def broken(tables: Tables) -> list[str]:
    """Every broken promise, in words; empty when all is well."""
    return [*_legs(tables), *_owners(tables), *_waiting(tables), *_lines(tables)]


def _legs(tables: Tables) -> list[str]:
    faults = [
        f"leg {it.id} has no owner" for it in tables.legs.values() if it.owner not in tables.owners
    ]
    faults += [
        f"leg {leg.id} belongs to the closed call {leg.call}"
        for leg in tables.legs.values()
        if leg.call and leg.call not in tables.calls
    ]
    return faults


def _owners(tables: Tables) -> list[str]:
    faults = []
    seats = Counter(leg.owner for leg in tables.legs.values())
    for number, owner in tables.owners.items():
        needed = 2 if isinstance(owner, Bridge) and not owner.keeper else 1
        if seats[number] < needed:
            faults.append(f"owner {number} has {seats[number]} legs")
        if isinstance(owner, Dialing):
            caller = tables.legs.get(owner.caller)
            if caller is None or caller.owner != number:
                faults.append(f"dialing {number} has lost its caller")
    living = tables.owners.keys() | {-call for call in tables.calls}
    faults += [f"timer of the dead owner {it}" for it in tables.timers if it not in living]
    used = {leg.call for leg in tables.legs.values()}
    faults += [f"call {call} has no leg" for call in tables.calls if call not in used]
    return faults


def _waiting(tables: Tables) -> list[str]:
    """Everybody who waits for somebody waits for a living one, who knows of it."""
    faults = []
    seats = {(leg.owner, leg.id) for leg in tables.legs.values()}
    keepers: Counter[int] = Counter()
    for owner in tables.owners.values():
        if isinstance(owner, Bridge):
            inside = {*owner.paused, *owner.ears, *owner.keys}
            faults += [
                f"bridge {owner.id} speaks of leg {leg}, which is not in it"
                for leg in inside
                if (owner.id, leg) not in seats
            ]
            keepers[owner.keeper] += 1
            if owner.keeper and owner.keeper not in tables.legs:
                faults.append(f"bridge {owner.id} waits for the dead leg {owner.keeper}")
        elif isinstance(owner, Dialing):
            if owner.referrer and (owner.id, owner.referrer) not in seats:
                faults.append(f"dialing {owner.id} has lost its referrer")
            for leg in owner.knocked:
                if leg not in tables.legs:
                    faults.append(f"dialing {owner.id} knocks at the dead leg {leg}")
    faults += [f"leg {it} keeps {n} bridges" for it, n in keepers.items() if it and n > 1]
    faults += [
        f"recording {name} is for the dead leg {leg}"
        for name, leg in tables.recording.items()
        if leg not in tables.legs
    ]
    for place, number in tables.places.items():
        if not isinstance(tables.owners.get(number), Session):
            faults.append(f"place {place} holds nobody")
    return faults


def _lines(tables: Tables) -> list[str]:
    faults = []
    for line in tables.lines.values():
        leg = tables.legs.get(line.leg)
        if line.leg and (leg is None or leg.line != line.line):
            faults.append(f"line {line.line} holds leg {line.leg}, which is not on it")
    for leg in tables.legs.values():
        if leg.line is not None and tables.lines[leg.line].leg != leg.id:
            faults.append(f"leg {leg.id} is on line {leg.line}, which does not know it")
    return faults
