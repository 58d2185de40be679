"""How good a call sounded: the E-model of ITU-T G.107, with what one leg's packets tell.

The transmission rating R begins with a perfect narrow-band connection and loses by delay (Idd) and
by codec and packet loss (Ie-eff, random loss); R becomes the MOS of Annex B.  Equipment impairment
and robustness are those of G.113 Appendix I for the codec with concealment.  A wide-band codec is
rated on the same scale: its figure says how little was lost, not how much more was heard.
"""

from __future__ import annotations

from math import log2
from typing import NamedTuple

from firmware.core.record import Quality

PERFECT = 93.2  # R with all of G.107's default values
JITTER_BUFFER_MS = 40.0  # what the bridge adds at rest, besides the jitter itself
PACKET_MS = 20.0


class Codec(NamedTuple):
    impairment: float  # Ie
    robustness: float  # Bpl, against lost packets


G711 = Codec(0, 25.1)
CODECS = {"G729": Codec(11, 19), "GSM": Codec(20, 10), "G722": Codec(0, 25.1), "OPUS": Codec(0, 30)}


def rating(codec: Codec, loss_percent: float, one_way_ms: float) -> float:
    """R, 0 to 93.2."""
    lost = max(0.0, min(100.0, loss_percent))
    effective = codec.impairment + (95 - codec.impairment) * lost / (lost + codec.robustness)
    return max(0.0, PERFECT - effective - delay_impairment(one_way_ms))


def delay_impairment(one_way_ms: float) -> float:
    """Idd: nothing up to a tenth of a second, then more and more; no echo is assumed."""
    if one_way_ms <= 100:
        return 0.0
    octaves = log2(one_way_ms / 100)
    bend = (1 + octaves**6) ** (1 / 6) - 3 * (1 + (octaves / 3) ** 6) ** (1 / 6) + 2
    return float(25 * bend)


def mos(rating_: float) -> float:
    """Annex B: 1.0 to 4.5."""
    if rating_ <= 0:
        return 1.0
    if rating_ >= 100:
        return 4.5
    return max(1.0, 1 + 0.035 * rating_ + rating_ * (rating_ - 60) * (100 - rating_) * 7e-6)


def quality_of(
    codec: str, packets: int, lost: int, jitter_ms: float, round_trip_ms: float
) -> Quality:
    expected = packets + lost
    loss = 100 * lost / expected if expected else 0.0
    one_way = round_trip_ms / 2 + PACKET_MS + JITTER_BUFFER_MS + 2 * jitter_ms
    figure = mos(rating(CODECS.get(codec.upper(), G711), loss, one_way)) if packets else 1.0
    return Quality(
        codec, packets, lost, round(jitter_ms, 1), round(round_trip_ms, 1), round(figure, 2)
    )
