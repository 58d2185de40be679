"""Words about the configuration, secrets and notices.  key -> (English, Chinese)."""

from typing import Final

WORDS: Final[dict[str, tuple[str, str]]] = {
    "help-confirm": ("keep what was applied with --confirm-within", "确认保留已应用的配置"),
    "help-confirm-within": (
        "undo it unless confirmed in this time, like 5m or 90s",
        "若未在此时间内确认则自动撤销，如 5m 或 90s",
    ),
    "help-diff": ("as lines with + and -", "以 + 和 - 行显示"),
    "help-back-to": (
        "a version, or a time like 2026-05-01T09:30",
        "版本号，或时间如 2026-05-01T09:30",
    ),
    "help-draft": ("what administrators want changed, not applied yet", "草稿：尚未生效的修改"),
    "help-draft-show": ("who wants what, and what it would change", "显示草稿内容及其效果"),
    "help-draft-apply": ("put the draft in force", "使草稿生效"),
    "help-draft-discard": (
        "take a wish back; without a number all",
        "撤回草稿中的一项；不写编号则全部",
    ),
    "help-edit": ("the wish's number", "草稿项编号"),
    "help-example": ("print an example with every section", "输出含全部章节的示例"),
    "help-add": ("make many SIP extensions with passwords", "批量新增 SIP 分机并生成密码"),
    "help-first": ("the first number", "起始号码"),
    "help-count": ("how many", "数量"),
    "help-like": ("make them like this extension", "按此分机的设置"),
    "help-import": ("make or change extensions by a CSV file", "按 CSV 文件新增或修改分机"),
    "help-export": ("print the extensions as CSV", "以 CSV 输出分机"),
    "help-csv": (
        "CSV file with a head line; - is standard input",
        "带表头的 CSV 文件；- 为标准输入",
    ),
    "help-hash": (
        "hash an administrator's password for an unattended installation",
        "为无人值守安装生成管理员密码的散列",
    ),
    "help-completion": ("print the completion script of a shell", "输出命令补全脚本"),
    "help-shell": ("the shell", "外壳"),
    "config-seconds": (
        "It undoes itself in {0} seconds.  To keep it: hookswitch config confirm",
        "{0} 秒后自动撤销。若要保留：hookswitch config confirm",
    ),
    "config-confirmed": ("Version {0} stays.", "版本 {0} 已确认保留。"),
    "config-waiting": (
        "Version {0} goes back to {1} in {2} seconds unless it is confirmed.",
        "版本 {0} 若未确认，将在 {2} 秒后恢复为 {1}。",
    ),
    "config-made": ("Passwords, shown only this once:", "密码（仅显示这一次）："),
    "draft-empty": ("The draft is empty.", "草稿为空。"),
    "draft-stale": ("changed by somebody else meanwhile", "期间已被他人修改"),
    "col-edit": ("No.", "编号"),
    "col-place": ("Where", "位置"),
    "col-old": ("Old", "原值"),
    "col-new": ("New", "新值"),
    "col-note": ("Note", "备注"),
    "extensions-added": (
        "Added: {0}.  Skipped, as they exist: {1}.",
        "已新增：{0}。已存在而跳过：{1}。",
    ),
    "bad-period": (
        "{0} is not a time span; write it like 90s, 5m or 2h.",
        "{0} 不是时长，应写作 90s、5m 或 2h。",
    ),
    "bad-csv": ("{0}, line {1}: {2}", "{0} 第 {1} 行：{2}"),
    "csv-columns": ("there is no column {0}; there are: {1}", "没有列 {0}；可用的有：{1}"),
    "csv-number": ("a number is missing", "缺少分机号"),
    "hash-asks": ("Password of the administrator: ", "管理员密码："),
    "hash-weak": (
        "Choose at least 10 characters.",
        "密码至少 10 个字符。",
    ),
    "status-notices": ("Notices", "提示"),
    "notice-disk-full": (
        "{0}: the disk is full; nothing new is saved.  Make room.",
        "{0}：磁盘已满，无法保存。请清理空间。",
    ),
    "notice-read-only": (
        "{0}: the disk is read-only; nothing new is saved.  Check the storage.",
        "{0}：磁盘只读，无法保存。请检查存储。",
    ),
    "notice-disk-error": (
        "{0}: the disk fails; nothing new is saved.  Replace the storage.",
        "{0}：磁盘出错，无法保存。请更换存储。",
    ),
    "notice-busy": ("{0}: somebody holds the file.", "{0}：文件被占用。"),
    "notice-damaged": (
        "{0} was damaged and set aside as {1}; the box went on with what it had.",
        "{0} 已损坏，已另存为 {1}；本机以现有数据继续运行。",
    ),
    "notice-newer": ("{0} was written by newer firmware: {1}", "{0} 由更新的固件写入：{1}"),
    "notice-refused": (
        "The stored configuration does not fit this box; what was in force stays.  {1}",
        "保存的配置不适用于本机，仍沿用原配置。{1}",
    ),
    "notice-not-in-force": (
        "The new configuration is saved but could not be put in force yet: {1}",
        "新配置已保存，但尚未生效：{1}",
    ),
    "refused-nothing-waits": ("Nothing waits to be confirmed.", "没有等待确认的配置。"),
    "refused-no-such-edit": ("There is no such wish in the draft.", "草稿中没有这一项。"),
    "refused-bad-first": ("The first number has 3 to 6 digits.", "起始号码应为 3 至 6 位数字。"),
}
