"""Means over seeds, their intervals, and differences of one seed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from scipy.special import stdtrit

from experiments.results.record import Row, values


def mean_and_interval(
    values: Sequence[float], confidence: float = 0.95
) -> tuple[float, tuple[float, float] | None]:
    """Mean over seeds and its interval (Student's t), of 95 %; None for fewer than two seeds."""
    array = np.asarray(values, float)
    mean = float(array.mean()) if len(array) else math.nan
    if len(array) < 2:
        return mean, None
    quantile = float(stdtrit(len(array) - 1, 0.5 * (1.0 + confidence)))
    half = quantile * float(array.std(ddof=1)) / math.sqrt(len(array))
    return mean, (mean - half, mean + half)


def mean(rows: Iterable[Row], **wanted: Any) -> float:
    """The mean of `values`; NaN where there is none."""
    return mean_and_interval(values(rows, **wanted))[0]


def less(rows: Iterable[Row], others: Iterable[Row]) -> list[Row]:
    """Rows whose values are less those of other rows of the same seed; seeds in both count."""
    of_seed = {row.seed: row.value for row in others}
    return [
        replace(row, value=row.value - of_seed[row.seed]) for row in rows if row.seed in of_seed
    ]


def differences(rows: Iterable[Row], others: Iterable[Row]) -> list[float]:
    """The values of `less`, seed by seed."""
    return values(less(rows, others))
