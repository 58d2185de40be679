"""Every feature, in one list that is read from top to bottom.

A row gives a feature its code and its words; from it come routing (`codes`), the exchange's table
(`FEATURES`) and, on the pages, the printed code card.  Nothing is found by scanning.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from firmware.core.feature import Feature
from firmware.core.site import Code
from firmware.features import echo


class Row(msgspec.Struct, frozen=True):
    digits: str  # as dialed in the CooVox plan
    feature: Feature
    en: str
    zh: str


ROWS: tuple[Row, ...] = (Row("*23", echo.FEATURE, "Echo test", "回声测试"),)

FEATURES: Mapping[str, Feature] = {row.feature.name: row.feature for row in ROWS}


def codes() -> tuple[Code, ...]:
    return tuple(Code(row.digits, row.feature.name) for row in ROWS)
