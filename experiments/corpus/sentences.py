"""What is found of a corpus, in sentences."""

from __future__ import annotations

import math

from experiments.corpus.file_negatives import FileNegatives
from experiments.corpus.resampling import Interval


def said_of_corpus(
    captions: int, seen: float, again: float, paid: float, interval: Interval | None
) -> str:
    """The sentence on a corpus by itself.

    Args:
        captions: how many there are.
        seen: the share of them that are there in another order too.
        again: the share of them whose words are there once more, in some order.
        paid: the price of not reading order, in nats.
        interval: of the price.
    """
    return (
        f"Of {captions:,} captions {_percent(seen)} are in the corpus in another order too, and "
        f"{_percent(again)} in some order again: an objective on such data pays at least "
        f"{_nats(paid, interval)} for order."
    )


def said_of_negatives(
    name: str,
    negatives: FileNegatives,
    seen: tuple[float, Interval | None] | None,
    paid: float,
    interval: Interval | None,
) -> str:
    """The sentence on a file of pairs.

    Args:
        name: of the file.
        negatives: of its pairs.
        seen: the share of them that are captions, with its interval; None where there is none.
        paid: the price of telling captions from them, in nats; NaN where nothing tells.
        interval: of the price.
    """
    count = len(negatives.pairs)
    if seen is None:
        return f"{name}: no negative says other atoms than its caption, or in another order."
    share, ends = seen
    between = f" ({_percent(ends[0])} to {_percent(ends[1])})" if ends else ""
    hits = int((negatives.reach > 0).sum())
    start = (
        f"{name}: of {count:,} negatives {hits:,}, {_percent(share)}{between}, are themselves "
        f"among {len(negatives.corpus.of):,} captions"
    )
    if not math.isfinite(paid):
        return f"{start}; no caption of the corpus is in a pair, so nothing is said of its price."
    return (
        f"{start}: an objective on such data pays at least {_nats(paid, interval)} for telling "
        "captions from such negatives."
    )


def _percent(share: float) -> str:
    return f"{100 * share:.2g} %" if share < 0.995 else f"{100 * share:.1f} %"


def _nats(value: float, interval: Interval | None) -> str:
    ends = f" ({max(interval[0], 0):.2g} to {interval[1]:.2g})" if interval else ""
    return f"{value:.2g} nats{ends}"
