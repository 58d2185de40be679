"""What rings and is called through: extensions, outside lines, carriers, the ways out to them."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from firmware.core.setting import (
    AnyNumber,
    ClassName,
    HandsetPort,
    Host,
    Language,
    LinePort,
    Name,
    Number,
    Outside,
    Prefix,
    PrefixOrNone,
    Setting,
    Target,
    ToLine,
    User,
    Words,
)

Codec = Literal["PCMA", "PCMU", "G722", "opus", "G729", "GSM"]
Dtmf = Literal["rfc4733", "info", "inband"]
Srtp = Literal["off", "optional", "required"]
CODECS: tuple[Codec, ...] = ("PCMA", "PCMU", "G722", "opus", "GSM")


class SipProfile(msgspec.Struct, frozen=True, gc=False):
    """How the far end of a SIP leg, a telephone or a carrier, is spoken with."""

    codecs: Annotated[  # EXT-30
        tuple[Codec, ...],
        Setting(
            "audio codecs, the best first; what is not listed is not offered",
            "语音编码，按优先顺序；未列出的不使用",
            min_length=1,
            max_length=6,
        ),
    ] = CODECS
    dtmf: Annotated[Dtmf, Setting("how keys are sent", "按键的发送方式")] = "rfc4733"  # EXT-27
    srtp: Annotated[Srtp, Setting("encryption of speech", "语音加密")] = "off"  # EXT-28: SDES


class Extension(msgspec.Struct, frozen=True, gc=False):
    """A number that rings a telephone: an analog one on port `line`, or a SIP one.

    There may be thousands, and they hold no cycles: the garbage collector need not look at them.
    """

    number: Annotated[Number, Setting("the number that rings it", "分机号", unique="number")]
    name: Annotated[Words, Setting("whose telephone it is", "使用者名称")] = ""
    line: Annotated[
        HandsetPort | None,
        Setting(
            "the port of an analog telephone; without one it is a SIP telephone",
            "模拟话机所接的端口；不写则为 SIP 话机",
            key="port",
            unique="port",
        ),
    ] = None
    profile: Annotated[
        SipProfile, Setting("how a SIP telephone is spoken with", "SIP 话机的通信方式", key="sip")
    ] = SipProfile()
    warn_minutes: Annotated[  # FXS-03
        int,
        Setting(
            "a tone tells that an outside call lasts so long; 0: never",
            "外线通话达此时长时提示；0 为不提示",
            "min",
            ge=0,
            le=600,
        ),
    ] = 0
    max_minutes: Annotated[  # EXT-31
        int,
        Setting(
            "a call out is cut after this; 0: never",
            "呼出通话的最长时间；0 为不限",
            "min",
            ge=0,
            le=1440,
        ),
    ] = 0
    monitored: Annotated[bool, Setting("others may listen to its calls", "允许他人监听")] = False
    monitors: Annotated[  # SUP-06
        Literal["", "department", "all"],
        Setting("whom it may listen to and cut; empty: nobody", "可监听和强拆哪些分机；为空则无"),
    ] = ""
    auto_answer: Annotated[  # TON-05
        bool, Setting("the telephone answers by itself", "话机自动应答")
    ] = False
    hotline: Annotated[  # FXS-X1
        Target,
        Setting("dialed when the handset is lifted; empty: none", "热线：摘机即拨的号码；为空则无"),
    ] = ""
    hotline_ms: Annotated[
        int,
        Setting(
            "how long something else may be dialed first",
            "热线前可另拨号码的时间",
            "ms",
            key="hotline_delay",
            ge=0,
            le=60_000,
        ),
    ] = 0
    off_hook: Annotated[  # FXS-06
        PrefixOrNone,
        Setting(
            "the outside prefix that counts as dialed; * takes it back",
            "摘机即视为已拨的出局字冠；拨 * 撤回",
        ),
    ] = ""
    language: Annotated[  # EXT-17
        Language, Setting("of the prompts; empty: the house's", "提示音语言；为空时同本站点")
    ] = ""
    day_class: Annotated[ClassName, Setting("service class by day", "白天服务等级")] = "local"
    night_class: Annotated[
        ClassName, Setting("service class at night; empty: as by day", "夜间服务等级；为空时同白天")
    ] = ""
    only_attendant: Annotated[  # COS-06
        bool, Setting("may call nobody inside but the attendant", "限制内线呼叫，只能呼叫总台")
    ] = False
    may_transfer: Annotated[  # FCR-08
        bool, Setting("may use the codes within a call", "允许使用通话中的功能码")
    ] = True
    dnd: Annotated[  # FXS-14
        Literal["none", "external", "internal", "both"],
        Setting("which calls its user may shut out", "允许使用者屏蔽哪些来话（免打扰）"),
    ] = "both"

    @property
    def sip(self) -> bool:
        return self.line is None


class OutsideLine(msgspec.Struct, frozen=True):
    """A line of the telephone company on FXO port `line`; `number` is the number it is known by."""

    line: Annotated[
        LinePort,
        Setting("the port it is plugged in", "所接的端口", key="port", unique="port"),
    ]
    name: Annotated[Words, Setting("what people call it", "名称")] = ""
    number: Annotated[Outside, Setting("the number it is known by", "该外线的号码")] = ""


class Trunk(msgspec.Struct, frozen=True):
    """A carrier, or another exchange, by SIP.

    Kind `register`: the box signs in there, with the secret kept under the trunk's name.  Kind
    `peer`: calls from its address are its calls; they may go out again only where the address is
    proved, by TLS or by digest.
    """

    name: Annotated[Name, Setting("what people call it", "名称", unique="way-out")]
    kind: Annotated[
        Literal["register", "peer"],
        Setting("the box signs in there, or trusts its address", "注册到对方，或信任对方地址"),
    ]
    host: Annotated[Host, Setting("where it is", "对方地址")]
    port: Annotated[
        int,
        Setting(
            "UDP or TCP port; 0: as DNS says, else the usual one",
            "端口；0 表示由 DNS 决定，否则用常用端口",
            ge=0,
            le=65535,
        ),
    ] = 0
    transport: Annotated[
        Literal["udp", "tcp", "tls"], Setting("how SIP gets there", "传输方式")
    ] = "udp"
    user: Annotated[
        User,
        Setting(
            "the account; calls in that name nobody are for it",
            "账号；未指明被叫的来话归此号码",
        ),
    ] = ""
    auth_user: Annotated[
        User, Setting("name for the password; empty: the account", "鉴权用户名；为空时同账号")
    ] = ""
    proxy: Annotated[
        Host, Setting("what all requests go through; empty: none", "出站代理；为空则无")
    ] = ""
    expiry: Annotated[
        int, Setting("how long a registration is asked for", "注册有效期", "s", ge=60, le=86_400)
    ] = 300
    identity: Annotated[
        Literal["from", "pai", "ppi", "rpid"],
        Setting("the header in which the carrier reads who calls", "运营商从哪个头域读取主叫"),
    ] = "from"
    caller: Annotated[
        AnyNumber,
        Setting(
            "shown where the caller has no number of his own", "主叫没有自己的号码时显示的号码"
        ),
    ] = ""
    channels: Annotated[  # TRK-05
        int, Setting("calls at once; 0: no limit", "最大并发数；0 为不限", ge=0, le=400)
    ] = 0
    profile: Annotated[SipProfile, Setting("how it is spoken with", "通信方式", key="sip")] = (
        SipProfile()
    )


class OutboundRoute(msgspec.Struct, frozen=True):
    """Numbers that begin with `prefix` leave by the first free of `lines`, the prefix removed."""

    name: Annotated[Name, Setting("what people call it", "名称")]
    prefix: Annotated[
        Prefix, Setting("what is dialed before the number", "出局字冠", unique="prefix")
    ]
    lines: Annotated[
        tuple[ToLine, ...],
        Setting("line ports, the first tried first", "外线端口，按顺序试用", min_length=1),
    ]
