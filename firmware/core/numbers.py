"""Numbers that stand for several telephones, and short numbers; how calls are sent on."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from firmware.core.setting import (
    Member,
    Name,
    NumberOrNone,
    OutsideDialed,
    Setting,
    ShortCode,
    Target,
    ToDepartment,
)

Strategy = Literal["all", "order", "circular", "random", "longest"]  # DEP-02, GRP-05


class Department(msgspec.Struct, frozen=True):
    """DEP-01; `number` may be empty: then it is a name for pick-up only."""

    name: Annotated[Name, Setting("what people call it", "名称")]
    number: Annotated[
        NumberOrNone,
        Setting("the number that rings it; empty: none", "部门号码；为空则无", unique="number"),
    ] = ""
    members: Annotated[
        tuple[Member, ...], Setting("its extensions, in their order", "成员分机，按顺序")
    ] = ()
    strategy: Annotated[Strategy, Setting("who rings, and when", "振铃策略")] = "all"
    ring_ms: Annotated[
        int, Setting("how long it rings", "振铃时长", "ms", key="ring", ge=5_000, le=300_000)
    ] = 30_000
    no_answer: Annotated[
        Target,
        Setting(
            "where a call goes that nobody takes, as dialed; empty: it fails",
            "无人接听时转往何处（如同拨号）；为空则失败",
        ),
    ] = ""
    parent: Annotated[  # DEP-07
        ToDepartment, Setting("the department above it; empty: none", "上级部门；为空则无")
    ] = ""


class Group(msgspec.Struct, frozen=True):
    """An exchange group (GRP): 1 to 8 answer to their digit where `one_key` allows it."""

    number: Annotated[int, Setting("its number", "组号", ge=1, le=12)]  # GRP-01
    members: Annotated[
        tuple[Member, ...], Setting("its extensions, in their order", "成员分机，按顺序")
    ] = ()
    strategy: Annotated[Strategy, Setting("who rings, and when", "振铃策略")] = "circular"
    one_key: Annotated[
        bool, Setting("groups 1 to 8: its digit alone rings it", "1 至 8 组：允许单键群呼")
    ] = False
    ring_ms: Annotated[
        int, Setting("how long it rings", "振铃时长", "ms", key="ring", ge=5_000, le=300_000)
    ] = 30_000


class SpeedDial(msgspec.Struct, frozen=True):
    """SPD-01: `*` + code dials the number, which contains the outside prefix (SPD-06)."""

    code: Annotated[ShortCode, Setting("dialed behind *", "* 之后所拨的短号", unique="speed-dial")]
    number: Annotated[
        OutsideDialed,
        Setting("what it dials, with the outside prefix", "实际拨出的号码，含出局字冠"),
    ]
    always: Annotated[  # SPD-05
        bool, Setting("whatever the caller's class says", "不受主叫服务等级限制")
    ] = False


class Hours(msgspec.Struct, frozen=True):
    """It is day between these minutes of these weekdays (0 is Monday); DAY-01."""

    weekdays: Annotated[
        tuple[int, ...], Setting("days", "星期", "weekday", min_length=1, max_length=7)
    ]
    since: Annotated[int, Setting("from", "开始", "clock")]
    until: Annotated[int, Setting("to", "结束", "clock")]


class Diversion(msgspec.Struct, frozen=True):
    """How calls are sent on: the global options of forwards and follow-me."""

    pass_caller: Annotated[  # FWD-06
        bool,
        Setting(
            "show the target who calls, where the way out can", "向转移目标显示原主叫（若线路支持）"
        ),
    ] = False
    tell_caller: Annotated[  # FWD-07
        bool, Setting("tell the caller that he is forwarded", "告知主叫呼叫被转移")
    ] = False
    always_accept: Annotated[  # FOL-05
        bool,
        Setting("follow-me: nobody need press a key to take the call", "随行：接听无需按键确认"),
    ] = True
    record_name: Annotated[  # FOL-06
        bool, Setting("follow-me: ask the caller to say who he is", "随行：请主叫录下姓名")
    ] = False
