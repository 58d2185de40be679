"""The columns of an exported list of calls (CDR-03, CDR-15, CDR-16), in the reader's language."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final, Literal

from firmware.core.record import CallRecord
from firmware.core.site import Site
from firmware.routing.clock import local_ms
from firmware.store.sheet import Cell

Lang = Literal["en", "zh"]

WORDS: Final[dict[str, tuple[str, str]]] = {
    "title": ("Calls", "通话记录"),
    "internal": ("internal", "内部"),
    "incoming": ("incoming", "呼入"),
    "outgoing": ("outgoing", "呼出"),
    "answered": ("success", "成功"),
    "failed": ("failed", "失败"),
    "forwarded": ("forwarded", "转移"),
    "picked-up": ("picked up", "代答"),
    "parked": ("parked", "驻留"),
    "conference": ("conference", "会议"),
    "transferred": ("transferred", "转接"),
    "emergency": ("emergency", "紧急"),
}

COLUMNS: Final[tuple[tuple[str, str, Callable[[CallRecord, Lang], Cell]], ...]] = (
    ("Caller", "主叫", lambda call, _: call.caller),
    ("Caller's name", "主叫名称", lambda call, _: call.name),
    ("Called", "被叫", lambda call, _: call.called),
    ("Taken by", "最终被叫", lambda call, _: call.final),
    ("Seconds", "时长（秒）", lambda call, _: seconds(call)),
    ("Trunk", "中继", lambda call, _: call.trunk),
    ("PIN", "PIN 码", lambda call, _: call.pin),
    ("Type", "类型", lambda call, lang: say(call.type, lang)),
    ("State", "状态", lambda call, lang: say("answered" if call.answered else "failed", lang)),
    ("Marks", "标记", lambda call, lang: ", ".join(say(flag, lang) for flag in call.flags)),
    ("Recording", "录音", lambda call, _: ", ".join(call.recordings)),
    ("Quality (MOS)", "语音质量（MOS）", lambda call, _: quality(call)),
    ("End", "结束原因", lambda call, _: call.cause),
    ("Call", "通话编号", lambda call, _: call.call),
)


def say(word: str, lang: Lang) -> str:
    return WORDS[word][lang == "zh"]


def names(lang: Lang) -> list[str]:
    start = "开始时间" if lang == "zh" else "Start"
    return [start, *(zh if lang == "zh" else en for en, zh, _ in COLUMNS)]


def cells(call: CallRecord, site: Site, lang: Lang) -> list[Cell]:
    started = datetime.fromtimestamp(local_ms(site, call.started) / 1000, UTC)
    return [started.replace(tzinfo=None), *(cell(call, lang) for _, _, cell in COLUMNS)]


def seconds(call: CallRecord) -> int:
    """CDR-05: from connection to end."""
    return (call.ended - call.answered + 500) // 1000 if call.answered else 0


def quality(call: CallRecord) -> float | None:
    """Of the worst leg."""
    figures = [leg.quality.mos for leg in call.legs if leg.quality]
    return min(figures) if figures else None
