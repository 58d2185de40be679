"""Why a call goes or went where it does, in sentences: one per rule that took part.

A dry run also says what comes next where somebody is busy or does not answer, as deep as it goes.
"""

from __future__ import annotations

from firmware.api.callproc import DryRunView
from firmware.core.record import Step
from firmware.features import catalog
from firmware.tools.terminal import Terminal, printable
from firmware.tools.words import WORDS

MARKS = {"taken": "=>", "passed": "  ", "refused": "x "}


def show_trail(terminal: Terminal, trail: tuple[Step, ...], indent: str = "  ") -> None:
    for step in trail:
        about = f"  [{printable(step.subject)}]" if "." in step.subject else ""
        print(f"{indent}{MARKS[step.verdict]} {sentence(terminal, step)}{about}")


def sentence(terminal: Terminal, step: Step) -> str:
    """A rule that has no words yet shows its own name: better than nothing."""
    name = printable(step.subject.partition(".")[2])
    detail = _detail(terminal, step)
    family = {"taken": "rule", "refused": "norule", "passed": "pass"}[step.verdict]
    if f"{family}-{step.rule}" in WORDS:
        return terminal.words(f"{family}-{step.rule}", name, detail)
    if f"rule-{step.rule}" in WORDS:  # it would have fitted, and lost
        return terminal.words("passed", terminal.words(f"rule-{step.rule}", name, detail))
    return f"{step.rule}: {step.verdict}"


def _detail(terminal: Terminal, step: Step) -> str:
    """The value that mattered; words of ours and rows of the catalogue in the reader's language."""
    if f"detail-{step.detail}" in WORDS:
        return terminal.words(f"detail-{step.detail}")
    for row in catalog.ROWS:
        if row.id == step.detail:
            return row.zh if terminal.lang == "zh" else row.en
    return printable(step.detail)


# -- what would happen -----------------------------------------------------------------------------
def show_foresight(terminal: Terminal, view: DryRunView, indent: str = "") -> None:
    print(indent + _outcome(terminal, view))
    if view.seconds:
        print(indent + terminal.words("dryrun-seconds", f"{view.seconds:g}"))
    show_trail(terminal, view.trail, indent + "  ")
    if view.outcome not in ("dial", "group"):
        return
    if view.busy:
        _next(terminal, "dryrun-if-busy", view.busy, indent)
    elif not (view.busy_as_no_answer and view.no_answer):
        print(indent + terminal.words("dryrun-else-busy"))
    if view.no_answer:
        key = "dryrun-if-neither" if view.busy_as_no_answer else "dryrun-if-no-answer"
        _next(terminal, key, view.no_answer, indent)
    else:
        print(indent + terminal.words("dryrun-else-no-answer"))


def _next(terminal: Terminal, key: str, view: DryRunView, indent: str) -> None:
    print(indent + terminal.words(key))
    show_foresight(terminal, view, indent + "    ")


def _outcome(terminal: Terminal, view: DryRunView) -> str:
    target, way = printable(view.target), ", ".join(map(str, view.lines))
    if view.outcome == "reject":
        target = terminal.cause(view.target)
    elif view.outcome == "feature":
        target = _label(terminal, view.target)
        way = terminal.words("dryrun-with", printable(view.way)) if view.way else ""
    elif view.outcome == "trunk":
        way = printable(view.way)
    return terminal.words(f"dryrun-{view.outcome}", target, way)


def _label(terminal: Terminal, feature: str) -> str:
    for row in catalog.ROWS:
        if row.feature and row.feature.name == feature:
            return row.zh if terminal.lang == "zh" else row.en
    return printable(feature)
