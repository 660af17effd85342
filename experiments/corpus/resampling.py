"""Intervals of what is estimated from a corpus, and how it grows: by parts of the corpus."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from jaxtyping import Int

from experiments.corpus.sequences import Corpus

HALVES = 200
"""Half corpora: the ends of a 95 % interval are known to a fifth of its width or so."""

Interval = tuple[float, float]

Statistics = Callable[[Int[np.ndarray, " n"]], dict[Any, float]]
"""From how often each sequence is drawn to some numbers by name."""


def parts(
    corpus: Corpus, size: int, count: int, rng: np.random.Generator
) -> Iterator[Int[np.ndarray, " n"]]:
    """How often each sequence is drawn in parts of a corpus, without replacement.

    Args:
        corpus: of captions.
        size: captions of each part.
        count: how many parts.
        rng: what draws.
    """
    for _ in range(count):
        chosen = rng.permutation(corpus.of)[:size]
        yield np.bincount(chosen, minlength=len(corpus.sequences))


def estimates_with_intervals(
    corpus: Corpus, statistics: Statistics, rng: np.random.Generator
) -> dict[Any, tuple[float, Interval | None]]:
    """Numbers of a corpus and their 95 % intervals, by half corpora without replacement.

    A resample *with* replacement repeats captions, and what is estimated here counts repetitions.
    Half a corpus repeats none, and a mean over half of it, drawn without replacement, varies around
    that of the whole as the mean over the whole does around the truth: both variances are σ²/N
    (Shao and Wu 1989). The interval is the estimate and the quantiles of how halves differ from
    their own mean.

    Args:
        corpus: of captions.
        statistics: of counts; what is NaN of a half counts for nothing there.
        rng: what draws halves.

    Returns:
        Each number and its interval, None where halves do not tell it.
    """
    whole = statistics(corpus.counts)
    halves = [statistics(c) for c in parts(corpus, len(corpus.of) // 2, HALVES, rng)]
    found: dict[Any, tuple[float, Interval | None]] = {}
    for name, value in whole.items():
        drawn = np.array([half[name] for half in halves])
        drawn = drawn[np.isfinite(drawn)]
        if not math.isfinite(value) or len(drawn) < HALVES // 2:
            found[name] = value, None
            continue
        low, high = value + np.quantile(drawn - drawn.mean(), (0.025, 0.975))
        found[name] = value, (float(low), float(high))
    return found
