"""`hookswitch sim`: hooks, calls from outside, cables, settings and faults of a port."""

from __future__ import annotations

from pathlib import Path

from firmware.tools.parser import Parser
from firmware.tools.sim_asking import Args, Result, ask, simple
from firmware.tools.sim_words import say
from firmware.wire.frames import Refused
from hal.sim import messages as m
from hal.sim.faults import FAULTS
from hal.sim.settings import HandsetSettings, OutsideSettings, Settings, words


def _answer(args: Args, sock: Path) -> Result:
    if args.after is None:
        ask(sock, m.Answer(args.line))
    else:
        after = None if args.after == "never" else round(float(args.after) * 1000)
        ask(sock, m.AnswerLater(args.line, after))
    return {}


def _set(args: Args, sock: Path) -> Result:
    """Without changes: what is set.  `KEY=` sets a key back."""
    pairs = [text.partition("=") for text in args.changes]
    if wrong := next((key for key, equals, _ in pairs if not equals), None):
        raise Refused("bad-setting", f"{wrong}: write KEY=VALUE")
    return {"settings": ask(sock, m.SetPort(args.line, {key: value for key, _, value in pairs}))}


def _keys(args: Args, _: Path) -> Result:
    """What can be set, for whoever cannot look at the source."""
    chinese = args.lang == "zh"
    kinds: dict[str, type[Settings]] = {"fxs": HandsetSettings, "fxo": OutsideSettings}
    return {
        "keys": {
            kind: {key: both[chinese] for key, both in words(settings).items()}
            for kind, settings in kinds.items()
        }
    }


def _fault(args: Args, sock: Path) -> Result:
    return {"settings": ask(sock, m.SetFault(args.line, args.fault))}


def _faults(args: Args, _: Path) -> Result:
    chinese = args.lang == "zh"
    return {"faults": {name: fault.zh if chinese else fault.en for name, fault in FAULTS.items()}}


def _line(parser: Parser) -> None:
    parser.add_argument("line", type=int)


def _nothing(_: Parser) -> None: ...


def _flash_arguments(parser: Parser) -> None:
    _line(parser)
    parser.add_argument("--ms", type=int, default=300)


def _call_arguments(parser: Parser) -> None:
    _line(parser)
    parser.add_argument("--cid", default="")
    parser.add_argument("--name", default="")


def _ring_in_arguments(parser: Parser) -> None:
    _call_arguments(parser)
    parser.add_argument("--anyway", action="store_true", help=say(parser.lang, "anyway"))


def _answer_arguments(parser: Parser) -> None:
    _line(parser)
    parser.add_argument("--after", type=_seconds_or_never, metavar="SECONDS|never")


def _seconds_or_never(text: str) -> str:
    return text if text == "never" else str(float(text))


def _set_arguments(parser: Parser) -> None:
    _line(parser)
    parser.add_argument("changes", nargs="*", metavar="KEY=VALUE")


def _fault_arguments(parser: Parser) -> None:
    _line(parser)
    parser.add_argument("fault", metavar="FAULT|none")


def _swap_arguments(parser: Parser) -> None:
    _line(parser)
    parser.add_argument("other", type=int)


COMMANDS = {
    "lift": (_line, simple(lambda args: m.Lift(args.line))),
    "hang": (_line, simple(lambda args: m.Hang(args.line))),
    "flash": (_flash_arguments, simple(lambda args: m.Tap(args.line, args.ms))),
    "ring-in": (
        _ring_in_arguments,
        simple(lambda args: m.RingIn(args.line, args.cid, args.name, args.anyway)),
    ),
    "wait-in": (_call_arguments, simple(lambda args: m.WaitIn(args.line, args.cid, args.name))),
    "stop-ring": (_line, simple(lambda args: m.StopRing(args.line))),
    "answer": (_answer_arguments, _answer),
    "drop": (_line, simple(lambda args: m.Drop(args.line))),
    "cut": (_line, simple(lambda args: m.Cut(args.line))),
    "mend": (_line, simple(lambda args: m.Mend(args.line))),
    "swap": (_swap_arguments, simple(lambda args: m.Swap(args.line, args.other))),
    "set": (_set_arguments, _set),
    "keys": (_nothing, _keys),
    "fault": (_fault_arguments, _fault),
    "faults": (_nothing, _faults),
}
