"""What `hookswitch sim` says, in English and Chinese; refusals are looked up by their code."""

from __future__ import annotations

from firmware.tools.words import Lang

Text = tuple[str, str]

WORDS: dict[str, Text] = {
    "sim": (
        "move the simulated box: handsets, outside lines, cables",
        "操作模拟设备:话机、外线、线缆",
    ),
    "lift": ("lift a handset", "摘机"),
    "hang": ("hang up a handset", "挂机"),
    "flash": ("tap the hook of a handset", "拍叉簧"),
    "dial": ("dial on a handset, or as the far end of a connected line", "拨号"),
    "say": ("speak a WAV file (8 kHz, mono, 16 bit) into a line", "向线路播放 WAV 文件"),
    "tone": ("speak a test tone into a line", "向线路播放测试音"),
    "hear": ("write what arrives at that ear to a WAV file", "把听到的声音写入 WAV 文件"),
    "ring-in": ("let a call come in on an outside line", "外线来电"),
    "stop-ring": ("the outside caller gives up", "外线来电停止振铃"),
    "answer": ("the called party outside picks up", "外线对方应答"),
    "drop": ("the far end of an outside line hangs up", "外线对方挂机"),
    "cut": ("cut the cable of an outside line", "切断外线"),
    "mend": ("mend the cable of an outside line", "修复外线"),
    "lamps": ("show the busy lamps", "显示指示灯"),
    "show": ("show every port", "显示所有端口"),
    "watch": ("show what happens, as it happens", "实时显示事件"),
    "done": ("done", "完成"),
    "heard": (
        "{seconds} s written to {file}, level {loudness} dBm0",
        "已将 {seconds} 秒写入 {file},电平 {loudness} dBm0",
    ),
    "digits": ("digits: {digits}", "号码:{digits}"),
    "not-running": (
        "the simulated box is not running in {state}: start it with `make run`, or name another"
        " state folder",
        "{state} 中没有正在运行的模拟设备:请用 `make run` 启动,或指定其他状态目录",
    ),
    "went-away": ("the simulated box stopped in the middle", "模拟设备中途停止"),
    # refusals; English comes from the box itself
    "no-such-line": ("", "没有端口 {line}"),
    "wrong-kind": ("", "端口 {line} 的类型不适合这个操作(话机口与外线口不同)"),
    "on-hook": ("", "话机 {line} 处于挂机状态:请先摘机(hookswitch sim lift {line})"),
    "off-hook": ("", "话机 {line} 已经摘机"),
    "not-now": ("", "线路 {line} 目前的状态不允许这个操作(用 hookswitch sim show 查看)"),
    "line-cut": ("", "线路 {line} 已切断:先用 hookswitch sim mend {line} 修复"),
    "hung-up": ("", "端口 {line} 中途挂机"),
    "no-audio": ("", "端口 {line} 没有语音通路:呼叫进程在运行吗?"),
    "bad-request": ("", "参数不正确:{text}"),
    "no-setting": ("", "没有这个设置项:{text}"),
    "bad-setting": ("", "设置值不正确:{text}"),
    "no-card": ("", "板卡驱动未加载:先用 hookswitch sim driver back"),
    "no-part": ("", "设备没有这个部件:{text}"),
    "bad-stick": ("", "该文件夹不能当作 U 盘:{text}"),
    "bad-script": ("", "脚本有误:{text}"),
    "not-recording": ("", "没有在录制:先用 hookswitch sim record on"),
    "patched": ("", "端口 {line} 已接到另一台设备"),
    "no-power": ("", "这个模拟设备是单独启动的,没有电源可断"),
    # states, lamps and kinds
    "fxs": ("handset", "话机"),
    "fxo": ("outside line", "外线"),
    "on-hook-state": ("on hook", "挂机"),
    "off-hook-state": ("off hook", "摘机"),
    "ringing-state": ("ringing", "振铃"),
    "idle-state": ("idle", "空闲"),
    "dial-tone-state": ("dial tone", "拨号音"),
    "dialing-state": ("dialing", "拨号中"),
    "ringback-state": ("called party rings", "对方振铃"),
    "talking-state": ("talking", "通话"),
    "ended-state": ("far end hung up", "对方已挂机"),
    "cut-state": ("cut", "已切断"),
    "off": ("off", "灭"),
    "on": ("on", "亮"),
    "blink": ("blinks", "闪烁"),
    # news
    "HookMoved": ("the hand moves the hook", "手动叉簧"),
    "HookTapped": ("hook tapped", "拍叉簧"),
    "BellRings": ("the bell rings", "铃响"),
    "BellStops": ("the bell stops", "铃停"),
    "LampChanged": ("lamp", "指示灯"),
    "AudioOpened": ("the box opens the audio", "设备打开语音"),
    "AudioClosed": ("the box closes the audio", "设备关闭语音"),
    "Seized": ("the box seizes the line", "设备占用外线"),
    "Released": ("the box releases the line", "设备释放外线"),
    "DigitArrived": ("digit arrives at the far side", "对端收到号码"),
    "NumberDialed": ("number complete", "号码拨完"),
    "Answered": ("connected", "接通"),
    "Dropped": ("the far end hangs up", "对方挂机"),
    "CableCut": ("cable cut", "线缆切断"),
    "CableMended": ("cable mended", "线缆修复"),
    "FromCard": ("reported to the box", "上报设备"),
}


def say(lang: Lang, key: str, /, **names: object) -> str:
    """The text for a key; empty where this language has none."""
    return WORDS.get(key, ("", ""))[lang == "zh"].format(**names)
