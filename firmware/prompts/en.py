"""English: how numbers, times and dates are said, as keys of the prompt catalogue."""

from __future__ import annotations

Words = tuple[str, ...]


def number(value: int) -> Words:
    """Up to 999 million; `and` stands before the last part, as in one hundred and one."""
    if value < 20:
        return (f"n-{value}",)
    if value < 100:
        tens, ones = divmod(value, 10)
        return (f"n-{tens}0", f"n-{ones}") if ones else (f"n-{tens}0",)
    for size, unit in ((1_000_000, "n-million"), (1000, "n-1000"), (100, "n-100")):
        if value >= size:
            count, rest = divmod(value, size)
            words = (*number(count), unit)
            if not rest:
                return words
            return (*words, *(("n-and",) if rest < 100 else ()), *number(rest))
    raise AssertionError(value)


def time(hour: int, minute: int) -> Words:
    """three oh five p m; on the hour with o'clock."""
    half = "am" if hour < 12 else "pm"
    twelve = number((hour - 1) % 12 + 1)
    if minute == 0:
        return (*twelve, "o-clock", half)
    oh = ("oh",) if minute < 10 else ()
    return (*twelve, *oh, *number(minute), half)


def date(year: int, month: int, day: int, weekday: int) -> Words:
    """Friday, March sixth, twenty twenty-six; 0 is Monday."""
    return (f"weekday-{weekday}", f"month-{month}", f"o-{day}", *_year(year))


def _year(year: int) -> Words:
    century, rest = divmod(year, 100)
    if year % 1000 < 10:
        return number(year)
    if rest == 0:
        return (*number(century), "n-100")
    return (*number(century), *(("oh",) if rest < 10 else ()), *number(rest))
