"""Every code of the factory plan on the real box, once, and what it says is understood.

The handset dials with keys that are sound, the box answers with prompts that are sound; what was
heard is compared with the sentence that is expected and with others that a wrong answer would be.
Ten codes of each other plan follow, after a change of the configuration on the running box.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware.api import callproc
from firmware.api import sysd as configuration
from hal.sim import messages as sim
from tests.doubles.listener import clip, understood
from tests.e2e.box import SITE, Box

VOICES = Path(sys.prefix) / "share/hookswitch/prompts/zh"
HEARD_MS = 1800
DECOYS = (
    ("not-fitted",),
    ("bad-code",),
    ("no-such-number",),
    ("not-allowed",),
    ("not-saved",),
    ("dnd-on",),
    ("forward-saved",),
    ("no-last-caller",),
)

ROWS: list[tuple[str, str, tuple[str, ...]]] = [
    ("FC-01", "*60#", ("not-fitted",)),
    ("FC-02", "*61#", ("not-fitted",)),
    ("FC-03", "**102#", ("nothing-rings",)),
    ("FC-04", "*8#", ("nothing-rings",)),
    ("FC-06", "41#", ("slot-empty",)),
    ("FC-09", "*76#", ("no-outside-caller",)),
    ("FC-10", "*75#", ("ask-number-to-block",)),
    ("FC-11", "*07513800001111#", ("number-not-blocked",)),
    ("FC-15", "*62#", ("not-fitted",)),
    ("FC-16", "*062#", ("not-fitted",)),
    ("FC-17", "*95#", ("not-fitted",)),
    ("FC-18", "*095#", ("not-fitted",)),
    ("FC-19", "90#", ("not-fitted",)),
    ("FC-24", "*55#", ("not-fitted",)),
    ("FC-25", "*55*03061456#", ("not-fitted",)),
    ("FC-26", "*055#", ("not-fitted",)),
    ("FC-27", "*71102#", ("forward-always-to", "d-1", "d-0", "d-2")),
    ("FC-28", "*071#", ("forward-always-off",)),
    ("FC-29", "*73102#", ("forward-no-answer-to", "d-1", "d-0", "d-2")),
    ("FC-30", "*073#", ("forward-no-answer-off",)),
    ("FC-31", "*72102#", ("forward-busy-to", "d-1", "d-0", "d-2")),
    ("FC-32", "*072#", ("forward-busy-off",)),
    ("FC-33", "*74#", ("dnd-on",)),
    ("FC-34", "*074#", ("dnd-off",)),
    ("FC-35", "**11#", ("address-unknown",)),
    ("FC-36", "**12#", ("lan-address-is",)),
    ("FC-37", "**13#", ("own-number-is", "d-1", "d-0", "d-1")),
    ("FC-41", "*81#", ("agent-busy-on",)),
    ("FC-42", "*80#", ("agent-busy-off",)),
    ("FC-46", "*82#", ("no-last-caller",)),
    ("FC-48", "*86#", ("no-marked-number",)),
    ("FC-51", "*671234#", ("not-fitted",)),
    ("FC-54", "*651#", ("not-fitted",)),
    ("FC-55", "*66#", ("not-fitted",)),
    ("FC-56", "*68#", ("not-fitted",)),
    ("FC-57", "*69#", ("not-fitted",)),
    ("FC-60", "*20#", ("coach-you-are", "d-1", "d-0", "d-1")),
    ("FC-61", "*21#", ("not-fitted",)),
    ("FC-62", "*22#", ("setup-code-is",)),
    ("FC-63", "*7712#", ("not-fitted",)),
    ("FC-64", "*78#", ("day-now",)),
    ("FC-X2.2", "*24#", ("time-is",)),
    ("FC-X2.3", "*25#", ("no-number-kept",)),
    ("FC-X2.4", "*26#", ("no-number-kept",)),
    ("FC-X2.6", "*79#", ("waiting-on",)),
    ("FC-X2.7", "*079#", ("waiting-off",)),
    ("bad", "*29#", ("bad-code",)),
]
CC = [
    ("FC-27", "*841102#", ("forward-always-to", "d-1", "d-0", "d-2")),
    ("FC-28", "*851#", ("forward-always-off",)),
    ("FC-29", "*842102#", ("forward-no-answer-to", "d-1", "d-0", "d-2")),
    ("FC-30", "*852#", ("forward-no-answer-off",)),
    ("FC-31", "*843102#", ("forward-busy-to", "d-1", "d-0", "d-2")),
    ("FC-32", "*853#", ("forward-busy-off",)),
    ("FC-19", "1000#", ("not-fitted",)),
    ("FC-41", "*81#", ("agent-busy-on",)),
    ("FC-42", "*80#", ("agent-busy-off",)),
    ("none", "*71102#", ("bad-code",)),
]
EXCHANGE = [row for row in ROWS if row[0] in ("FC-01", "FC-19", "FC-37")] + [
    row for row in ROWS if row[0] in ("FC-27", "FC-28", "FC-33", "FC-34", "FC-41", "FC-42")
]
EXCHANGE.append(("FC-49", "1#", ("no-such-number",)))


@pytest.fixture
def caller(box: Box) -> Iterator[Box]:
    yield box
    box.people(sim.Hang(1))
    box.wait_leg("ended", line=1)


def check(box: Box, digits: str, words: tuple[str, ...]) -> None:
    box.lift_and_dial(1, digits)
    heard = box.hear(1, HEARD_MS)
    assert max(map(abs, heard)) > 3000, "nothing was said"
    others = [decoy for decoy in DECOYS if decoy != words]
    assert understood(heard, VOICES, [words, *others]) == words


@pytest.mark.req("FC-X2", "FCR-10", "TON-01")
@pytest.mark.parametrize(("row", "digits", "words"), ROWS, ids=[row for row, _, _ in ROWS])
def test_factory_plan(caller: Box, row: str, digits: str, words: tuple[str, ...]) -> None:
    del row
    check(caller, digits, words)


def use_plan(box: Box, plan: str) -> None:
    text = SITE.replace('country = "cn"', f'country = "cn"\nplan = "{plan}"')
    applied = box.ask("sysd", configuration.ApplyConfig(text, "test", "another plan"))
    assert not applied.mistakes, applied.mistakes
    for _ in range(1000):  # until the call process has taken it over
        if box.ask("callproc", callproc.ShowStatus()).site == applied.version:
            return
    raise AssertionError("the call process did not take the plan over")


@pytest.mark.req("FCR-01", "FCR-13")
@pytest.mark.parametrize(("plan", "rows"), [("CC", CC), ("Exchange", EXCHANGE)])
def test_other_plans(box: Box, plan: str, rows: list[tuple[str, str, tuple[str, ...]]]) -> None:
    assert len(rows) == 10
    use_plan(box, plan)
    for _, digits, words in rows:
        check(box, digits, words)
        box.people(sim.Hang(1))
        box.wait_leg("ended", line=1)


def test_the_listener_tells_sentences_apart() -> None:
    """A sentence is not taken for another one, also when its beginning is cut off."""
    for (word,) in DECOYS:
        heard = clip(VOICES / f"{word}.wav")[2400:]
        assert understood(heard, VOICES, DECOYS) == (word,)
