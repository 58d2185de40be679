"""Why a call went where it went: a sentence for every rule and what it said.

{0} is the object that the rule looked at, {1} the value that mattered.  `rule-` is for what decided
or changed the way (and says what would have happened otherwise), `norule-` for what refused,
`pass-` for what let pass or was left out.  A rule that would have fitted but came later takes its
`rule-` sentence behind `passed`.
"""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "passed": ("It would also fit, but comes later: {0}", "也符合，但次序在后：{0}"),
    "rule-emergency": (
        "Emergency numbers come before everything and may use any outside line.",
        "紧急号码优先于一切规则，可使用任何外线。",
    ),
    "rule-code": ("{0} is a code of the active plan: {1}.", "{0} 是现行方案中的功能码：{1}。"),
    "norule-code": (
        "{1} is no code of the active plan, or a number behind it is missing or wrong.",
        "现行方案中没有功能码 {1}，或其后的号码缺失或有误。",
    ),
    "norule-only-attendants": (
        "{0} may be used by an attendant only.",
        "功能码 {0} 只允许话务员使用。",
    ),
    "rule-extension": ("{0} is an extension.", "{0} 是分机号码。"),
    "norule-extension": ("{0} is the caller's own number.", "{0} 是主叫自己的号码。"),
    "norule-number": ("Nothing begins with {1}.", "没有以 {1} 开头的号码。"),
    "rule-department": (
        "The number of department {0}: its members ring ({1}).",
        "部门 {0} 的号码：成员振铃（{1}）。",
    ),
    "rule-department-no-answer": (
        "If nobody in department {0} takes it, the call goes to {1}.",
        "部门 {0} 无人接听时，转到 {1}。",
    ),
    "norule-group-empty": (
        "Nobody in {0} takes calls at the moment.",
        "{0} 目前没有可接听的成员。",
    ),
    "rule-group": ("The digit of group {0} ({1}).", "分机组 {0} 的单键号码（{1}）。"),
    "rule-attendant": (
        "The attendant's position is {0} ({1}).",
        "总台现为分机 {0}（{1}）。",
    ),
    "rule-attendant-second": (
        "{0} is the second attendant: it rings when the first is busy or wants no calls.",
        "{0} 是第二总台：第一总台忙或免打扰时振铃。",
    ),
    "rule-incoming": (
        "Calls from outside line {0} ring the attendant.",
        "外线 {0} 的来话转到总台。",
    ),
    "norule-incoming": (
        "Calls from outside line {0} have nowhere to go: no attendant is set.",
        "外线 {0} 的来话无处可去：未设置总台。",
    ),
    "rule-outside": (
        "Route {0} takes numbers that begin with {1}, and removes it.",
        "出局路由 {0} 处理以 {1} 开头的号码，并去掉该字头。",
    ),
    "norule-outside": (
        "Route {0} fits, but {1} cannot be sent on a telephone line.",
        "出局路由 {0} 符合，但 {1} 无法在电话线上拨出。",
    ),
    "rule-emergency-next": (
        "The call for help tried the next way out.",
        "紧急呼叫改走下一条出路。",
    ),
    "rule-line": ("Outside line {0} was the first that was free.", "外线 {0} 是第一条空闲外线。"),
    "norule-line": ("None of the route's outside lines was free.", "该路由的外线均不空闲。"),
    "rule-trunk": ("Trunk {0} was taken.", "使用中继 {0}。"),
    "norule-trunk": ("Trunk {0} could not take the call.", "中继 {0} 无法接续此呼叫。"),
    "rule-speed": ("A speed dial: it stands for {1}.", "快速拨号：代表 {1}。"),
    "rule-redial": ("What extension {0} dialed last: {1}.", "分机 {0} 上次拨打的号码：{1}。"),
    "norule-redial": ("Extension {0} has dialed nothing yet.", "分机 {0} 还没有拨打过号码。"),
    "rule-callback": ("Who called extension {0} last: {1}.", "最后呼叫分机 {0} 的号码：{1}。"),
    "norule-callback": ("Nobody has called extension {0} yet.", "还没有人呼叫过分机 {0}。"),
    "rule-withheld": (
        "{0}: {1} is called without showing who calls.",
        "{0}：呼叫 {1} 时不显示主叫号码。",
    ),
    # -- who may
    "pass-class": ("Service class {0} allows {1}.", "服务等级 {0} 允许拨打 {1}。"),
    "norule-class": (
        "Service class {0} does not allow {1}; without it the call would go out.",
        "服务等级 {0} 不允许 {1}；否则将会接通。",
    ),
    "norule-incoming-class": (
        "Service class {0} of the called extension does not let this caller in.",
        "被叫分机的服务等级 {0} 不接受此主叫。",
    ),
    "norule-only-attendant": (
        "Extension {0} may call the attendant only.",
        "分机 {0} 只能呼叫总台。",
    ),
    "pass-white-list": (
        "On the white list of extension {0} ({1}): no other restriction counts.",
        "在分机 {0} 的白名单中（{1}）：不受其他限制。",
    ),
    "norule-black-list": (
        "On the black list of extension {0} ({1}); without that it would ring.",
        "在分机 {0} 的黑名单中（{1}）；若无此项，呼叫将会接通。",
    ),
    "norule-blocked": (
        "{0} is on the black list of the box (entered by {1}); otherwise it would ring.",
        "{0} 在系统黑名单中（由 {1} 加入）；否则将会振铃。",
    ),
    # -- what the called user has set
    "norule-dnd": (
        "Extension {0} wants no calls at the moment ({1}); otherwise it would ring.",
        "分机 {0} 目前免打扰（{1}）；否则将会振铃。",
    ),
    "pass-dnd": (
        "Extension {0} wants no calls at the moment and is left out.",
        "分机 {0} 目前免打扰，不参与振铃。",
    ),
    "rule-agent-busy": (
        "Extension {0} is marked as busy: its forward on busy counts.",
        "分机 {0} 已示忙：按遇忙转移处理。",
    ),
    "norule-agent-busy": (
        "Extension {0} is marked as busy; otherwise it would ring.",
        "分机 {0} 已示忙；否则将会振铃。",
    ),
    "pass-agent-busy": (
        "Extension {0} is marked as busy and is left out.",
        "分机 {0} 已示忙，不参与振铃。",
    ),
    "rule-forward-always": (
        "Extension {0} forwards every call to {1}; otherwise {0} would ring.",
        "分机 {0} 设置了无条件转移到 {1}；否则 {0} 将会振铃。",
    ),
    "rule-forward-busy": (
        "Extension {0} is busy and then forwards to {1}; otherwise the caller would hear busy.",
        "分机 {0} 忙，遇忙转移到 {1}；否则主叫将听到忙音。",
    ),
    "rule-forward-no_answer": (
        "Extension {0} does not answer and then forwards to {1}; otherwise the call would end.",
        "分机 {0} 无应答，无应答转移到 {1}；否则呼叫将结束。",
    ),
    "rule-forward-busy_or_no_answer": (
        "Extension {0} is busy or does not answer and forwards such calls to {1}.",
        "分机 {0} 忙或无应答，转移到 {1}。",
    ),
    "pass-loop": (
        "The forward of extension {0} to {1} is passed over: it leads back, or is one too many.",
        "忽略分机 {0} 到 {1} 的转移：会形成循环，或转移次数过多。",
    ),
    "norule-loop": (
        "{1} stands for itself, so nobody is meant.",
        "{1} 指向自身，没有可呼叫的对象。",
    ),
    "norule-forward-target": (
        "Extension {0} forwards to {1}, which no call may be sent to.",
        "分机 {0} 要转移到 {1}，但呼叫不能转移到该号码。",
    ),
    "rule-follow-me": (
        "Follow-me of extension {0}: next, {1} is tried.",
        "分机 {0} 的一号通：接着尝试 {1}。",
    ),
    # -- what happened to the call afterwards
    "rule-transfer": ("{0} transferred the call.", "{0} 转接了此呼叫。"),
    "rule-return": (
        "The transfer failed: the call came back to {0}.",
        "转接未成功：呼叫返回 {0}。",
    ),
    "rule-park": ("The call was parked in slot {0}.", "呼叫停泊在位置 {0}。"),
    "rule-pick-up": ("{0} picked the call up.", "{0} 代接了此呼叫。"),
}
WORDS |= {  # values that are words of the core's own
    "detail-day": ("by day", "日间"),
    "detail-night": ("by night", "夜间"),
    "detail-internal": ("from extensions", "内部来话"),
    "detail-external": ("from outside", "外线来话"),
    "detail-both": ("all calls", "全部来话"),
    "detail-all": ("all at once", "同时振铃"),
    "detail-order": ("in order", "顺序振铃"),
    "detail-circular": ("round robin", "循环振铃"),
    "detail-random": ("at random", "随机振铃"),
    "detail-longest": ("the longest idle first", "最久未接优先"),
    "detail-code": ("a code", "功能码"),
    "detail-page": ("a page", "网页"),
    "detail-customer": ("the customer list", "客户资料"),
    # -- dry run
    "dryrun-dial": ("It would ring {0}.", "将呼叫 {0}。"),
    "dryrun-group": ("It would ring {0}.", "将呼叫 {0}。"),
    "dryrun-outside": (
        "It would send {0} on the first free of the outside lines {1}.",
        "将在外线 {1} 中第一条空闲的线上拨出 {0}。",
    ),
    "dryrun-trunk": ("It would call {0} by trunk {1}.", "将通过中继 {1} 呼叫 {0}。"),
    "dryrun-feature": ("It would run: {0}{1}.", "将执行：{0}{1}。"),
    "dryrun-with": (" ({0})", "（{0}）"),
    "dryrun-more": ("More digits are needed.", "号码不完整，还需继续拨号。"),
    "dryrun-reject": ("It would be refused: {0}.", "将被拒绝：{0}。"),
    "dryrun-seconds": ("For {0} seconds.", "持续 {0} 秒。"),
    "dryrun-if-busy": ("If it is busy:", "如果忙："),
    "dryrun-if-no-answer": (
        "If nobody answers, or it cannot be reached:",
        "如果无人应答或无法接通：",
    ),
    "dryrun-if-neither": (
        "If it is busy, nobody answers, or it cannot be reached:",
        "如果忙、无人应答或无法接通：",
    ),
    "dryrun-else-busy": ("If it is busy, the caller hears busy.", "如果忙，主叫听到忙音。"),
    "dryrun-else-no-answer": ("If nobody answers, the call ends.", "如果无人应答，呼叫结束。"),
}
