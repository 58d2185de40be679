"""How long call records are kept (BIL-12, CDR-X2): the section `[records]`.

The oldest go as soon as one of the bounds is passed.  Age and number may be without a bound; the
room may not: what fills the disk would take it from the recordings and the configuration.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from firmware.core.setting import Setting


class Keeping(msgspec.Struct, frozen=True):
    days: Annotated[
        int,
        Setting(
            "call records older than this go; 0: never for their age",
            "早于此天数的通话记录将被删除；0 表示不按时间删除",
            "days",
            ge=0,
            le=36_500,
        ),
    ] = 730
    calls: Annotated[
        int,
        Setting(
            "so many are kept, then the oldest go; 0: any number",
            "最多保留的通话记录数，超出时删除最早的；0 表示不限",
            ge=0,
            le=10_000_000,
        ),
    ] = 1_000_000
    megabytes: Annotated[
        int,
        Setting(
            "the room they may take, then the oldest go",
            "通话记录可占用的空间，超出时删除最早的",
            "MB",
            ge=10,
            le=100_000,
        ),
    ] = 1_000
