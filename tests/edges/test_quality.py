"""The E-model against values of G.107 and G.113 that anybody can look up."""

from __future__ import annotations

import pytest

from firmware.edges.quality import CODECS, G711, delay_impairment, mos, quality_of, rating


@pytest.mark.parametrize(
    ("r", "expected"),
    [(93.2, 4.41), (90, 4.34), (80, 4.03), (70, 3.60), (60, 3.10), (50, 2.58), (0, 1.0), (-5, 1.0)],
)
def test_mos_of_a_rating(r: float, expected: float) -> None:
    """G.107 Annex B, Table B.1."""
    assert mos(r) == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize(("ms", "expected"), [(0, 0), (100, 0), (200, 3.04), (400, 24.1)])
def test_impairment_by_delay(ms: float, expected: float) -> None:
    assert delay_impairment(ms) == pytest.approx(expected, abs=0.05)


@pytest.mark.parametrize(
    ("codec", "loss", "expected"),
    [
        (G711, 0, 93.2),
        (G711, 25.1, 93.2 - 47.5),  # at a loss of Bpl half of what is left goes
        (CODECS["G729"], 0, 82.2),
        (CODECS["G729"], 19, 82.2 - 42),
        (CODECS["GSM"], 0, 73.2),
        (G711, 100, 93.2 - 95 * 100 / 125.1),
    ],
)
def test_rating_by_codec_and_loss(codec: tuple[float, float], loss: float, expected: float) -> None:
    assert rating(type(G711)(*codec), loss, 0) == pytest.approx(expected, abs=0.05)


def test_figures_of_a_good_call() -> None:
    quality = quality_of("PCMU", 3000, 0, 0.6, 0.8)
    assert (quality.codec, quality.packets, quality.lost) == ("PCMU", 3000, 0)
    assert quality.mos == pytest.approx(4.41, abs=0.01)


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (("PCMU", 990, 10, 1.0, 10.0), ("PCMU", 900, 100, 1.0, 10.0)),
        (("PCMU", 1000, 0, 1.0, 10.0), ("PCMU", 1000, 0, 1.0, 500.0)),
        (("PCMU", 1000, 0, 1.0, 100.0), ("PCMU", 1000, 0, 60.0, 100.0)),
        (("PCMU", 1000, 0, 1.0, 10.0), ("G729", 1000, 0, 1.0, 10.0)),
    ],
)
def test_loss_delay_jitter_and_codec_cost(
    better: tuple[str, int, int, float, float], worse: tuple[str, int, int, float, float]
) -> None:
    assert quality_of(*better).mos > quality_of(*worse).mos


def test_silence_is_the_worst() -> None:
    assert quality_of("PCMU", 0, 0, 0, 0).mos == 1.0
