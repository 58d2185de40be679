"""What the administrator decided, as plain immutable data: the input of every decision.

`sysd` builds a `Site` from the configuration and writes it to a file; the exchange and the
resolver only read it.  A change is a new `Site` with a higher version, never an edit.  It holds no
secret, so it may appear in a journal, a snapshot or a bug report.

Every field with a `Setting`, and every `Section`, is part of the configuration text by that alone:
see `setting.py`.  The others are looked up when the site is built.
"""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Literal

import msgspec

from firmware.core.keeping import Keeping
from firmware.core.numbers import Department, Diversion, Group, Hours, SpeedDial, Strategy
from firmware.core.people import Administrator
from firmware.core.privileges import Permission, Restrictions, ServiceClass
from firmware.core.setting import (
    CodeCell,
    Country,
    Number,
    RowName,
    Secret,
    Section,
    Setting,
    ToExtension,
    Words,
    Zone,
)
from firmware.core.telephones import (
    CODECS,
    Codec,
    Dtmf,
    Extension,
    OutboundRoute,
    OutsideLine,
    SipProfile,
    Srtp,
    Trunk,
)

__all__ = [
    "CODECS",
    "Code",
    "Codec",
    "Context",
    "Department",
    "Diversion",
    "Dtmf",
    "Extension",
    "Group",
    "Hours",
    "OutboundRoute",
    "OutsideLine",
    "Permission",
    "Restrictions",
    "ServiceClass",
    "SipProfile",
    "Site",
    "SpeedDial",
    "Srtp",
    "Strategy",
    "Takes",
    "Timing",
    "ToneStep",
    "Tones",
    "Trunk",
]

ToneStep = tuple[int, int, int, int]  # hz, hz or 0, ms on, ms off
Context = Literal["dial", "call", "conference", "menu"]  # where keys are pressed (FCR-04)
Takes = Literal["", "extension", "number", "optional", "time"]  # what follows a code


class Code(msgspec.Struct, frozen=True):
    """A feature code as this site dials it; `core.plans` folds the active plan in.

    What follows the digits is an argument of this kind; `argument` is what a code without one
    stands for (slot 41).  `row` is the code's id in the catalogue ("FC-27").  `rule`: no feature
    of its own but the digits that a rule of the resolver goes by (the `*` of speed dials).
    """

    digits: str
    feature: str
    row: str = ""
    context: Context = "dial"
    takes: Takes = ""
    argument: str = ""
    attendant: bool = False  # only from an attendant's position
    rule: bool = False


class Timing(msgspec.Struct, frozen=True):
    """How long the box waits, in ms."""

    first_digit: Annotated[
        int,
        Setting("dial tone without a digit", "摘机后等待首位号码", unit="ms", ge=500, le=600_000),
    ] = 15_000
    next_digit: Annotated[  # FCR-05
        int,
        Setting("the pause that ends dialing", "位间隔，超过即视为拨完", "ms", ge=1000, le=10_000),
    ] = 3_000
    ring: Annotated[  # FWD-11
        int, Setting("how long a telephone rings", "振铃时长", "ms", ge=500, le=600_000)
    ] = 30_000
    outside_ring: Annotated[
        int,
        Setting("how long a call out may ring", "呼出等待应答的时长", "ms", ge=500, le=600_000),
    ] = 60_000
    charge_delay: Annotated[  # FXO-08
        int,
        Setting(
            "a call out counts as answered this long after dialing, where the line does not say",
            "外线不给应答信号时，拨号后经此时长视为应答",
            "ms",
            ge=1000,
            le=99_000,
        ),
    ] = 5_000
    refusal_tone: Annotated[
        int, Setting("how long busy tone is played", "忙音时长", "ms", ge=500, le=600_000)
    ] = 20_000
    howler: Annotated[
        int,
        Setting(
            "when a handset is left off, then silence",
            "听筒未挂好时催挂音的时长",
            "ms",
            ge=0,
            le=600_000,
        ),
    ] = 60_000
    transfer_ring: Annotated[  # XFR-06
        int,
        Setting(
            "until a transferred call comes back",
            "转接无人接听时返回前的时长",
            "ms",
            ge=5_000,
            le=300_000,
        ),
    ] = 20_000
    line_release: Annotated[
        int,
        # short: an emergency call may be waiting for the line
        Setting("rest of a line between calls", "外线释放后的间歇", "ms", ge=500, le=5_000),
    ] = 2_000


