"""What was noted at the simulator, as the text of a scenario: people by their extensions."""

from __future__ import annotations

from hal.sim.deeds import Noted

SHORTEST = 1000  # ms between two deeds that are worth telling
HEAD = "# Recorded at the simulator.\nsite: {site}\n"


def scenario(noted: tuple[Noted, ...], numbers: dict[int, str], site: str) -> str:
    """People by their extensions; a handset without one cannot be told of."""
    text, before = HEAD.format(site=site), noted[0].ms
    for note in noted:
        who = numbers.get(note.line, f"line {note.line}")
        if not who:
            continue
        if note.ms - before >= SHORTEST:
            text += f"after {(note.ms - before) / 1000:.1f} s\n  >\n"
        text += f"{who} {note.deed} {note.what}".rstrip() + "\n  >\n"
        before = note.ms
    return text
