"""How numbers, times, dates and addresses are said; written here as a reader would say them."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta

import pytest

from firmware.prompts import spoken
from tests.architecture.tree import ROOT

CATALOGUE = tomllib.loads((ROOT / "firmware/prompts/texts.toml").read_text())


def heard(language: str, words: tuple[str, ...]) -> str:
    """What the listener hears; fails where the catalogue cannot say it."""
    between = "" if language == "zh" else " "
    return between.join(CATALOGUE[word][language] for word in words)


ZH_NUMBERS = {
    0: "零",
    1: "一",
    2: "二",
    10: "十",
    11: "十一",
    12: "十二",
    20: "二十",
    22: "二十二",
    99: "九十九",
    100: "一百",
    101: "一百零一",
    102: "一百零二",
    110: "一百一十",
    112: "一百一十二",
    200: "两百",
    222: "两百二十二",
    1000: "一千",
    1001: "一千零一",
    1010: "一千零一十",
    1100: "一千一百",
    2002: "两千零二",
    2222: "两千两百二十二",
    10_000: "一万",
    10_001: "一万零一",
    10_010: "一万零一十",
    12_000: "一万两千",
    20_000: "两万",
    100_000: "十万",
    110_000: "十一万",
    120_012: "十二万零一十二",
    1_000_000: "一百万",
    1_001_000: "一百万一千",
    10_000_000: "一千万",
    100_000_000: "一亿",
    200_000_001: "两亿零一",
    100_010_000: "一亿零一万",
}

EN_NUMBERS = {
    0: "zero",
    7: "seven",
    13: "thirteen",
    20: "twenty",
    21: "twenty one",
    99: "ninety nine",
    100: "one hundred",
    101: "one hundred and one",
    120: "one hundred and twenty",
    999: "nine hundred and ninety nine",
    1000: "one thousand",
    1005: "one thousand and five",
    1234: "one thousand two hundred and thirty four",
    20_000: "twenty thousand",
    100_001: "one hundred thousand and one",
    1_000_000: "one million",
    2_300_000: "two million three hundred thousand",
}

TIMES = {
    (0, 0): ("凌晨零点整", "twelve o'clock A M"),
    (0, 5): ("凌晨零点零五分", "twelve oh five A M"),
    (2, 2): ("凌晨两点零二分", "two oh two A M"),
    (6, 0): ("上午六点整", "six o'clock A M"),
    (9, 9): ("上午九点零九分", "nine oh nine A M"),
    (9, 30): ("上午九点三十分", "nine thirty A M"),
    (11, 59): ("上午十一点五十九分", "eleven fifty nine A M"),
    (12, 0): ("中午十二点整", "twelve o'clock P M"),
    (12, 10): ("中午十二点十分", "twelve ten P M"),
    (14, 12): ("下午两点十二分", "two twelve P M"),
    (15, 5): ("下午三点零五分", "three oh five P M"),
    (18, 20): ("晚上六点二十分", "six twenty P M"),
    (23, 59): ("晚上十一点五十九分", "eleven fifty nine P M"),
}

DATES = {
    (2026, 3, 6): ("二零二六年三月六日星期五", "Friday March sixth twenty twenty six"),
    (2026, 12, 31): (
        "二零二六年十二月三十一日星期四",
        "Thursday December thirty-first twenty twenty six",
    ),
    (2000, 2, 29): ("二零零零年二月二十九日星期二", "Tuesday February twenty-ninth two thousand"),
    (2009, 10, 20): (
        "二零零九年十月二十日星期二",
        "Tuesday October twentieth two thousand and nine",
    ),
    (2010, 1, 11): ("二零一零年一月十一日星期一", "Monday January eleventh twenty ten"),
    (2100, 1, 1): ("二一零零年一月一日星期五", "Friday January first twenty one hundred"),
}


@pytest.mark.parametrize(("value", "words"), ZH_NUMBERS.items())
def test_numbers_in_chinese(value: int, words: str) -> None:
    assert heard("zh", spoken.number("zh", value)) == words


@pytest.mark.parametrize(("value", "words"), EN_NUMBERS.items())
def test_numbers_in_english(value: int, words: str) -> None:
    assert heard("en", spoken.number("en", value)) == words


@pytest.mark.parametrize(("moment", "words"), TIMES.items())
def test_times(moment: tuple[int, int], words: tuple[str, str]) -> None:
    for language, expected in zip(("zh", "en"), words, strict=True):
        assert heard(language, spoken.time(language, *moment)) == expected


@pytest.mark.parametrize(("day", "words"), DATES.items())
def test_dates(day: tuple[int, int, int], words: tuple[str, str]) -> None:
    days = (date(*day) - date(1970, 1, 1)).days
    for language, expected in zip(("zh", "en"), words, strict=True):
        assert heard(language, spoken.date(language, days)) == expected


def test_every_day_of_200_years() -> None:
    first = date(1970, 1, 1)
    for days in range(200 * 366):
        day = first + timedelta(days)
        assert spoken.civil(days) == (day.year, day.month, day.day)


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("8001", "八零零幺", "eight zero zero one"),
        ("*71#", "星号七幺井号", "star seven one hash"),
        ("+86 755-1", "加号八六七五五幺", "plus eight six seven five five one"),
        ("anonymous", "", ""),
        ("", "", ""),
    ],
)
def test_digits_of_numbers(text: str, zh: str, en: str) -> None:
    assert heard("zh", spoken.digits(text)) == zh
    assert heard("en", spoken.digits(text)) == en


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        (
            "192.168.1.10",
            "幺九二点幺六八点幺点幺零",
            "one nine two point one six eight point one point one zero",
        ),
        ("fe80::1", "FE八零冒号冒号幺", "f e eight zero colon colon one"),
    ],
)
def test_addresses(text: str, zh: str, en: str) -> None:
    assert heard("zh", spoken.address(text)) == zh
    assert heard("en", spoken.address(text)) == en


def test_codes_are_spelled() -> None:
    assert heard("en", spoken.spelled("k7-Xz")) == "k seven x z"
    for letter in "abcdefghijklmnopqrstuvwxyz":
        assert heard("zh", spoken.spelled(letter)) == letter.upper()


def test_whatever_is_counted_can_be_said() -> None:
    """No key outside the catalogue, for any number and any minute of the day."""
    for language in ("zh", "en"):
        for value in (*range(2500), *range(2500, 999_999_999, 1_234_567)):
            heard(language, spoken.number(language, value))
        for minute in range(1440):
            heard(language, spoken.time(language, *divmod(minute, 60)))
        for days in range(0, 40_000, 13):
            heard(language, spoken.date(language, days))


def test_a_language_without_grammar_speaks_english() -> None:
    assert spoken.number("fr", 21) == spoken.number("en", 21)
