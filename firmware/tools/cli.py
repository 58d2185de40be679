"""The command `hookswitch`.

Exit codes: 0 done, 1 refused, 2 wrong usage, 3 the box does not run.  Every error is one sentence
in the user's language that says what to do.  Each group of commands is a file of its own; a
command is a function from its options and the state folder to an exit code.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from firmware.tools import (
    backup,
    codes,
    completion,
    config,
    extensions,
    hardware,
    hashing,
    live,
    records,
    replay,
    run,
    sim,
    state,
)
from firmware.tools.parser import Parser
from firmware.tools.terminal import NOT_RUNNING, REFUSED, CannotDo, Terminal
from firmware.tools.words import WORDS, Lang, default_lang, say
from firmware.wire.frames import Refused

ROOT = Path(__file__).resolve().parents[2]
GROUPS = (
    run,
    live,
    codes,
    hardware,
    extensions,
    records,
    state,
    backup,
    config,
    hashing,
    replay,
    completion,
)


def main(arguments: Sequence[str] | None = None) -> int:
    words = sys.argv[1:] if arguments is None else list(arguments)
    options = build_parser(wanted_lang(words)).parse_args(words)
    terminal = Terminal(options)
    try:
        code: int = options.run(options, options.state.absolute())
        sys.stdout.flush()
        return code
    except CannotDo as reason:
        print(reason, file=sys.stderr)
        return reason.code
    except Refused as refused:
        print(refusal(terminal, refused), file=sys.stderr)
        return NOT_RUNNING if refused.code == "away" else REFUSED
    except BrokenPipeError:  # the reader, `head` say, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return REFUSED


def build_parser(lang: Lang) -> Parser:
    Parser.lang = lang
    parser = Parser(prog="hookswitch", description=say(lang, "about"))
    parser.set_defaults(json=False, lang=lang, state=default_state())
    commands = parser.group("command")
    for group in GROUPS:
        group.add_commands(parser, commands)
    sim.add_commands(commands)
    return parser


def wanted_lang(words: Sequence[str]) -> Lang:
    """The language of help and complaints, before anything is parsed."""
    for before, word in zip(["", *words], words, strict=False):
        value = word.partition("=")[2] if word.startswith("--lang=") else word
        if (before == "--lang" or word.startswith("--lang=")) and value in ("zh", "en"):
            return "zh" if value == "zh" else "en"
    return default_lang()


def default_state() -> Path:
    given = os.environ.get("HOOKSWITCH_STATE") or os.environ.get("STATE")
    return Path(given) if given else ROOT / "var"


def refusal(terminal: Terminal, refused: Refused) -> str:
    key = f"refused-{refused.code}"
    return terminal.words(key, refused.text) if key in WORDS else refused.text


if __name__ == "__main__":
    sys.exit(main())
