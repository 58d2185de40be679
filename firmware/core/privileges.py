"""Who may dial what, and who may be called by whom: service classes and their lists (COS)."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from firmware.core.setting import LeadingDigits, Name, Setting

CodeRow = str  # a row of the catalogue, "FC-27"


class Permission(msgspec.Struct, frozen=True):
    """One rule of a service class: the longest prefix that fits decides (COS-16)."""

    prefix: Annotated[LeadingDigits, Setting("what the number begins with", "号码开头")]
    allow: Annotated[bool, Setting("allow it, or not", "允许或限制")] = True
    calls: Annotated[
        Literal["out", "in", "internal"], Setting("which calls it is about", "呼叫类型")
    ] = "out"


class ServiceClass(msgspec.Struct, frozen=True):
    """What an extension may dial and who may call it; levels as in COS-01."""

    outgoing: Annotated[
        int,
        Setting(
            "1 everything, 2 national, 3 local and opened areas, 4 local, 5 emergency, 6 inside",
            "1 不限，2 国内，3 市话及开放地区，4 市话，5 仅紧急号码，6 仅内线",
            ge=1,
            le=6,
        ),
    ] = 1
    incoming: Annotated[
        int,
        Setting(
            "called by: 1 everybody, 2 not from outside, 3 not from inside, 4 nobody",
            "来话：1 不限，2 禁外线，3 禁内线，4 全禁",
            ge=1,
            le=4,
        ),
    ] = 1
    premium: Annotated[
        bool, Setting("may dial the numbers of the premium list", "允许拨打声讯号码")
    ] = True
    rules: Annotated[  # of a permission group, COS-14
        tuple[Permission, ...],
        Setting("rules that come before the levels", "优先于等级的规则", max_length=200),
    ] = ()
    refused_codes: Annotated[
        tuple[CodeRow, ...],
        Setting(
            "feature codes it may not use, by their row", "禁用的功能码（行号）", max_length=100
        ),
    ] = ()
    name: Annotated[Name, Setting("what people call it", "名称")] = ""


class Restrictions(msgspec.Struct, frozen=True):
    """The lists behind the levels, COS-08: leading digits after the outside prefix."""

    national: Annotated[
        tuple[LeadingDigits, ...], Setting("A: barred from level 2 on", "A 表：2 级起限制")
    ] = ("00",)
    local: Annotated[
        tuple[LeadingDigits, ...], Setting("B: barred from level 3 on", "B 表：3 级起限制")
    ] = ("0",)
    opened: Annotated[
        tuple[LeadingDigits, ...], Setting("C: opened for level 3", "C 表：3 级开放的地区")
    ] = ()
    premium: Annotated[
        tuple[LeadingDigits, ...],
        Setting("premium numbers, barred in the two-digit classes", "声讯号码，两位数等级中限制"),
    ] = ("168", "968", "969")
