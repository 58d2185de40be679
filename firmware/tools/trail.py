"""Why a call went where it went, in sentences: one per rule that was asked."""

from __future__ import annotations

from firmware.core.record import Step
from firmware.tools.terminal import Terminal, printable
from firmware.tools.words import WORDS

MARKS = {"taken": "=>", "passed": "  ", "refused": "x "}


def show_trail(terminal: Terminal, trail: tuple[Step, ...]) -> None:
    for step in trail:
        print(f"  {MARKS[step.verdict]} {step_words(terminal, step)}")


def step_words(terminal: Terminal, step: Step) -> str:
    """A rule that has no words yet shows its own name: better than nothing."""
    rule = terminal.words(f"rule-{step.rule}") if f"rule-{step.rule}" in WORDS else step.rule
    verdict = terminal.words(f"verdict-{step.verdict}")
    about = f" {printable(step.subject)}" if step.subject else ""
    why = f" ({printable(step.detail)})" if step.detail else ""
    return f"{rule}{about}: {verdict}{why}"
