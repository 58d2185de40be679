"""Every sentence of the command line, in English and Chinese.

A key that is missing is a programming error; a test looks every used key up.
"""

from __future__ import annotations

import os
from typing import Final, Literal

from firmware.tools import (
    words_config,
    words_errors,
    words_hardware,
    words_help,
    words_labels,
    words_records,
    words_trail,
)

Lang = Literal["en", "zh"]

WORDS: Final[dict[str, tuple[str, str]]] = {
    **words_help.WORDS,
    **words_errors.WORDS,
    **words_labels.WORDS,
    **words_records.WORDS,
    **words_config.WORDS,
    **words_trail.WORDS,
    **words_hardware.WORDS,
    "banner-title": ("Hookswitch runs.", "Hookswitch 已启动。"),
    "banner-state": ("State folder", "状态文件夹"),
    "banner-web": ("The pages", "网页"),
    "banner-sip": ("SIP", "SIP"),
    "banner-code": ("Set-up code", "设置码"),
    "banner-try": ("Try it in a second terminal", "在另一个终端中试用"),
    "banner-phone": ("A password for a SIP telephone", "为 SIP 话机设置密码"),
    "banner-stop": ("Ctrl-C stops the box.", "按 Ctrl-C 停止。"),
    "banner-late": (
        "{0} did not start within {1} seconds.  The end of {2}:",
        "{0} 未能在 {1} 秒内启动。{2} 的末尾：",
    ),
    "banner-retry": (
        "It is tried again and again; mend the cause, or stop with Ctrl-C.",
        "系统会不断重试；请排除原因，或按 Ctrl-C 停止。",
    ),
    "none": ("None.", "无。"),
    "config-mistakes": ("Nothing was changed; please mend:", "未作任何改变；请更正："),
    "config-same": ("This text says what is in force already.", "与现行配置相同，无需改变。"),
    "config-plan": ("It would change:", "将会改变："),
    "config-applied": ("Version {0} is in force:", "版本 {0} 已生效："),
    "password-set": ("Extension {0} has a new password.", "分机 {0} 的密码已设置。"),
    "password-made": (
        "The password of extension {0}, shown only this once: {1}",
        "分机 {0} 的密码（仅显示这一次）：{1}",
    ),
    "ask-password": ("New password of extension {0}: ", "分机 {0} 的新密码："),
    "more-records": ("Older ones: --before {0}", "更早的记录：--before {0}"),
    "journal-saved": ("The journal is in {0}", "日志已保存到 {0}"),
    "replay-same": (
        "{0} events in {1} segments: every effect was the same.",
        "{1} 段共 {0} 个事件：结果完全一致。",
    ),
    "replay-differs": ("The replay went another way at:", "重放在此处出现差异："),
    "replay-recorded": ("recorded", "记录"),
    "replay-replayed": ("replayed", "重放"),
    "explain-head": (
        "{0} called {1} at {2} (configuration version {3}).",
        "{2}，{0} 呼叫 {1}（配置版本 {3}）。",
    ),
    "explain-end": ("Taken by {0}; {1} seconds; {2}.", "接听：{0}；{1} 秒；{2}。"),
}


def say(lang: Lang, key: str, *details: object) -> str:
    return WORDS[key][lang == "zh"].format(*details)


def default_lang() -> Lang:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"
