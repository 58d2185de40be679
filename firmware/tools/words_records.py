"""Words about what jobs keeps: records, user state, notices.  key -> (English, Chinese)."""

from typing import Final

WORDS: Final[dict[str, tuple[str, str]]] = {
    "help-user-state": ("what users have set: forwards, DND, ...", "用户的设置：转移、免打扰等"),
    "help-state-list": ("list what is set", "列出设置"),
    "help-state-get": ("print one value", "显示一项设置"),
    "help-state-set": ("set one value", "修改一项设置"),
    "help-state-remove": ("remove one value", "删除一项设置"),
    "help-state-kind": ("only this kind, like forward or dnd", "仅此种类，如 forward 或 dnd"),
    "help-state-owner": ("only of this extension or number", "仅此分机或号码"),
    "help-state-after": ("go on after this key", "接在此键之后继续"),
    "help-state-key": ("kind and owner, like forward.101", "种类和归属，如 forward.101"),
    "help-state-value": (
        "JSON text",
        "JSON 文本",
    ),
    "col-key": ("Key", "键"),
    "col-value": ("Value", "值"),
    "col-revision": ("Revision", "修订"),
    "more-state": ("More: --after {0}", "更多：--after {0}"),
    "no-such-entry": (
        "Nothing is set for {0}.  See: hookswitch state list",
        "{0} 没有设置。请看：hookswitch state list",
    ),
    "state-saved": ("{0} is saved.", "{0} 已保存。"),
    "refused-bad-value": (
        "{0}: no such kind of setting, or a value that it cannot have.  See: hookswitch state list",
        "{0}：没有这种设置，或取值不允许。请看：hookswitch state list",
    ),
    "refused-disk-full": (
        "The disk is full, so nothing was saved ({0}).  Delete old records or recordings.",
        "磁盘已满，未能保存（{0}）。请删除旧的记录或录音。",
    ),
    "refused-read-only": (
        "The disk cannot be written to, so nothing was saved ({0}).  Restart the box; if it stays "
        "so, replace its memory.",
        "磁盘不可写，未能保存（{0}）。请重启设备；若仍如此，请更换存储。",
    ),
    "refused-disk-error": (
        "The disk does not answer as it should, nothing was saved ({0}).  Make a backup now.",
        "磁盘出错，未能保存（{0}）。请立即备份。",
    ),
    "refused-damaged": (
        "Stored data are damaged ({0}).  They were set aside; see: hookswitch status",
        "存储的数据已损坏（{0}），已移开保存。请看：hookswitch status",
    ),
    "refused-busy": (
        "Somebody else uses the database ({0}); try again.",
        "数据库正被占用（{0}），请重试。",
    ),
    "refused-newer": (
        "Newer firmware wrote these data: {0}.",
        "这些数据由较新的固件写入：{0}。",
    ),
}
