"""`hookswitch sim`: mouths and ears - dialing, speaking, humming, hearing."""

from __future__ import annotations

from pathlib import Path

from firmware.tools.parser import Parser
from firmware.tools.sim_asking import Args, Result, ask
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

TONES = (350, 400, 425, 440, 450, 480, 620, 1000, 1100, 2100)  # Hz, measured by `hear --json`
SAY_SECONDS = 180


def _dial(args: Args, sock: Path) -> Result:
    digits = args.digits.upper()
    ask(sock, m.Dial(args.line, digits, pulse=args.pulse, level=args.level), 2.0 * len(digits))
    return {}


def _say(args: Args, sock: Path) -> Result:
    sound = read_wav(args.file)
    seconds = len(sound) / 2 / RATE
    if seconds > SAY_SECONDS:
        raise SoundError(f"{args.file} is longer than {SAY_SECONDS} s: cut it up")
    ask(sock, m.Say(args.line, sound), seconds)
    return {"seconds": seconds}


def _tone(args: Args, sock: Path) -> Result:
    ms = None if args.seconds is None else round(args.seconds * 1000)
    ask(sock, m.Hum(args.line, args.hz, ms, args.level), args.seconds or 0)
    return {}


def _hear(args: Args, sock: Path) -> Result:
    heard: m.Heard = ask(sock, m.Hear(args.line, round(args.seconds * 1000)), args.seconds)
    write_wav(args.file, heard.sound)
    decoder = Decoder()
    return {
        "file": str(args.file),
        "seconds": len(heard.sound) / 2 / RATE,
        "loudness": loudness(heard.sound),
        "tones": {str(hz): tone_level(heard.sound, hz) for hz in TONES},
        "digits": "".join(decoder.hear(frame) for frame in frames(heard.sound)),
    }


def _dial_arguments(parser: Parser) -> None:
    parser.add_argument("line", type=int)
    parser.add_argument("digits")
    parser.add_argument("--pulse", action="store_true")
    parser.add_argument("--level", type=float, default=-7.0, metavar="DBM0")


def _file_arguments(parser: Parser) -> None:
    parser.add_argument("line", type=int)
    parser.add_argument("file", type=Path)


def _tone_arguments(parser: Parser) -> None:
    parser.add_argument("line", type=int)
    parser.add_argument("hz", type=int)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--level", type=float, default=-10.0, metavar="DBM0")


def _hear_arguments(parser: Parser) -> None:
    _file_arguments(parser)
    parser.add_argument("--seconds", type=float, default=5.0)


COMMANDS = {
    "dial": (_dial_arguments, _dial),
    "say": (_file_arguments, _say),
    "tone": (_tone_arguments, _tone),
    "hear": (_hear_arguments, _hear),
}
