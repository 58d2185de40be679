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
    "help-answered": ("only calls that were answered, or that failed", "只看成功或失败的通话"),
    "help-caller": ("who called; 138* is whatever begins so", "主叫；138* 表示以此开头"),
    "help-called": ("who was called; 138* is whatever begins so", "被叫；138* 表示以此开头"),
    "help-trunk": ("outside line or trunk: a part of its name", "外线或中继名称的一部分"),
    "help-pin": ("whose PIN let the call out", "使用了谁的 PIN 码"),
    "help-since": ("from this time on, like 2026-05-01T09:30", "起始时间，如 2026-05-01T09:30"),
    "help-until": ("before this time", "结束时间（不含）"),
    "help-recorded": ("only calls with a recording", "只看有录音的通话"),
    "help-order": ("what to sort by", "排序依据"),
    "help-ascending": ("the smallest or oldest first", "升序"),
    "help-count": ("only say how many", "只显示条数"),
    "help-export": (
        "write all of them to FILE.csv or FILE.xlsx",
        "全部导出到 文件.csv 或 文件.xlsx",
    ),
    "col-trunk": ("Trunk", "中继"),
    "records-counted": ("{0} calls.", "共 {0} 条通话记录。"),
    "records-more-than": (
        "More than {0}; how many exactly would take too long to find out.",
        "超过 {0} 条；精确条数需要很长时间才能算出。",
    ),
    "exported": ("{0} calls are in {1}", "已将 {0} 条通话记录导出到 {1}"),
    "bad-export": (
        "{0} must end with .csv or .xlsx.",
        "{0} 的扩展名应为 .csv 或 .xlsx。",
    ),
    "export-failed": (
        "The export ended after {0} rows.  The disk may be full: see hookswitch status",
        "导出在 {0} 行后中断。磁盘可能已满：请看 hookswitch status",
    ),
    "no-write": ("{0} cannot be written: {1}.", "无法写入 {0}：{1}。"),
    "refused-export-runs": (
        "Another export is being written; try again when it is done.",
        "正在进行另一个导出，请稍后再试。",
    ),
    "refused-no-such-export": ("There is no such export any more.", "该导出已不存在。"),
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
    "help-backup": ("backups of the box's data", "数据备份"),
    "help-backup-make": ("make a backup", "制作备份"),
    "help-backup-list": ("the backups on this box", "本机上的备份"),
    "help-backup-check": ("look whether a backup is whole", "检查备份是否完好"),
    "help-backup-restore": ("put back what a backup holds", "恢复备份"),
    "help-backup-kind": ("only this kind; may be given again", "仅此种数据，可多次使用"),
    "help-backup-to": ("copy it to this folder", "复制到此文件夹"),
    "help-backup-name": ("its name, or a file anywhere", "备份名称或文件路径"),
    "help-passphrase": ("ask for the passphrase that seals secrets", "询问密码短语，用于加密机密"),
    "help-passphrase-stdin": ("read the passphrase from standard input", "从标准输入读取密码短语"),
    "ask-passphrase": ("Passphrase: ", "密码短语："),
    "col-backup": ("Backup", "备份"),
    "col-bytes": ("Bytes", "字节"),
    "col-holds": ("Holds", "内容"),
    "col-rows": ("Rows", "行数"),
    "col-sealed": ("Sealed", "加密"),
    "sealed": ("yes", "是"),
    "backup-made": ("The backup is in {0}", "备份已保存到 {0}"),
    "backup-without-secrets": (
        "Passwords and users are not in it: they need a passphrase (--passphrase).",
        "未包含密码和用户：需要密码短语（--passphrase）。",
    ),
    "backup-good": ("{0}, made at {1}, is whole.", "{0}（{1} 制作）完好。"),
    "backup-restored": (
        "Put back from {0}: {1}.  What there was before is in {2}",
        "已从 {0} 恢复：{1}。恢复前的数据保存在 {2}",
    ),
    "no-such-backup": (
        "There is no backup {0}.  See: hookswitch backup list",
        "没有备份 {0}。请看：hookswitch backup list",
    ),
    "backup-there": (
        "There is a backup {0} on this box already; rename the file.",
        "本机已有备份 {0}，请将文件改名。",
    ),
    "not-root": (
        "{0} cannot be read: only root, or the user that the box runs as, may do this.",
        "无法读取 {0}：只有 root 或运行本机的用户可以执行。",
    ),
    "refused-not-a-backup": ("This is no backup ({0}).", "这不是备份文件（{0}）。"),
    "refused-foreign": (
        "The backup holds what does not belong into one, so nothing of it was used ({0}).",
        "备份中含有不该有的内容，已整体拒绝（{0}）。",
    ),
    "refused-too-large": ("The backup is too large ({0}).", "备份过大（{0}）。"),
    "refused-no-room": (
        "There is not room enough to unpack the backup ({0}).",
        "空间不足，无法展开备份（{0}）。",
    ),
    "refused-wrong-passphrase": (
        "The passphrase does not open this backup.",
        "密码短语不正确。",
    ),
    "refused-not-in-it": ("{0}.", "备份中没有所需内容，或未提供密码短语：{0}"),
    "refused-backup-runs": (
        "A backup is being made or put back; try again when it is done.",
        "正在制作或恢复备份，请稍后再试。",
    ),
    "refused-bad-config": ("{0}.", "{0}。"),
    "notice-salvaged": (
        "{0} was damaged; what could be read is in a new one, which has {1} records now.",
        "{0} 曾损坏；可读的记录已转入新库，现有 {1} 条。",
    ),
}
