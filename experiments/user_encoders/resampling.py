"""Ratios of sums over pairs, and their bootstrap intervals: what shares a caption moves as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from scipy.sparse import csr_array

from experiments.results.statistics import resampled_sums


@dataclass(frozen=True)
class Estimate:
    """A ratio of means over pairs.

    Attributes:
        value: of the pairs there are; NaN where there is nothing below the line.
        draws: of resampled ones; None for fewer than two groups.
    """

    value: float
    draws: Float[np.ndarray, " resamples"] | None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % percentile interval; None where there is none."""
        draws = () if self.draws is None else self.draws[np.isfinite(self.draws)]
        if not len(draws) or not np.isfinite(self.value):
            return None
        low, high = np.quantile(draws, (0.025, 0.975))
        return float(low), float(high)

    def less(self, other: Estimate) -> Estimate:
        """The difference on the same resamples: of two encoders on the same captions.

        Args:
            other: of the same pairs, drawn with it.
        """
        value = self.value - other.value
        if self.draws is None or other.draws is None:
            return Estimate(value, None)
        return Estimate(value, self.draws - other.draws)


@dataclass(frozen=True, eq=False)
class Column:
    """A number of each pair, as what is summed above a line and below it.

    Attributes:
        metric: what is measured.
        above: 0 where a pair has no value.
        below: 1 of a mean; 0 where a pair has no value.
        of: what a caption is compared with, where that is not said by the metric.
        floor: the least mean of ``below`` by which can be divided.
    """

    metric: str
    above: Float[np.ndarray, " n"]
    below: Float[np.ndarray, " n"]
    of: str | None = None
    floor: float = 0.0

    @classmethod
    def mean(cls, metric: str, values: Float[np.ndarray, " n"], of: str | None = None) -> Column:
        """A mean over the pairs that have a value.

        Args:
            metric: what is measured.
            values: one a pair, NaN where it has none.
            of: what a caption is compared with.
        """
        return cls(metric, np.nan_to_num(values), np.isfinite(values).astype(float), of)


def estimates(
    columns: Sequence[Column],
    chosen: Int[np.ndarray, " k"],
    group: Int[np.ndarray, " n"],
    rng: np.random.Generator,
) -> list[Estimate]:
    """The ratio of sums of each column over some pairs, all on the same resamples of groups.

    Args:
        columns: at least one.
        chosen: which pairs, at least one.
        group: of each of all pairs.
        rng: what resamples.
    """
    of = np.unique(group[chosen], return_inverse=True)[1]
    inside = csr_array((np.ones(len(of)), (of, np.arange(len(of)))))
    sides = [
        np.stack([getattr(column, side)[chosen] for column in columns], axis=1)
        for side in ("above", "below")
    ]
    totals = inside @ np.concatenate(sides, axis=1)
    least = len(of) * np.array([column.floor for column in columns])
    whole = _ratio(totals.sum(axis=0), least)
    if len(totals) < 2:
        return [Estimate(float(value), None) for value in whole]
    draws = _ratio(resampled_sums(totals, rng), least)
    return [Estimate(float(value), draws[:, i]) for i, value in enumerate(whole)]


def _ratio(
    sums: Float[np.ndarray, "*rest columns"], least: Float[np.ndarray, " m"]
) -> Float[np.ndarray, "*rest m"]:
    """What is above the line over what is below it, NaN where that is too little."""
    above, below = np.split(sums, 2, axis=-1)
    return np.divide(above, below, out=np.full_like(above, np.nan), where=below > least)
