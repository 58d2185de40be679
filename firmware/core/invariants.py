"""What must be true between any two events; tests check it after every step.

Not called on the running box: a broken table is a bug to be found before it ships.
"""

from __future__ import annotations

from collections import Counter

from firmware.core.model import Bridge, Dialing, Owner, Tables


def broken(tables: Tables) -> list[str]:
    """Every broken promise, in words; empty when all is well."""
    return [*_legs(tables), *_owners(tables), *_lines(tables)]


def members(owner: Owner) -> list[int]:
    return [owner.caller, *owner.callees] if isinstance(owner, Dialing) else owner.legs


def _legs(tables: Tables) -> list[str]:
    faults = []
    for leg in tables.legs.values():
        owner = tables.owners.get(leg.owner)
        if owner is None:
            faults.append(f"leg {leg.id} has no owner")
        elif leg.id not in members(owner):
            faults.append(f"leg {leg.id} is not with its owner {leg.owner}")
        if leg.call and leg.call not in tables.calls:
            faults.append(f"leg {leg.id} belongs to the closed call {leg.call}")
    return faults


def _owners(tables: Tables) -> list[str]:
    faults = []
    held = Counter(leg for owner in tables.owners.values() for leg in members(owner))
    faults += [f"leg {leg} has {times} owners" for leg, times in held.items() if times > 1]
    for number, owner in tables.owners.items():
        faults += [
            f"owner {number} holds the dead leg {leg}"
            for leg in members(owner)
            if leg not in tables.legs
        ]
        if isinstance(owner, Bridge) and len(owner.legs) < 2:
            faults.append(f"bridge {number} has nobody to talk to")
    faults += [
        f"timer of the dead owner {timer}" for timer in tables.timers if timer not in tables.owners
    ]
    used = {leg.call for leg in tables.legs.values()}
    faults += [f"call {call} has no leg" for call in tables.calls if call not in used]
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
