"""Chinese: how numbers, times and dates are said, as keys of the prompt catalogue.

Two is 两 before 百, 千, 万, 亿 and before 点, and 二 everywhere else; a gap inside a number is one
零; ten to nineteen begin without 一.
"""

from __future__ import annotations

from typing import Final

Words = tuple[str, ...]

PLACES: Final = ((1000, "n-1000"), (100, "n-100"), (10, "n-10"))
PARTS: Final = (  # of the day, by the hour they begin with
    (18, "wanshang"),
    (13, "xiawu"),
    (12, "zhongwu"),
    (6, "shangwu"),
    (0, "lingchen"),
)


def number(value: int) -> Words:
    """Up to 9,999 亿: groups of four digits, each with its own unit."""
    if value == 0:
        return ("n-0",)
    words: Words = ()
    rest, gap = value, False
    for size, unit in ((100_000_000, "n-100000000"), (10_000, "n-10000"), (1, "")):
        group, rest = divmod(rest, size)
        if group:
            if words and (gap or group < 1000):
                words += ("n-0",)
            before = ("n-liang",) if group == 2 and unit else _group(group, first=not words)
            words += (*before, unit) if unit else before
            gap = False
        elif words:
            gap = True
    return words


def _group(value: int, *, first: bool) -> Words:
    """1 to 9999."""
    words: Words = ()
    rest, gap = value, False
    for size, unit in PLACES:
        digit, rest = divmod(rest, size)
        if digit:
            words += ("n-0",) if gap else ()
            words += (unit,) if _bare_ten(size, digit, words, first) else (_of(digit, size), unit)
            gap = False
        elif words and rest:
            gap = True
    if rest:
        words += ("n-0",) if gap else ()
        words += (f"n-{rest}",)
    return words


def _bare_ten(size: int, digit: int, words: Words, first: bool) -> bool:
    return size == 10 and digit == 1 and not words and first


def _of(digit: int, size: int) -> str:
    return "n-liang" if digit == 2 and size >= 100 else f"n-{digit}"


def counted(value: int) -> Words:
    """Before a measure word: two is 两."""
    return ("n-liang",) if value == 2 else number(value)


def time(hour: int, minute: int) -> Words:
    """下午三点零五分."""
    part = next(name for begins, name in PARTS if hour >= begins)
    twelve = hour if hour <= 12 else hour - 12
    words = (part, *counted(twelve), "dian")
    if minute == 0:
        return (*words, "zheng")
    zero = ("n-0",) if minute < 10 else ()
    return (*words, *zero, *number(minute), "fen")


def date(year: int, month: int, day: int, weekday: int) -> Words:
    """二零二六年三月六日星期五; 0 is Monday."""
    digits = tuple(f"n-{digit}" for digit in str(year))
    return (*digits, "nian", *number(month), "yue", *number(day), "ri", f"weekday-{weekday}")
