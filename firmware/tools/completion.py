"""`hookswitch completion bash`: completes commands and options, made from the parser itself.

Nothing is asked of the box while somebody types: words come from the script alone.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

from firmware.tools.parser import Commands, Parser
from firmware.tools.terminal import OK

SCRIPT = """\
# eval "$(hookswitch completion bash)"
_hookswitch() {{
    local word path="" words=""
    for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
        [[ $word == -* ]] || path="$path $word"
    done
    while :; do
        case "$path" in
{cases}
        esac
        [ -z "$words" ] && [ -n "$path" ] || break
        path="${{path% *}}"
    done
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "${{COMP_WORDS[COMP_CWORD]}}")
    if [ ${{#COMPREPLY[@]}} -eq 0 ]; then
        mapfile -t COMPREPLY < <(compgen -f -- "${{COMP_WORDS[COMP_CWORD]}}")
    fi
}}
complete -F _hookswitch hookswitch
"""


def add_commands(parser: Parser, commands: Commands) -> None:
    completion = parser.command(commands, "completion", "help-completion")
    completion.option("shell", about="help-shell", choices=("bash",))
    completion.set_defaults(run=lambda options, _: run_completion(options, parser))


def run_completion(_: argparse.Namespace, parser: Parser) -> int:
    cases = "\n".join(
        f'            "{path}") words="{" ".join(words)}" ;;' for path, words in tree(parser)
    )
    print(SCRIPT.format(cases=cases), end="")
    return OK


def tree(parser: argparse.ArgumentParser, path: str = "") -> Iterator[tuple[str, list[str]]]:
    """Every command with the words that may follow it."""
    inner: dict[str, Any] = {}
    words: list[str] = []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            inner |= action.choices
        elif action.option_strings:
            words += [option for option in action.option_strings if option.startswith("--")]
        elif action.choices:
            words += map(str, action.choices)
    yield path, [*inner, *words]
    for name, below in inner.items():
        yield from tree(below, f"{path} {name}")
