"""Every feature code there is, in one list that is read from top to bottom.

A row gives a feature its codes in each plan and its words; from it come routing (`codes`), the
exchange's table (`FEATURES`), the printed code card (`card.py`) and the pages.  Nothing is found by
scanning.  A row without a feature is one that this box cannot do yet: it says so when it is dialed.
Ids and codes are those of the specification; where the manuals name no code, the row's is ours.
"""

from __future__ import annotations

from collections.abc import Mapping

from firmware.core import plans
from firmware.core.feature import Feature
from firmware.core.plans import Row
from firmware.core.site import Code, Site
from firmware.features import (
    addresses,
    agent_busy,
    attended_transfer,
    barge,
    black_list,
    blind_transfer,
    call_waiting,
    coach,
    day_night,
    do_not_disturb,
    echo,
    emergency_notice,
    force_release,
    forwarding,
    group_pick_up,
    intercom,
    last_caller,
    marks,
    monitor,
    not_fitted,
    page,
    park,
    pick_up,
    setup_code,
    speaking_clock,
    three_way,
    whisper,
)

Cells = tuple[str, str, str]  # CooVox, CC, Exchange


def same(code: str) -> Cells:
    return (code, code, code)


# fmt: off
ROWS: tuple[Row, ...] = (
    Row("FC-01", same("*60"), "", "Voicemail main menu", "语音信箱主菜单"),
    Row("FC-02", same("*61"), "", "Own mailbox", "本机语音信箱"),
    Row("FC-03", same("**"), "extension", "Pick up a call that rings at", "指定代接",
        pick_up.FEATURE),
    Row("FC-04", same("*8"), "", "Pick up a call of the department", "同组代接",
        group_pick_up.FEATURE),
    Row("FC-05", same("*4"), "", "Park the call", "停泊通话", park.FEATURE,
        context="call"),
    Row("FC-06", same("41-49"), "", "Fetch a parked call", "取回停泊通话", park.FETCH,
        stands_for="digits"),
    Row("FC-07", ("#", "##", "#"), "number", "Transfer at once to", "盲转接",
        blind_transfer.FEATURE, context="call"),
    Row("FC-08", same("*2"), "number", "Transfer after asking", "协商转接",
        attended_transfer.FEATURE, context="call"),
    Row("FC-09", same("*76"), "", "Block the last outside caller", "将最后来电加入黑名单",
        black_list.LAST_CALLER),
    Row("FC-10", same("*75"), "", "Block a number", "添加黑名单号码", black_list.ADD),
    Row("FC-11", same("*075"), "optional", "Unblock a number", "移除黑名单号码", black_list.REMOVE),
    Row("FC-12", same("*90"), "extension", "Monitor", "监听", monitor.FEATURE),
    Row("FC-13", same("*91"), "extension", "Whisper to", "悄悄话", whisper.FEATURE),
    Row("FC-14", same("*92"), "extension", "Barge into the call of", "强插", barge.FEATURE),
    Row("FC-15", same("*62"), "", "Queue login", "坐席登录"),
    Row("FC-16", same("*062"), "", "Queue logout", "坐席登出"),
    Row("FC-17", same("*95"), "", "Queue pause", "坐席暂停"),
    Row("FC-18", same("*095"), "", "End the queue pause", "坐席取消暂停"),
    Row("FC-19", ("90-99", "1000-1020", "90-99"), "", "Conference room", "会议室",
        stands_for="digits"),
    Row("FC-20", same("0"), "number", "Invite into the conference", "邀请加入会议",
        context="conference"),
    Row("FC-21", same("**"), "", "Bring the invited party in", "确认邀请", context="conference"),
    Row("FC-22", same("*#"), "", "Drop the invited party", "取消邀请", context="conference"),
    Row("FC-23", same("*0"), "", "Make the call a conference", "由通话创建会议", context="call"),
    Row("FC-24", same("*55"), "", "Wake-up menu", "叫醒服务"),
    Row("FC-25", same("*55*"), "time", "Book a wake-up (MMDDhhmm)", "预约叫醒（月日时分）"),
    Row("FC-26", same("*055"), "", "Cancel all own wake-ups", "取消全部叫醒"),
    Row("FC-27", ("*71", "*841", "*71"), "number", "Forward always to", "无条件转移",
        forwarding.ALWAYS_ON),
    Row("FC-28", ("*071", "*851", "*071"), "", "Stop forwarding always", "取消无条件转移",
        forwarding.ALWAYS_OFF),
    Row("FC-29", ("*73", "*842", "*73"), "number", "Forward on no answer to", "无应答转移",
        forwarding.NO_ANSWER_ON),
    Row("FC-30", ("*073", "*852", "*073"), "", "Stop forwarding on no answer", "取消无应答转移",
        forwarding.NO_ANSWER_OFF),
    Row("FC-31", ("*72", "*843", "*72"), "number", "Forward on busy to", "遇忙转移",
        forwarding.BUSY_ON),
    Row("FC-32", ("*072", "*853", "*072"), "", "Stop forwarding on busy", "取消遇忙转移",
        forwarding.BUSY_OFF),
    Row("FC-33", same("*74"), "", "Do not disturb", "免打扰", do_not_disturb.ON),
    Row("FC-34", same("*074"), "", "End do not disturb", "取消免打扰", do_not_disturb.OFF),
    Row("FC-35", same("**11"), "", "Say the WAN address", "播报 WAN 口地址", addresses.WAN),
    Row("FC-36", same("**12"), "", "Say the LAN address", "播报 LAN 口地址", addresses.LAN),
    Row("FC-37", same("**13"), "", "Say the own number", "播报本机分机号", addresses.OWN_NUMBER),
    Row("FC-38", same("*1"), "", "Record the call", "一键录音", context="call"),
    Row("FC-39", same("*50"), "extension", "Intercom with", "单机对讲", intercom.FEATURE),
    Row("FC-40", same("*51"), "extension", "Page one phone", "单机寻呼", page.FEATURE),
    Row("FC-41", same("*81"), "", "Agent busy", "示忙", agent_busy.ON),
    Row("FC-42", same("*80"), "", "End agent busy", "取消示忙", agent_busy.OFF),
    Row("FC-43", same("*"), "", "Speed dial: this and the short code", "快速拨号：加短号",
        rule="speed"),
    Row("FC-44", same(""), "", "Outside line", "外线", rule="outside"),
    Row("FC-45", same(""), "", "Outside line of a trunk group", "按局向占用外线", rule="outside"),
    Row("FC-46", same("*82"), "", "Say the last caller", "播报最后来电", last_caller.FEATURE),
    Row("FC-47", same("*83"), "", "Mark the number of the other party", "标记对方号码", marks.MARK,
        context="call"),
    Row("FC-48", same("*86 *87 *88"), "", "Say the last marked numbers", "播报最近标记的号码",
        marks.TELL,
        stands_for="place"),
    Row("FC-49", ("", "", "1-8"), "", "Call a group by one key", "单键群呼",
        stands_for="digits", rule="group"),
    Row("FC-50", ("0", "", "0"), "", "Attendant", "总台", rule="attendant"),
    Row("FC-51", same("*67"), "number", "Portable password", "随身密码"),
    Row("FC-52", same("*"), "number", "From outside to outside", "外线转外线", context="menu"),
    Row("FC-53", same(""), "", "Abbreviated number: as speed dial", "缩位代码：同快速拨号",
        rule="speed"),
    Row("FC-54", same("*65"), "number", "Report the state of the room", "房态报告"),
    Row("FC-55", same("*66"), "", "Post minibar items", "迷你吧记账"),
    Row("FC-56", same("*68"), "", "Night service", "夜服", attendant=True),
    Row("FC-57", same("*69"), "", "Ask the caller to rate the call", "服务质检"),
    Row("FC-58", same(""), "", "Paging group: its own number", "寻呼组：拨其号码"),
    Row("FC-59", same(""), "", "Carrier forward: sent by the box", "运营商转移：由系统发送"),
    Row("FC-60", same("*20"), "", "What this phone may do", "话机自述", coach.FEATURE),
    Row("FC-61", same("*21"), "", "Test this handset", "话机自检"),
    Row("FC-62", same("*22"), "", "Say the set-up code", "播报设置码", setup_code.FEATURE),
    Row("FC-63", same("*77"), "number", "Quick register", "快速注册"),
    Row("FC-64", same("*78"), "", "Day, night, by the clock", "日夜服切换",
        day_night.FEATURE, attendant=True),
    Row("FC-X2.1", same("*23"), "", "Echo test", "回声测试", echo.FEATURE),
    Row("FC-X2.2", same("*24"), "", "Speaking clock", "语音报时", speaking_clock.FEATURE),
    Row("FC-X2.3", same("*25"), "", "Dial the last number again", "重拨", rule="redial"),
    Row("FC-X2.4", same("*26"), "", "Call the last caller back", "回拨最后来电", rule="callback"),
    Row("FC-X2.5", same("*27"), "number", "Call without showing the number", "匿名呼叫",
        rule="withheld"),
    Row("FC-X2.6", same("*79"), "", "Call waiting on", "启用呼叫等待", call_waiting.ON),
    Row("FC-X2.7", same("*079"), "", "Call waiting off", "停用呼叫等待", call_waiting.OFF),
    Row("FC-X2.8", same("*3"), "number", "Three-way call with", "三方通话", three_way.FEATURE,
        context="call"),
    Row("FC-X2.9", same("*93"), "extension", "End the call of", "强拆", force_release.FEATURE),
)
# fmt: on

FEATURES: Mapping[str, Feature] = {
    feature.name: feature
    for feature in (not_fitted.FEATURE, emergency_notice.FEATURE, *(row.feature for row in ROWS))
    if feature
}


def codes(site: Site) -> tuple[Code, ...]:
    """What this site dials, by its plan."""
    return plans.fold(ROWS, site.plan, site.changed_codes)


def own_plan(site: Site, before: Site | None) -> Site:
    """The site with all cells of its plan Custom."""
    return plans.own(ROWS, site, before)


def clashes(site: Site) -> list[plans.Clash]:
    """FCR-03: what the plan's codes and the site's numbers would take from each other."""
    numbers = {number: f"extensions.{number}" for number in site.extensions}
    for department in site.departments:
        if department.number:
            numbers[department.number] = f"departments.{department.name}"
    numbers |= {route.prefix: f"routes.{route.name}" for route in site.routes}
    dialed = codes(site)
    hidden = (plans.speed_clash(dialed, entry.code) for entry in site.speed_dials)
    return [*plans.clashes(dialed, numbers), *(clash for clash in hidden if clash)]
