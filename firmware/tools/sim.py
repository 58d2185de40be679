"""`hookswitch sim`: hands, mouths and the telephone company of the simulated box, from the shell.

Each command is one question to the process `sim`; what takes time returns when it is over.  Exit
codes: 0 done, 1 refused, 2 wrong usage, 3 the simulated box does not run.  With `--json` there is
one JSON object on standard output, also for errors.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from firmware.tools import sim_front, sim_lines, sim_people, sim_record, sim_voices
from firmware.tools.parser import Commands, Parser
from firmware.tools.sim_asking import Act, Args, Away, Result, ask
from firmware.tools.sim_words import WORDS, say
from firmware.tools.terminal import NOT_RUNNING, OK, REFUSED, printable
from firmware.tools.words import Lang
from firmware.wire.client import Remote
from firmware.wire.frames import News, Refused
from firmware.wire.loop import Loop
from hal.sim import messages as m
from hal.sim.sound import SoundError


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
    except Away as away:
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


def _watch(args: Args, sock: Path) -> Result:
    """Print how it is, then what happens, until the time is over, Ctrl-C, or the box is gone."""
    ask(sock, m.Show())  # only to see that the box runs
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
        raise Away("went-away")
    box.close()
    return {}


# -- showing ---------------------------------------------------------------------------------------
def _describe(result: Result, lang: Lang) -> str:
    for key, show in SHOWN.items():
        if key in result:
            return show(result, lang)
    return say(lang, "done")


def _front(result: Result, lang: Lang) -> str:
    lines = [_port_line(port, lang) for port in result["ports"]]
    lines += [
        "  ".join([say(lang, "disk"), disk["name"], disk["state"], printable(disk["label"])])
        for disk in result["disks"]
    ]
    if result["driver"]:
        lines.append(say(lang, "no-card"))
    return "\n".join(lines)


def _port_line(port: Result, lang: Lang) -> str:
    words = [say(lang, port["kind"]), say(lang, port["state"] + "-state")]
    lamp = f"{say(lang, 'LampChanged')} {say(lang, port['lamp'])}"
    volts = [f"{port['volts']} V"] if port["kind"] == "fxo" else []
    told = [printable(port[key]) for key in ("caller", "number", "shown") if port[key]]
    return f"{port['line']:>3}  " + "  ".join([*words, lamp, *volts, *told])


def _lamps(result: Result, lang: Lang) -> str:
    return "\n".join(f"{name:>3}  {say(lang, lamp)}" for name, lamp in result["lamps"].items())


def _heard(result: Result, lang: Lang) -> str:
    digits = [say(lang, "digits", **result)] if result["digits"] else []
    return "\n".join([say(lang, "heard", **result), *digits])


def _settings(result: Result, _: Lang) -> str:
    return "\n".join(f"{key} = {_typed(value)}" for key, value in result["settings"].items())


def _typed(value: object) -> object:
    """As it would be typed."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ",".join(map(str, value)) if isinstance(value, list) else value


def _keys(result: Result, lang: Lang) -> str:
    return "\n".join(
        f"{say(lang, kind)}\n" + "\n".join(f"  {key:<18} {about}" for key, about in keys.items())
        for kind, keys in result["keys"].items()
    )


def _faults(result: Result, _: Lang) -> str:
    return "\n".join(f"{name:<18} {about}" for name, about in result["faults"].items())


def _people(result: Result, lang: Lang) -> str:
    rows = (
        f"{one['line']:>3}  {one['rounds']}  {printable(one['step'])}  {printable(one['trouble'])}"
        for one in result["people"]
    )
    return "\n".join(rows) or say(lang, "nobody")


SHOWN: dict[str, Callable[[Result, Lang], str]] = {
    "ports": _front,
    "lamps": _lamps,
    "digits": _heard,
    "settings": _settings,
    "keys": _keys,
    "faults": _faults,
    "people": _people,
    "deeds": lambda result, lang: say(lang, "recorded", **result),
}


def _news_line(body: Result, lang: Lang) -> str:
    """The time, the port if there is one, what happened, and the facts of it."""
    kind: str = body["type"]
    facts = body.get("event", body)
    rest = [
        f"{key}={printable(value)}" for key, value in facts.items() if key not in ("type", "line")
    ]
    reported = facts["type"] if kind in ("FromCard", "FromChassis") else ""
    words = [say(lang, kind) if kind in WORDS else kind, reported, *rest]
    line = facts.get("line", "")
    return f"{time.strftime('%H:%M:%S')} {line:>3}  " + "  ".join(filter(None, words))


# -- the list of commands --------------------------------------------------------------------------
def _watch_arguments(parser: Parser) -> None:
    parser.add_argument("--seconds", type=float)


Command = tuple[Callable[[Parser], None], Act]

COMMANDS: dict[str, Command] = {
    **sim_lines.COMMANDS,
    **sim_voices.COMMANDS,
    **sim_front.COMMANDS,
    **sim_people.COMMANDS,
    **sim_record.COMMANDS,
    "watch": (_watch_arguments, _watch),
}
