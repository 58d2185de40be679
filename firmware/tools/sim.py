"""`hookswitch sim`: hands, mouths and the telephone company of the simulated box, from the shell.

Each command is one question to the process `sim`; what takes time returns when it is over.  Exit
codes: 0 done, 1 refused, 2 wrong usage, 3 the simulated box does not run.  With `--json` there is
one JSON object on standard output, also for errors.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from firmware.tools.parser import Commands, Parser
from firmware.tools.sim_words import say
from firmware.tools.terminal import NOT_RUNNING, OK, REFUSED, printable
from firmware.tools.words import Lang
from firmware.wire.client import Caller, Remote
from firmware.wire.frames import Ask, News, Refused
from firmware.wire.loop import Loop
from hal.sim import messages as m
from hal.sim.dtmf import Decoder
from hal.sim.sound import (
    RATE,
    SoundError,
    frames,
    loudness,
    read_wav,
    tone_level,
    write_wav,
)

Args = argparse.Namespace
Result = dict[str, Any]

TONES = (350, 400, 425, 440, 450, 480, 620, 1000, 1100, 2100)  # Hz, measured by `hear --json`
SAY_SECONDS = 180
PATIENCE = 15.0  # s beyond what the command itself takes


class _Away(Exception):
    """The simulated box does not run, or stopped."""


def add_commands(commands: Commands) -> None:
    sim = _parser(commands, "sim")
    group = sim.group("sim_command")
    for name, (add_arguments, _) in COMMANDS.items():
        parser = _parser(group, name)
        add_arguments(parser)
        parser.set_defaults(run=run)


def _parser(commands: Commands, name: str) -> Parser:
    about = say(Parser.lang, name)
    parser: Parser = commands.add_parser(name, help=about, description=about)
    return parser


def run(args: Args, state: Path) -> int:
    try:
        result = COMMANDS[args.sim_command][1](args, state / "run" / m.SOCKET)
    except Refused as refused:
        names = {**vars(args), "text": refused.text}
        text = say(args.lang, refused.code, **names) or refused.text
        return _fail(REFUSED, refused.code, text, args.json)
    except SoundError as error:
        return _fail(REFUSED, "bad-sound", str(error), args.json)
    except _Away as away:
        text = say(args.lang, str(away), state=state)
        return _fail(NOT_RUNNING, str(away), text, args.json)
    print(json.dumps({"ok": True, **result}) if args.json else _describe(result, args.lang))
    return OK


def _fail(exit_code: int, code: str, text: str, as_json: bool) -> int:
    if as_json:
        print(json.dumps({"ok": False, "code": code, "error": text}, ensure_ascii=False))
    else:
        print(text, file=sys.stderr)
    return exit_code


# -- talking to the box --------------------------------------------------------------------------
def _ask(sock: Path, question: Ask[Any], seconds: float = 0.0) -> Any:
    try:
        box = Caller(sock, timeout=seconds + PATIENCE)
    except OSError:
        raise _Away("not-running") from None
    try:
        return box.ask(question)
    except OSError:
        raise _Away("went-away") from None
    finally:
        box.close()


def _simple(build: Callable[[Args], Ask[None]]) -> Callable[[Args, Path], Result]:
    def act(args: Args, sock: Path) -> Result:
        _ask(sock, build(args))
        return {}

    return act


# -- commands that do more than ask ----------------------------------------------------------------
def _dial(args: Args, sock: Path) -> Result:
    digits = args.digits.upper()
    _ask(sock, m.Dial(args.line, digits, pulse=args.pulse, level=args.level), 2.0 * len(digits))
    return {}


def _say(args: Args, sock: Path) -> Result:
    sound = read_wav(args.file)
    seconds = len(sound) / 2 / RATE
    if seconds > SAY_SECONDS:
        raise SoundError(f"{args.file} is longer than {SAY_SECONDS} s: cut it up")
    _ask(sock, m.Say(args.line, sound), seconds)
    return {"seconds": seconds}


def _tone(args: Args, sock: Path) -> Result:
    ms = None if args.seconds is None else round(args.seconds * 1000)
    _ask(sock, m.Hum(args.line, args.hz, ms, args.level), args.seconds or 0)
    return {}


def _hear(args: Args, sock: Path) -> Result:
    heard: m.Heard = _ask(sock, m.Hear(args.line, round(args.seconds * 1000)), args.seconds)
    write_wav(args.file, heard.sound)
    decoder = Decoder()
    return {
        "file": str(args.file),
        "seconds": len(heard.sound) / 2 / RATE,
        "loudness": loudness(heard.sound),
        "tones": {str(hz): tone_level(heard.sound, hz) for hz in TONES},
        "digits": "".join(decoder.hear(frame) for frame in frames(heard.sound)),
    }


def _answer(args: Args, sock: Path) -> Result:
    if args.after is None:
        _ask(sock, m.Answer(args.line))
    else:
        after = None if args.after == "never" else round(float(args.after) * 1000)
        _ask(sock, m.AnswerLater(args.line, after))
    return {}


def _show(_: Args, sock: Path) -> Result:
    front: m.Front = _ask(sock, m.Show())
    return {"board": front.board, "ports": msgspec.to_builtins(front.ports)}


def _lamps(_: Args, sock: Path) -> Result:
    front: m.Front = _ask(sock, m.Show())
    return {"lamps": {str(port.line): port.lamp for port in front.ports}}


def _watch(args: Args, sock: Path) -> Result:
    """Print how it is, then what happens, until the time is over, Ctrl-C, or the box is gone."""
    _ask(sock, m.Show())  # only to see that the box runs
    loop, lost = Loop(), []

    def show(news: News) -> None:
        body = json.loads(bytes(news.body))
        text = _describe(body, args.lang) if news.snapshot else _news_line(body, args.lang)
        print(json.dumps(body) if args.json else text, flush=True)

    def on_down() -> None:
        lost.append(True)
        loop.stop()

    box = Remote(loop, sock, show, on_down=on_down)
    loop.stop_on_signals()
    if args.seconds is not None:
        loop.after(args.seconds, loop.stop)
    loop.run()
    if lost:
        raise _Away("went-away")
    box.close()
    return {}


# -- showing ---------------------------------------------------------------------------------------
def _describe(result: Result, lang: Lang) -> str:
    if "ports" in result:
        return "\n".join(_port_line(port, lang) for port in result["ports"])
    if "lamps" in result:
        lamps = result["lamps"].items()
        return "\n".join(f"{line:>3}  {say(lang, lamp)}" for line, lamp in lamps)
    if "digits" in result:
        digits = [say(lang, "digits", **result)] if result["digits"] else []
        return "\n".join([say(lang, "heard", **result), *digits])
    return say(lang, "done")


def _port_line(port: Result, lang: Lang) -> str:
    words = [say(lang, port["kind"]), say(lang, port["state"] + "-state")]
    lamp = f"{say(lang, 'LampChanged')} {say(lang, port['lamp'])}"
    extra = [printable(port[key]) for key in ("caller", "number") if port[key]]
    return f"{port['line']:>3}  " + "  ".join([*words, lamp, *extra])


def _news_line(body: Result, lang: Lang) -> str:
    kind: str = body["type"]
    facts = body.get("event", body)
    rest = [
        f"{key}={printable(value)}" for key, value in facts.items() if key not in ("type", "line")
    ]
    words = [say(lang, kind), facts["type"] if kind == "FromCard" else "", *rest]
    return f"{time.strftime('%H:%M:%S')} {facts['line']:>3}  " + "  ".join(filter(None, words))


# -- the list of commands --------------------------------------------------------------------------
def _line(parser: Parser) -> None:
    parser.add_argument("line", type=int)


def _nothing(_: Parser) -> None: ...


def _flash_arguments(parser: Parser) -> None:
    _line(parser)
    parser.add_argument("--ms", type=int, default=300)


def _dial_arguments(parser: Parser) -> None:
    _line(parser)
    parser.add_argument("digits")
    parser.add_argument("--pulse", action="store_true")
    parser.add_argument("--level", type=float, default=-7.0, metavar="DBM0")


def _file_arguments(parser: Parser) -> None:
    _line(parser)
    parser.add_argument("file", type=Path)


def _tone_arguments(parser: Parser) -> None:
    _line(parser)
    parser.add_argument("hz", type=int)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--level", type=float, default=-10.0, metavar="DBM0")


def _hear_arguments(parser: Parser) -> None:
    _file_arguments(parser)
    parser.add_argument("--seconds", type=float, default=5.0)


def _ring_in_arguments(parser: Parser) -> None:
    _line(parser)
    parser.add_argument("--cid", default="")


def _answer_arguments(parser: Parser) -> None:
    _line(parser)
    parser.add_argument("--after", type=_seconds_or_never, metavar="SECONDS|never")


def _seconds_or_never(text: str) -> str:
    return text if text == "never" else str(float(text))


def _watch_arguments(parser: Parser) -> None:
    parser.add_argument("--seconds", type=float)


Command = tuple[Callable[[Parser], None], Callable[[Args, Path], Result]]

COMMANDS: dict[str, Command] = {
    "lift": (_line, _simple(lambda args: m.Lift(args.line))),
    "hang": (_line, _simple(lambda args: m.Hang(args.line))),
    "flash": (_flash_arguments, _simple(lambda args: m.Tap(args.line, args.ms))),
    "dial": (_dial_arguments, _dial),
    "say": (_file_arguments, _say),
    "tone": (_tone_arguments, _tone),
    "hear": (_hear_arguments, _hear),
    "ring-in": (_ring_in_arguments, _simple(lambda args: m.RingIn(args.line, args.cid))),
    "stop-ring": (_line, _simple(lambda args: m.StopRing(args.line))),
    "answer": (_answer_arguments, _answer),
    "drop": (_line, _simple(lambda args: m.Drop(args.line))),
    "cut": (_line, _simple(lambda args: m.Cut(args.line))),
    "mend": (_line, _simple(lambda args: m.Mend(args.line))),
    "lamps": (_nothing, _lamps),
    "show": (_nothing, _show),
    "watch": (_watch_arguments, _watch),
}