class Tones(msgspec.Struct, frozen=True):
    """What callers of this country expect to hear."""

    dial: tuple[ToneStep, ...]
    ringback: tuple[ToneStep, ...]
    busy: tuple[ToneStep, ...]
    congestion: tuple[ToneStep, ...]
    stutter: tuple[ToneStep, ...] = ((450, 0, 400, 40),)
    recall: tuple[ToneStep, ...] = ((450, 0, 100, 100),)
    waiting: tuple[ToneStep, ...] = ((450, 0, 400, 4000),)
    knocking: tuple[ToneStep, ...] = ((450, 0, 1000, 300), (450, 0, 200, 3500))
    warning: tuple[ToneStep, ...] = ((1400, 0, 200, 200),)
    howler: tuple[ToneStep, ...] = ((950, 0, 1000, 0),)


class Site(msgspec.Struct, frozen=True, dict=True):  # `dict`: room for what is derived from it
    version: int
    name: Annotated[Words, Setting("the name of the house", "本站点名称", default="Hookswitch")]
    country: Annotated[
        Country,
        Setting("whose tones and ringing are used", "采用哪国的信号音和振铃", default="cn"),
    ]
    tones: Tones
    ring_cadence: tuple[int, ...]
    extensions: Annotated[
        dict[str, Extension],
        Section(
            "extension",
            "Telephones.  One with a port is analog; every other is a SIP telephone.",
            "分机。写了端口的是模拟话机，其余都是 SIP 话机。",
            id="number",
            secrets=(Secret("what a SIP telephone registers with", "SIP 话机注册用的密码"),),
        ),
    ]
    lines: Annotated[
        dict[int, OutsideLine],
        Section("line", "Lines of the telephone company.", "电话局的外线。", id="line"),
    ]
    routes: Annotated[
        tuple[OutboundRoute, ...],
        Section(
            "route",
            "Ways out: numbers behind the prefix leave by the first free of the lines.",
            "出局路由：字冠之后的号码由第一条空闲的外线呼出。",
            id="name",
        ),
    ] = ()
    trunks: Annotated[
        dict[str, Trunk],
        Section(
            "trunk",
            "Carriers and other exchanges, by SIP.",
            "SIP 中继：运营商或其它交换机。",
            id="name",
            secrets=(Secret("what the box signs in with", "注册密码", "reversible"),),
        ),
    ] = {}
    attendant: Annotated[
        ToExtension,
        Setting("the extension that answers calls from outside", "接听外线来话的话务员分机"),
    ] = ""
    first_number: Annotated[  # EXT-45
        Number, Setting("the first number for handset ports without one", "自动编号的起始分机号")
    ] = "8001"
    second_attendant: Annotated[  # ATT-09
        ToExtension, Setting("answers when the first is busy", "话务员忙时的接听分机")
    ] = ""
    night_attendant: Annotated[
        ToExtension, Setting("answers at night; empty: as by day", "夜间接听分机；为空时同白天")
    ] = ""
    warn_outgoing_only: Annotated[  # FXS-04
        bool, Setting("the time warning is for calls out only", "通话时长提示只用于呼出")
    ] = False
    cut_after_warning: Annotated[  # FXS-05
        bool, Setting("calls are cut a minute after the warning", "提示一分钟后切断通话")
    ] = False
    barge: Annotated[  # SUP-04
        Literal["three-way", "hold-other-side"],
        Setting("what barging into a call does", "强插的方式"),
    ] = "three-way"
    force_release: Annotated[  # SUP-05
        Literal["end-call", "take-over"],
        Setting("what force-release does", "强拆的方式"),
    ] = "end-call"
    emergency: Annotated[
        tuple[Number, ...],
        Setting(
            "emergency numbers; nothing can bar them",
            "紧急号码，不受任何限制",
            min_length=1,
            max_length=20,
        ),
    ] = ("110", "112", "119", "120", "122")
    plan: Annotated[  # FCR-01
        Literal["CooVox", "CC", "Exchange", "Custom"],
        Setting("the plan of feature codes", "功能码方案"),
    ] = "CooVox"
    changed_codes: Annotated[
        dict[RowName, CodeCell],
        Setting(
            "plan Custom: codes of your own, by row", "Custom 方案：各行自定的功能码", key="code"
        ),
    ] = {}
    codes: tuple[Code, ...] = ()
    departments: Annotated[
        tuple[Department, ...],
        Section("department", "Departments: a number that rings several.", "部门。", id="name"),
    ] = ()
    groups: Annotated[
        tuple[Group, ...],
        Section("group", "Exchange groups 1 to 12.", "分机组 1 至 12。", id="number"),
    ] = ()
    speed_dials: Annotated[
        tuple[SpeedDial, ...],
        Section(
            "speed_dial", "Short numbers for all, behind *.", "公共缩位拨号，前加 *。", id="code"
        ),
    ] = ()
    hours: Annotated[
        tuple[Hours, ...],
        Setting("when it is day; none: always", "白天的时间；为空时总是白天", max_length=50),
    ] = ()
    diversion: Annotated[
        Diversion, Section("diversion", "How calls are sent on.", "呼叫转移与随行。")
    ] = Diversion()
    classes: Annotated[
        dict[str, ServiceClass],
        Section(
            "class",
            "Service classes beside international, national, local and internal.",
            "服务等级，另有 international、national、local、internal 四种固有等级。",
            id="name",
        ),
    ] = {}
    restrictions: Annotated[
        Restrictions,
        Section(
            "restrictions", "The lists behind the levels of classes.", "服务等级所用的限制表。"
        ),
    ] = Restrictions()
    language: Annotated[Literal["zh", "en"], Setting("of the prompts", "提示音语言")] = "zh"
    administrators: Annotated[
        dict[str, Administrator],
        Section(
            "administrator",
            "Administrators to begin with, where nobody sets the box up by hand.",
            "无人值守安装时的首个管理员。",
            id="account",
            secrets=(
                Secret(
                    "the hash that `hookswitch hash` prints",
                    "由 hookswitch hash 得到的散列",
                    "scrypt",
                ),
            ),
        ),
    ] = {}
    timing: Annotated[
        Timing,
        Section("timing", "How long the box waits, in seconds.", "各种等待时间，单位为秒。"),
    ] = Timing()
    records: Annotated[
        Keeping, Section("records", "How long call records are kept.", "通话记录的保留期限。")
    ] = Keeping()
    zone: tuple[tuple[int, int], ...] = ()  # (UTC ms, seconds east of UTC from then on)
    zone_name: Annotated[
        Zone,
        Setting("the time zone; empty: the country's own", "时区；为空时用该国时区", key="zone"),
    ] = ""

    def extension_on(self, line: int) -> Extension | None:
        """The analog extension of an FXS port."""
        return self._by_line.get(line)

    @cached_property
    def _by_line(self) -> dict[int, Extension]:
        return {it.line: it for it in self.extensions.values() if it.line is not None}

    @cached_property
    def beginnings(self) -> frozenset[str]:
        """What extension numbers begin with: digits in it may still become a number."""
        numbers = self.extensions
        return frozenset(number[:end] for number in numbers for end in range(len(number)))
