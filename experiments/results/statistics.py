"""Means over seeds, their intervals, and differences of one seed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
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
