"""Things that are spoken: digits, numbers, addresses, times and dates, each in its own language.

Every function gives keys of the catalogue (`texts.toml`) for `PlayPrompt`.  A language that we have
no grammar for speaks English: its prompts exist, which is better than silence.
"""

from __future__ import annotations

from typing import Final

from firmware.prompts import en, zh

Words = tuple[str, ...]

DIGITS: Final = {
    **{digit: f"d-{digit}" for digit in "0123456789"},
    "*": "d-star",
    "#": "d-hash",
    "+": "d-plus",
}
LETTERS: Final = {letter: f"d-{letter}" for letter in "abcdefghijklmnopqrstuvwxyz0123456789"}
ADDRESS: Final = {**LETTERS, ".": "point", ":": "colon"}


def digits(text: str) -> Words:
    """One at a time, as telephone numbers are read; what is no key of a telephone is left out."""
    return tuple(DIGITS[letter] for letter in text if letter in DIGITS)


def address(text: str) -> Words:
    return tuple(ADDRESS[letter] for letter in text.lower() if letter in ADDRESS)


def spelled(text: str) -> Words:
    return tuple(LETTERS[letter] for letter in text.lower() if letter in LETTERS)


def number(language: str, value: int) -> Words:
    return zh.number(value) if language == "zh" else en.number(value)


def time(language: str, hour: int, minute: int) -> Words:
    return zh.time(hour, minute) if language == "zh" else en.time(hour, minute)


def date(language: str, days: int) -> Words:
    """`days` since the first of January 1970."""
    year, month, day = civil(days)
    weekday = (days + 3) % 7
    if language == "zh":
        return zh.date(year, month, day, weekday)
    return en.date(year, month, day, weekday)


def civil(days: int) -> tuple[int, int, int]:
    """Year, month and day of a day since 1970, in a calendar whose years begin in March.

    The leap day is then the last of its year, and the months before it have a regular rhythm of
    153 days in five.
    """
    days += 719_468  # since the first of March of year 0
    era, day = divmod(days, 146_097)  # 400 years
    year = (day - day // 1460 + day // 36_524 - day // 146_096) // 365
    day -= 365 * year + year // 4 - year // 100
    month = (5 * day + 2) // 153
    of_month = day - (153 * month + 2) // 5 + 1
    calendar = month + 3 if month < 10 else month - 9
    return year + 400 * era + (calendar <= 2), calendar, of_month
