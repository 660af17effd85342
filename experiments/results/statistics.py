"""Means over seeds or captions, their intervals, and differences of one seed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from jaxtyping import Float, Int
from scipy.special import stdtrit

from experiments.results.record import Row, select, values
from experiments.vocabulary import metrics, roles


def mean_and_interval(
    values: Sequence[float], confidence: float = 0.95
) -> tuple[float, tuple[float, float] | None]:
    """Mean over seeds and its interval (Student's t); None for fewer than two seeds, NaN for none.

    Args:
        values: one a seed.
        confidence: how likely the interval is to hold the true mean, in (0, 1).
    """
    array = np.asarray(values, float)
    mean = float(array.mean()) if len(array) else math.nan
    if len(array) < 2:
        return mean, None
    quantile = float(stdtrit(len(array) - 1, 0.5 * (1.0 + confidence)))
    half = quantile * float(array.std(ddof=1)) / math.sqrt(len(array))
    return mean, (mean - half, mean + half)


RESAMPLES = 1000
"""Bootstrap resamples: the ends of a 95 % interval are known to a tenth of its width or so."""


def bootstrap_mean(
    values: Float[np.ndarray, " n"],
    rng: np.random.Generator,
    groups: Int[np.ndarray, " n"] | None = None,
) -> tuple[float, tuple[float, float] | None]:
    """Mean and its 95 % percentile interval, by resampling what was drawn independently.

    Args:
        values: one a pair, say.
        rng: what resamples.
        groups: which values belong together, as pairs of one caption do, and are resampled as one,
            from 0; None where each stands for itself.

    Returns:
        The mean, NaN for no values; the interval, None for fewer than two groups.
    """
    if not len(values):
        return math.nan, None
    of = np.arange(len(values)) if groups is None else np.unique(groups, return_inverse=True)[1]
    totals = np.stack([np.bincount(of, values), np.bincount(of)], axis=1)
    count = len(totals)
    if count < 2:
        return float(values.mean()), None
    drawn = [rng.integers(count, size=count) for _ in range(RESAMPLES)]
    sums = np.stack([totals[one].sum(axis=0) for one in drawn])
    low, high = np.quantile(sums[:, 0] / sums[:, 1], (0.025, 0.975))
    return float(values.mean()), (float(low), float(high))


def mean(rows: Iterable[Row], **wanted: Any) -> float:
    """The mean of `values`; NaN where there is none.

    Args:
        rows: what is chosen from.
        **wanted: a value for each column that counts.
    """
    return mean_and_interval(values(rows, **wanted))[0]


def less(rows: Iterable[Row], others: Iterable[Row], *, metric: str | None = None) -> list[Row]:
    """Rows whose values are less those of other rows of the same seed; seeds in both count.

    Args:
        rows: one a seed.
        others: one a seed.
        metric: what the differences are called; as the rows if None.
    """
    of_seed = {row.seed: row.value for row in others}
    return [
        replace(row, value=row.value - of_seed[row.seed], metric=metric or row.metric)
        for row in rows
        if row.seed in of_seed
    ]


def above_optimum(rows: Sequence[Row]) -> list[Row]:
    """Each loss of fresh pairs above the least of any critic that sees what its encoders see.

    Args:
        rows: losses of one setting, measured and predicted.
    """
    predicted = select(rows, role=roles.PREDICTED)
    return less(select(rows, role=roles.MEASURED), predicted, metric=metrics.EXCESS_LOSS)
