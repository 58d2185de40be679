"""How numbers are written for people: seconds, the time of day, weekdays."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from msgspec import Meta

from firmware.core.setting import Unit

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CLOCK: Final = Annotated[str, Meta(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)\Z")]
WEEKDAY: Final = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

SAYS: Final[dict[Unit, tuple[str, str]]] = {
    "clock": ('a time of day like "08:30"', "时间，例如 “08:30”"),
    "weekday": ('a day like "mon"', "星期，例如 “mon”"),
}
KINDS: Final[dict[Unit, Any]] = {"clock": CLOCK, "weekday": WEEKDAY}


def kept(unit: Unit, value: Any) -> Any:
    """What the box keeps for what the text says."""
    if unit == "ms":
        return round(value * 1000)
    if unit == "clock":
        return int(value[:2]) * 60 + int(value[3:])
    return DAYS.index(value) if unit == "weekday" else value


def written(unit: Unit, value: Any) -> Any:
    if unit == "ms":
        return value / 1000
    if unit == "clock":
        return f"{value // 60:02d}:{value % 60:02d}"
    return DAYS[value] if unit == "weekday" else value
