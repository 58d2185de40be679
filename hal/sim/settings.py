"""What can be set at a port of the simulator: the wires, the telephone, the telephone company.

Each key is one line here with its bounds and default, and everything else follows from it: the
command `hookswitch sim set`, its help, the checks, the page.  The faults of a real installation are
values of these keys, except those that are deeds (cut, swap, short, pull out).
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, get_args, get_origin

import msgspec
from msgspec import Meta

from firmware.wire.frames import Refused
from hal.sim import countries

# values that do nothing: then a frame passes untouched
NOTHING: Final[dict[str, float]] = {
    "level": 0.0,
    "noise": -90.0,
    "hum": -90.0,
    "echo_loss": 60.0,
    "crosstalk": 90.0,
}


def says(en: str, zh: str, **bounds: Any) -> Meta:
    return Meta(description=en, extra={"zh": zh}, **bounds)


Level = Annotated[
    float, says("dB of gain on the wires, both ways", "线路增益(dB),双向", ge=-40, le=12)
]
Noise = Annotated[
    float, says("noise in dBm0 (-90: none)", "噪声电平 dBm0(-90 为无)", ge=-90, le=-10)
]
Hum = Annotated[
    float,
    says("hum of the mains in dBm0 (-90: none)", "交流哼声 dBm0(-90 为无)", ge=-90, le=0),
]
EchoLoss = Annotated[
    float, says("dB of loss of the echo (60: none)", "回声损耗 dB(60 为无回声)", ge=0, le=60)
]
EchoMs = Annotated[int, says("ms of delay of the echo", "回声时延(毫秒)", ge=2, le=64)]
Crosstalk = Annotated[
    float,
    says("dB of loss from the next port (90: none)", "相邻端口串音损耗 dB(90 为无)", ge=20, le=90),
]
Flag = Annotated[bool, says("yes or no", "yes 或 no")]
Bells = Annotated[int, says("ringer load of the telephones (REN)", "振铃负载(REN)", ge=1, le=20)]
Standard = Annotated[
    Literal["none", "fsk", "fsk-etsi", "dtmf"],
    says(
        "caller ID: none, fsk (Bell 202), fsk-etsi (V.23), dtmf",
        "来电显示制式:none、fsk(Bell 202)、fsk-etsi(V.23)、dtmf",
    ),
]
When = Annotated[
    Literal["between", "reversal", "ring-pulse", "first"],
    says(
        "caller ID comes between rings, after a reversal or a short ring, or first of all",
        "来电号码时机:两次振铃之间、反极后、短振铃后或振铃之前",
    ),
]
Damage = Annotated[
    Literal["none", "truncated", "checksum", "cut-by-ring"],
    says("what is wrong with the caller ID sent", "来电号码信号的毛病"),
]
Reversal = Annotated[
    Literal["none", "answer", "hangup", "both"],
    says("when the polarity is reversed", "何时反极"),
]
CutMs = Annotated[
    int,
    says(
        "ms without current when the far end hangs up (0: none)",
        "对方挂机时断流毫秒数",
        ge=0,
        le=5000,
    ),
]
Busy = Annotated[
    str,
    says(
        "busy tone at hang-up: own, none, a country, or HZ:ON:OFF",
        "挂机后的忙音:own、none、国家代码或 HZ:ON:OFF",
        pattern=r"^(own|none|[a-z]{2}|[0-9]{2,4}:[0-9]{2,4}:[0-9]{2,4})\Z",
    ),
]
Called = Annotated[
    Literal["rings", "busy", "vacant", "congestion"],
    says("what becomes of a number that was dialed", "拨出号码的结果"),
]
Country = Annotated[str, says("the company's country", "电话公司所在国家", pattern=r"^[a-z]{2}\Z")]
Glare = Annotated[
    str,
    says(
        "whose call is there already when the box seizes the line",
        "占线瞬间正好打进的号码",
        pattern=r"^[0-9*#]{0,20}\Z",
    ),
]
Ringing = Annotated[
    tuple[Annotated[int, Meta(ge=100, le=10_000)], ...],
    says(
        "ms of ringing and pause, in turn (empty: the country's)",
        "振铃节奏(毫秒),空为该国标准",
        max_length=8,
    ),
]


class WireSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    level: Level = NOTHING["level"]
    noise: Noise = NOTHING["noise"]
    hum: Hum = NOTHING["hum"]
    echo_loss: EchoLoss = NOTHING["echo_loss"]
    echo_ms: EchoMs = 8
    crosstalk: Crosstalk = NOTHING["crosstalk"]


class HandsetSettings(WireSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The telephone on an FXS port, and its wires."""

    display: Standard = "fsk"
    call_waiting: Flag = True  # it answers the alerting tone of call waiting ID
    bells: Bells = 1
    short: Flag = False  # the two wires touch


class OutsideSettings(WireSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The telephone company behind an FXO port, and its wires."""

    country: Country = "cn"
    caller_id: Standard = "fsk"
    caller_id_when: When = "between"
    caller_id_damage: Damage = "none"
    card_tells: Flag = True  # the card itself names the caller, whatever the wire carries
    ringing: Ringing = ()
    reversal: Reversal = "none"
    hangup_cut: CutMs = 600
    busy: Busy = "own"
    called: Called = "rings"
    dial_tone: Flag = True
    glare: Glare = ""

    def __post_init__(self) -> None:
        for country in (self.country, self.busy):
            if len(country) == 2 and country not in countries.names():
                raise ValueError(f"no country {country!r}; known: {', '.join(countries.names())}")


Settings = HandsetSettings | OutsideSettings


def changed(settings: Settings, changes: dict[str, str]) -> Settings:
    """With these keys as a person typed them; a key without a value has its default again."""
    kind = type(settings)
    known = msgspec.structs.asdict(settings)
    for key, text in changes.items():
        if key not in known:
            raise Refused("no-setting", f"there is no {key!r}; known: {', '.join(known)}")
        known[key] = _typed(kind, key, text)
    try:
        return msgspec.convert(known, kind, strict=False)
    except msgspec.ValidationError as error:
        raise Refused("bad-setting", str(error)) from None


def _typed(kind: type[Settings], key: str, text: str) -> object:
    field = next(field for field in msgspec.structs.fields(kind) if field.name == key)
    if text == "":
        return field.default
    if get_origin(field.type) is Annotated and get_args(field.type)[0] is bool:
        return {"yes": True, "on": True, "no": False, "off": False}.get(text, text)
    if key == "ringing":
        return text.split(",")
    return text


def words(kind: type[Settings]) -> dict[str, tuple[str, str]]:
    """Each key and what it means, in English and Chinese."""
    found: dict[str, tuple[str, str]] = {}
    for field in msgspec.structs.fields(kind):
        meta = get_args(field.type)[-1]
        found[field.name] = (meta.description, meta.extra["zh"])
    return found
