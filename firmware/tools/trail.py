"""Why a call went where it went, in sentences: one per rule that took part."""

from __future__ import annotations

from firmware.core.record import Step
from firmware.tools.terminal import Terminal, printable
from firmware.tools.words import WORDS

MARKS = {"taken": "=>", "passed": "  ", "refused": "x "}


def show_trail(terminal: Terminal, trail: tuple[Step, ...]) -> None:
    for step in trail:
        about = f"  [{printable(step.subject)}]" if "." in step.subject else ""
        print(f"  {MARKS[step.verdict]} {sentence(terminal, step)}{about}")


def sentence(terminal: Terminal, step: Step) -> str:
    """A rule that has no words yet shows its own name: better than nothing."""
    family = "norule" if step.verdict == "refused" else "rule"
    key = f"{family}-{step.rule}"
    if key not in WORDS:
        return f"{step.rule}: {step.verdict}"
    name = printable(step.subject.partition(".")[2])
    words = terminal.words(key, name, printable(step.detail))
    return terminal.words("passed", words) if step.verdict == "passed" else words
