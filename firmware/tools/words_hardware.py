"""Words about ports, disks and what is wrong with them.  key -> (English, Chinese)."""

from __future__ import annotations

from typing import Final

WORDS: Final[dict[str, tuple[str, str]]] = {
    "help-hardware": ("ports, disks and their troubles", "端口、磁盘及其故障"),
    "help-hardware-show": ("what was found, and what is wrong", "显示已发现的硬件和故障"),
    "help-hardware-take-over": (
        "the ports that were found are right: follow them",
        "以实际发现的端口为准，更新配置",
    ),
    "help-hardware-eject": ("write everything to a disk, to pull it out", "安全弹出磁盘"),
    "help-disk": ("the socket it is in, such as usb1", "磁盘所在插口，例如 usb1"),
    "port-up": ("works", "正常"),
    "port-down": ("no line", "无线路"),
    "port-absent": ("not found", "未发现"),
    "port-taken-over": ("Port {0} was {1} and is {2} now.", "端口 {0} 由 {1} 改为 {2}。"),
    "disk-found": ("{0}: {1}, not mounted.", "{0}：{1}，未挂载。"),
    "disk-mounted": ("{0}: {1}, {2} GB, {3} GB free.", "{0}：{1}，{2} GB，可用 {3} GB。"),
    "disk-unusable": ("{0}: {1}, cannot be used.", "{0}：{1}，无法使用。"),
    "disk-gone": ("{0}: gone.", "{0}：已拔出。"),
    "disk-ejected": ("{0} may be pulled out.", "{0} 可以拔出。"),
    "notice-no-line-hardware": (
        "No communication with line hardware: analog telephones and lines do not work.  The box"
        " goes on trying; look for the card and its driver.",
        "无法与线路硬件通信：模拟话机和外线不可用。系统会继续尝试；请检查板卡和驱动。",
    ),
    "notice-port-missing": (
        "{0} is not there any more.  Its settings are kept.",
        "{0} 已不存在，其设置予以保留。",
    ),
    "notice-port-changed": (
        "{0} is of another kind now ({1}).  If that is right: hookswitch hardware take-over",
        "{0} 的类型与以前不同（{1}）。如属正常，请执行：hookswitch hardware take-over",
    ),
    "notice-disk-gone": ("{0}: {1}", "{0}：使用中被拔出（{1}）"),
    "notice-disk-unusable": ("{0}: {1}", "{0}：磁盘无法读取（{1}）"),
    "refused-nothing-to-take-over": (
        "The ports are as they were: there is nothing to take over.",
        "端口没有变化，无需更新。",
    ),
    "refused-no-disk": ("There is no such disk.", "没有这个磁盘。"),
}
