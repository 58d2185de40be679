"""What can be wrong with a configuration text, and the sentences that say so.

A mistake names its line and place, and says what would be right.  Sentences are complete in both
languages; `{0}` and so on are the mistake's own details.
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec

Lang = Literal["en", "zh"]


class Mistake(msgspec.Struct, frozen=True):
    line: int  # 0 where the text has no such place
    place: str  # "extension 201", "site", "" for the whole
    code: str
    details: tuple[str, ...] = ()


SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "syntax": ("this is not valid TOML: {0}", "不是有效的 TOML：{0}"),
    "unknown-table": (
        "there is no section {0}; there are: {1}",
        "没有 {0} 这一节；可用的有：{1}",
    ),
    "table-form": ("write this section as {0}", "这一节应写作 {0}"),
    "unknown-key": ("there is no key {0} here; there are: {1}", "这里没有 {0} 项；可用的有：{1}"),
    "missing-key": ("{0} is missing; it must be {1}", "缺少 {0}；它应为 {2}"),
    "bad-value": ("{0} must be {1}, not {3}", "{0} 应为 {2}，而不是 {3}"),
    "bad-item": (
        "{0} must be {1}; there is something else in it",
        "{0} 应为 {2}；其中含有别的内容",
    ),
    "bad-secret": ("{0} must be {1}", "{0} 应为 {2}"),
    "twice": ("{0} {1} is used twice, first in {2}", "{0} {1} 重复，已用于 {2}"),
    "emergency": (
        "{0} is an emergency number and cannot be an extension",
        "{0} 是紧急号码，不能用作分机号",
    ),
    "emergency-prefix": (
        "{0} is what dials emergency number {1} behind prefix {2}; it cannot be an extension",
        "{0} 与出局字冠 {2} 加紧急号码 {1} 相同，不能用作分机号",
    ),
    "sip-on-a-port": (
        "only a SIP telephone has these settings; this one is analog, on a port",
        "这些设置只适用于 SIP 话机；此分机是接在端口上的模拟话机",
    ),
    "no-such-port": ("this box has no port {0}; it has: {1}", "本机没有端口 {0}；有：{1}"),
    "wrong-port": (
        "port {0} is {1}, but this needs {2}; such ports are: {3}",
        "端口 {0} 是 {1}，这里需要 {2}；这样的端口有：{3}",
    ),
    "password-without-sip": (
        "only a SIP telephone has a password; take this line away",
        "只有 SIP 话机才有密码；请删去此行",
    ),
    "weak-password": (
        "the password must have letters, digits and 6 characters besides the extension number",
        "密码必须同时含字母和数字，且除分机号外至少还有 6 个字符",
    ),
    "nothing-kept": (
        'no password is kept for {0}; type one, or write "(new)" and the box makes one up',
        "没有为 {0} 保存密码；请填写密码，或写 “(new)” 由本机生成",
    ),
    "cannot-make": (
        "{0} cannot be made up by the box; hand it in",
        "本机无法自行生成 {0}，请给出",
    ),
    "not-there": ("there is no {0} {1}; there are: {2}", "没有 {0} {1}；有：{2}"),
    "no-class": (
        "there is no service class {0}; there are two digits like 11, and: {1}",
        "没有服务等级 {0}；可写两位数字（如 11），或：{1}",
    ),
    "own-parent": ("department {0} cannot be above itself", "部门 {0} 不能是自己的上级"),
    "two-departments": (
        "extension {0} is in department {1} already; it can be in one only",
        "分机 {0} 已在部门 {1} 中；每个分机只能属于一个部门",
    ),
    "clash": ("{0}", "{1}"),
    "no-country": ("no tones are known for {0}; known are: {1}", "没有国家 {0} 的信号音；有：{1}"),
    "no-zone": ('there is no time zone "{0}"', "没有时区 “{0}”"),
}


def say(mistake: Mistake, lang: Lang = "en") -> str:
    """`line 12, extension 201: port ...`"""
    sentence = SENTENCES[mistake.code][lang == "zh"].format(*mistake.details)
    if lang == "zh":
        line = f"第 {mistake.line} 行" if mistake.line else ""
        return "，".join(part for part in (line, mistake.place) if part) + f"：{sentence}"
    line = f"line {mistake.line}" if mistake.line else ""
    before = ", ".join(part for part in (line, mistake.place) if part)
    return f"{before}: {sentence}" if before else sentence
