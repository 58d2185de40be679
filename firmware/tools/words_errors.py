"""Why a command could not be carried out, and what to do: key -> (English, Chinese).

A refusal by a process of the box is found by its code, `refused-<code>`.
"""

from typing import Final

WORDS: Final[dict[str, tuple[str, str]]] = {
    "usage": ("{0}.  See: {1} --help", "命令不正确（{0}）。用法请看：{1} --help"),
    "not-running": (
        "The box does not run on {0} (no answer from {1}).  Start it with: hookswitch run",
        "{0} 上没有运行中的电话机（{1} 无应答）。请用 hookswitch run 启动",
    ),
    "no-file": ("{0} cannot be read: {1}.", "无法读取 {0}：{1}。"),
    "not-a-journal": ("{0} is not a journal of this firmware.", "{0} 不是本固件的日志文件。"),
    "bad-time": (
        "{0} is not a time; write it like 2026-05-01T09:30.",
        "{0} 不是时间，应写作 2026-05-01T09:30。",
    ),
    "state-too-long": (
        "The name of the state folder {0} is too long for sockets: choose a shorter one "
        "(STATE=...).",
        "状态文件夹 {0} 的路径太长，无法建立套接字：请选一个较短的（STATE=...）。",
    ),
    "state-odd": (
        'The name of the state folder {0} must not contain %, ; or ": choose another (STATE=...).',
        '状态文件夹 {0} 的名称不能含 %、; 或 "：请另选一个（STATE=...）。',
    ),
    "already-running": (
        "Another box already runs on {0}: stop it, or choose another folder with STATE=...",
        "{0} 上已有电话机在运行：请先停止它，或用 STATE=... 另选文件夹",
    ),
    "bad-config": (
        "The configuration {0} has mistakes; nothing was started:{1}",
        "配置 {0} 有错误，未启动：{1}",
    ),
    "refused-no-such-extension": (
        "There is no such extension.  See: hookswitch extensions",
        "没有这个分机。请看：hookswitch extensions",
    ),
    "refused-no-such-line": (
        "There is no such outside line.  See: hookswitch lines",
        "没有这条外线。请看：hookswitch lines",
    ),
    "refused-no-such-version": (
        "There is no such version.  See: hookswitch config history",
        "没有这个版本。请看：hookswitch config history",
    ),
    "refused-no-such-call": (
        "There is no record of this call.  See: hookswitch records",
        "没有这个通话的记录。请看：hookswitch records",
    ),
    "refused-not-sip": (
        "This extension is analog: it needs no password.",
        "这是模拟分机，不需要密码。",
    ),
    "refused-weak-password": (
        "Choose 8 to 64 letters, digits and - _ $ + ! @ # % . *, at least one letter and "
        "one digit, without the extension number.",
        "密码须为 8 至 64 个字母、数字和 - _ $ + ! @ # % . *，至少含一个字母和一个数字，且不"
        "含分机号。",
    ),
    "refused-not-saved": (
        "It could not be saved, and nothing was changed; is the disk full?  ({0})",
        "未能保存，也未作任何改变；磁盘是否已满？（{0}）",
    ),
    "refused-bad-cursor": (
        "--before must be the `next` that an earlier page printed.",
        "--before 应为上一页给出的 next。",
    ),
    "refused-not-dialable": (
        "That cannot be dialed: digits are 0 to 9, * and #, at most 64.",
        "无法拨打：号码只能含 0 至 9、* 和 #，最多 64 位。",
    ),
    "refused-failed": (
        "The box could not answer that; its log says why.",
        "本机无法回答；原因见日志。",
    ),
    "refused-away": (
        "The part of the box that knows this is just starting again; try once more.",
        "相关进程正在重新启动，请再试一次。",
    ),
    "no-board": ("{0}.", "{0}。"),
    "no-state": (
        "The state folder {0} cannot be used: {1}.  Choose another one with STATE=...",
        "无法使用状态文件夹 {0}：{1}。请用 STATE=... 另选一个。",
    ),
    "bad-sip": (
        "{0} is not where SIP can listen; write it like 192.168.1.10:5060, or lan.",
        "{0} 不是有效的 SIP 监听地址，应写作 192.168.1.10:5060 或 lan。",
    ),
    "bad-web": (
        "{0} is not where the pages can be; write it like 127.0.0.1:8443, or none.",
        "{0} 不是有效的网页地址，应写作 127.0.0.1:8443 或 none。",
    ),
}
