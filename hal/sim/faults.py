"""What goes wrong on real lines, by name: each is a few settings of a port, and their undoing.

The list is what installers and users of such boxes complain of most.  Faults that are deeds and not
states have commands of their own: cut, swap, driver, module, ring-in --anyway.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from firmware.wire.frames import Refused
from hal.api import Kind


class FaultOnLine(NamedTuple):
    kind: Kind | None  # None: any port
    settings: dict[str, str]
    en: str
    zh: str


FAULTS: Final[dict[str, FaultOnLine]] = {
    "no-disconnect": FaultOnLine(
        "fxo",
        {"hangup_cut": "0", "busy": "none", "reversal": "none"},
        "the far end hangs up and nothing says so",
        "对方挂机后没有任何信号",
    ),
    "busy-tone-only": FaultOnLine(
        "fxo",
        {"hangup_cut": "0", "busy": "own"},
        "only the busy tone says that the far end hung up",
        "对方挂机后只有忙音",
    ),
    "odd-busy-tone": FaultOnLine(
        "fxo",
        {"hangup_cut": "0", "busy": "330:210:390"},
        "a busy tone that no country has",
        "忙音节奏不符合任何国家标准",
    ),
    "reversal": FaultOnLine(
        "fxo",
        {"reversal": "both"},
        "polarity turns when the far end answers and when it hangs up",
        "对方应答和挂机时反极",
    ),
    "drop-90": FaultOnLine("fxo", {"hangup_cut": "90"}, "current drop of 90 ms", "断流 90 ms"),
    "drop-200": FaultOnLine("fxo", {"hangup_cut": "200"}, "current drop of 200 ms", "断流 200 ms"),
    "drop-600": FaultOnLine("fxo", {"hangup_cut": "600"}, "current drop of 600 ms", "断流 600 ms"),
    "glare": FaultOnLine(
        "fxo",
        {"glare": "13800000000"},
        "the next time the box seizes the line, a call is coming in on it",
        "下一次占线时正好有来电",
    ),
    "no-dial-tone": FaultOnLine(
        "fxo", {"dial_tone": "no"}, "the line has battery, but no dial tone", "有馈电但无拨号音"
    ),
    "cid-etsi": FaultOnLine(
        "fxo",
        {"caller_id": "fsk-etsi", "caller_id_when": "reversal"},
        "caller ID in V.23 before the first ring, after a reversal",
        "首次振铃前反极后发送 V.23 来电号码",
    ),
    "cid-dtmf": FaultOnLine(
        "fxo",
        {"caller_id": "dtmf", "caller_id_when": "first"},
        "caller ID in DTMF before the first ring",
        "首次振铃前发送 DTMF 来电号码",
    ),
    "cid-truncated": FaultOnLine(
        "fxo", {"caller_id_damage": "truncated"}, "caller ID breaks off", "来电号码信号不完整"
    ),
    "cid-damaged": FaultOnLine(
        "fxo",
        {"caller_id_damage": "checksum"},
        "caller ID with a wrong checksum",
        "来电号码校验错误",
    ),
    "cid-in-ring": FaultOnLine(
        "fxo",
        {"caller_id_damage": "cut-by-ring"},
        "the second ring falls into the caller ID",
        "第二次振铃打断来电号码",
    ),
    "distinctive-ring": FaultOnLine(
        "fxo", {"ringing": "400,200,400,4000"}, "two short rings", "特殊振铃:两短声"
    ),
    "short": FaultOnLine("fxs", {"short": "yes"}, "the two wires touch", "线路短路"),
    "five-bells": FaultOnLine(
        "fxs", {"bells": "5"}, "five telephones on one port (5 REN)", "一个端口接五部话机(5 REN)"
    ),
    "too-many-bells": FaultOnLine(
        "fxs", {"bells": "12"}, "so many telephones that none rings", "话机过多,均不振铃"
    ),
    "echo": FaultOnLine(
        None, {"echo_loss": "6", "echo_ms": "32"}, "loud echo after 32 ms", "32 毫秒强回声"
    ),
    "long-echo": FaultOnLine(
        None, {"echo_loss": "12", "echo_ms": "64"}, "echo after 64 ms", "64 毫秒回声"
    ),
    "quiet": FaultOnLine(None, {"level": "-18"}, "18 dB too quiet", "音量低 18 dB"),
    "loud": FaultOnLine(None, {"level": "6"}, "6 dB too loud", "音量高 6 dB"),
    "noise": FaultOnLine(None, {"noise": "-30"}, "noise", "噪声"),
    "hum": FaultOnLine(None, {"hum": "-20"}, "hum of the mains", "交流哼声"),
    "crosstalk": FaultOnLine(
        None, {"crosstalk": "30"}, "the next port can be heard", "能听到相邻端口(串音)"
    ),
}


def settings_of(name: str, kind: Kind, keys: tuple[str, ...]) -> dict[str, str]:
    """What to set for this fault; `none` undoes every one of them, and nothing else."""
    if name == "none":
        touched = {key for fault in FAULTS.values() for key in fault.settings}
        return dict.fromkeys(sorted(touched & set(keys)), "")
    fault = FAULTS.get(name)
    if fault is None:
        raise Refused("no-fault", f"there is no fault {name!r}; known: {', '.join(FAULTS)}")
    if fault.kind not in (None, kind):
        raise Refused("wrong-kind", f"{name} is a fault of {fault.kind} ports")
    return fault.settings
