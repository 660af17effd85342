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


NORMAL = 1.959963984540054
"""Standard errors in half of a 95 % interval by the normal law."""

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
        groups: see `bootstrap_means`.

    Returns:
        The mean, NaN for no values; the interval, None for fewer than two groups.
    """
    means, intervals = bootstrap_means(values[:, None], rng, groups)
    return float(means[0]), None if intervals is None else (intervals[0, 0], intervals[0, 1])


def bootstrap_means(
    values: Float[np.ndarray, "n k"],
    rng: np.random.Generator,
    groups: Int[np.ndarray, " n"] | None = None,
) -> tuple[Float[np.ndarray, " k"], Float[np.ndarray, "k 2"] | None]:
    """Means of several columns and their 95 % percentile intervals, resampled together.

    Args:
        values: a line a pair, say.
        rng: what resamples.
        groups: which lines belong together, as pairs of one caption do, and are resampled as one;
            None where each stands for itself.

    Returns:
        The means, NaN for no lines; the intervals, None for fewer than two groups.
    """
    n, columns = values.shape
    if not n:
        return np.full(columns, math.nan), None
    of = np.arange(n) if groups is None else np.unique(groups, return_inverse=True)[1]
    count = int(of.max()) + 1
    means = values.mean(axis=0)
    if count < 2:
        return means, None
    totals = np.zeros((count, columns + 1))
    np.add.at(totals, of, np.column_stack([values, np.ones(n)]))
    sums = resampled_sums(totals, rng)
    quantiles = np.quantile(sums[:, :-1] / sums[:, -1:], (0.025, 0.975), axis=0)
    return means, quantiles.T


def resampled_sums(
    totals: Float[np.ndarray, "groups k"], rng: np.random.Generator
) -> Float[np.ndarray, "resamples k"]:
    """Sums over as many groups as there are, drawn with replacement, `RESAMPLES` times.

    Args:
        totals: of each group, at least one.
        rng: what resamples.
    """
    count = len(totals)
    drawn = (rng.integers(count, size=count) for _ in range(RESAMPLES))
    return np.stack([np.bincount(one, minlength=count) @ totals for one in drawn])


def wilson(hits: float, of: float) -> tuple[float, float]:
    """The 95 % interval of a share by Wilson's score, which has a width also where none is seen.

    Args:
        hits: how many are.
        of: how many there are, at least 1.
    """
    z = NORMAL
    share = hits / of
    centre = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return max(0.0, centre - half), min(1.0, centre + half)


def interval_of_share(
    value: float, interval: tuple[float, float] | None, units: int
) -> tuple[float, float] | None:
    """The interval of a share, within 0 and 1, with a width also where all are alike.

    Args:
        value: the share; NaN of nothing.
        interval: by resampling, which says nothing where all are alike.
        units: what was drawn independently.
    """
    if not math.isfinite(value):
        return None
    if value in (0.0, 1.0) or interval is None:
        return wilson(value * units, float(units))
    return max(0.0, interval[0]), min(1.0, interval[1])


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
