"""What is said to people at the door, in their language.  `{}` is filled in by the door."""

from __future__ import annotations

from firmware.api.users import Lang
from firmware.wire.frames import Refused

WORDS: dict[str, tuple[str, str]] = {
    "wrong": (
        "Account or password is wrong. {} tries left before a pause.",
        "账号或密码错误。再错 {} 次将暂停登录。",
    ),
    "paused": (
        "Too many wrong passwords. Try again in {} seconds.",
        "密码错误次数过多，请在 {} 秒后再试。",
    ),
    "factory-password": (
        "{} never works on this box: that is a factory password from an old manual. "
        "Use the password chosen at first start.",
        "{} 在本机永远无效：这是旧手册中的出厂密码。请使用首次启动时设定的密码。",
    ),
    "wrong-code": (
        "This is not the set-up code. It is printed when the box starts, and spoken to the "
        "telephone on port 1 by *22#.",
        "设置码不正确。设置码在启动时显示，也可在 1 号端口的话机上拨 *22# 收听。",
    ),
    "done": ("The box has an administrator already. Sign in.", "本机已有管理员，请登录。"),
    "weak-password": (
        "The password needs at least 8 characters, and must not be the account, "
        "a factory password or one character repeated.",
        "密码至少 8 个字符，且不得与账号相同、不得为出厂密码或重复同一字符。",
    ),
    "bad-account": (
        "An account has 1 to 40 letters, digits or . _ - and begins with a letter.",
        "账号由 1 至 40 个字母、数字或 . _ - 组成，并以字母开头。",
    ),
    "exists": ("There is an account {} already.", "账号 {} 已存在。"),
    "no-such": ("There is no account {}.", "没有账号 {}。"),
    "no-session": ("The session is over. Sign in again.", "会话已结束，请重新登录。"),
    "forbidden": ("Your role may not do this.", "您的角色无权执行此操作。"),
    "last-administrator": (
        "{} is the only administrator. Make another one first.",
        "{} 是唯一的管理员，请先指定另一位管理员。",
    ),
    "wrong-old": ("The present password is wrong.", "原密码错误。"),
}


def refuse(code: str, lang: Lang, *values: object) -> Refused:
    english, chinese = WORDS[code]
    return Refused(code, (chinese if lang == "zh" else english).format(*values))
